/** The calls of personal tuning: following a job's, steering it, looking at it, and the weights that come of it. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { bare, base, blob, fileHandleSchema, maxSide, saveHandleSchema } from './contract-base.ts';
import { jobIdSchema } from './jobs.ts';
import { keptWeightsSchema, lossRecordSchema, tuningInfoSchema } from './tuning.ts';

export const tuningEventSchema = z.discriminatedUnion('type', [
  /** Everything there is: the first event, and again when tuning begins or is taken up again. */
  z.object({ type: z.literal('all'), info: tuningInfoSchema, records: z.array(lossRecordSchema) }),
  /** What came since. */
  z.object({ type: z.literal('more'), info: tuningInfoSchema, records: z.array(lossRecordSchema) }),
]);
export type TuningWatchEvent = z.infer<typeof tuningEventSchema>;

/** The reconstruction, and what it is to become like. */
export const TUNING_PICTURES = ['reconstruction', 'driven', 'recolored'] as const;
export type TuningPicture = (typeof TUNING_PICTURES)[number];

const job = z.strictObject({ job: jobIdSchema });

export const tuningContract = {
  /** Follows the tuning of a job; ends when nobody listens. */
  watch: base.input(job).output(eventIterator(tuningEventSchema)),
  /** The frame whose reconstruction is wanted from now on. */
  look: base
    .input(z.strictObject({ job: jobIdSchema, frame: z.int().min(0) }))
    .output(z.object({ looked: z.boolean() })),
  /** A picture of `TuningInfo.picture`. */
  picture: base.input(z.strictObject({ job: jobIdSchema, which: z.enum(TUNING_PICTURES), maxSide })).output(blob),
  /** Uses what there is now: tuning ends with the next update, and the job goes on. */
  finishNow: base.input(job).output(tuningInfoSchema),
  /** Copies the tuned weights out; they can begin another tuning. */
  export: base
    .input(z.strictObject({ job: jobIdSchema, to: saveHandleSchema }))
    .output(z.object({ bytes: z.number(), updates: z.int() })),
  /** Takes a file of tuned weights in, ours or an official one, or says why it does not fit. */
  keep: base.input(z.strictObject({ file: fileHandleSchema })).output(keptWeightsSchema),
  /** The weights that were taken in. */
  kept: bare.output(z.array(keptWeightsSchema)),
  forget: base.input(z.strictObject({ id: keptWeightsSchema.shape.id })).output(z.object({ forgotten: z.boolean() })),
};
