/** The calls of refining a photo: style vectors of a pair of faces move until the generator draws them as they are. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { bare, base, blob, maxSide, photoIdSchema } from './contract-base.ts';

/** `source` is the source's face in the target's pose, as it goes into the swap. */
export const REFINE_SIDES = ['source', 'target'] as const;
export type RefineSide = (typeof REFINE_SIDES)[number];

/** A pair of faces, as one assignment of a swap has them. */
const pair = {
  target: photoIdSchema,
  targetFace: z.int().min(0),
  source: photoIdSchema,
  sourceFace: z.int().min(0),
  /** As in the settings of the swap. */
  crop: z.boolean(),
};
export const refinePairSchema = z.strictObject(pair);
export type RefinePair = z.infer<typeof refinePairSchema>;

export const refineRequestSchema = z.strictObject({
  ...pair,
  side: z.enum(REFINE_SIDES),
  /** Adam steps at most. */
  steps: z.int().min(1).max(1000),
});
export type RefineRequest = z.infer<typeof refineRequestSchema>;

export const refineEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('step'),
    /** From 1; the last one only looks at what the step before reached. */
    step: z.int(),
    total: z.int(),
    /** Before the step. */
    loss: z.number(),
    /** Nothing better was seen so far; `preview` shows it. */
    best: z.boolean(),
  }),
  /** The best vectors are in use; the next swap of this pair takes them. */
  z.object({
    type: z.literal('done'),
    before: z.number(),
    after: z.number(),
    /** Why they are in use only until the photo is closed. */
    unsaved: z.string().optional(),
  }),
]);
export type RefineEvent = z.infer<typeof refineEventSchema>;

export const refinedSchema = z.object({ source: z.boolean(), target: z.boolean() });
export type Refined = z.infer<typeof refinedSchema>;

export const refineContract = {
  /** Ending the stream ends the refinement and changes nothing. */
  run: base.input(refineRequestSchema).output(eventIterator(refineEventSchema)),
  /** Ends the refinement in progress with the best so far. */
  finish: base.input(z.undefined()).output(z.object({ asked: z.boolean() })),
  /** The best picture of the refinement in progress, or of the last one. */
  preview: base.input(z.strictObject({ maxSide })).output(blob),
  /** Which side of a pair has refined vectors. */
  state: base.input(refinePairSchema).output(refinedSchema),
  /** Gives back the encoder's vectors. */
  undo: base.input(z.strictObject({ ...pair, side: z.enum(REFINE_SIDES) })).output(refinedSchema),
  /** What is kept of all photos. */
  kept: bare.output(z.object({ faces: z.int(), bytes: z.number() })),
  /** Removes all of it; open photos have the encoder's vectors again. */
  clear: bare.output(z.object({ removed: z.int() })),
};
