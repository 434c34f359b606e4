/** The calls of the models page: what is there, importing weights, checking and removing them. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { bare, base, fileHandleSchema } from './contract-base.ts';
import { ENGINE_IDS } from './settings.ts';

/** The name of a pack in the engine's catalogue; the engine knows which there are. */
const packId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'not a pack');

const packState = z.enum(['ready', 'incomplete', 'damaged', 'missing']);
export type PackState = z.infer<typeof packState>;

export const packSchema = z.object({
  id: packId,
  title: z.string(),
  state: packState,
  /** Why it is damaged or incomplete. */
  reason: z.string().nullable(),
  licence: z.string(),
  /** Whether commercial use is allowed, as far as the authors say. */
  commercial: z.enum(['yes', 'no', 'unknown']),
  /** Where its authors publish it: text, nothing is loaded from there. */
  page: z.string(),
  /** Its features work without it, in a lesser form. */
  optional: z.boolean(),
  /** Ids of `features`. */
  features: z.array(z.string()),
  /** The published files that it is made of. */
  files: z.array(z.object({ name: z.string(), present: z.boolean() })),
  /** What it takes on this disk. */
  bytes: z.number(),
});
export type Pack = z.infer<typeof packSchema>;

export const featureSchema = z.object({
  id: z.string(),
  title: z.string(),
  works: z.boolean(),
  /** Packs that it waits for: all of them, or with `oneIsEnough` any of them. */
  missing: z.array(packId),
  oneIsEnough: z.boolean(),
  /** Packs that would make it better. */
  better: z.array(packId),
});
export type Feature = z.infer<typeof featureSchema>;

export const modelsStateSchema = z.object({
  packs: z.array(packSchema),
  features: z.array(featureSchema),
  engines: z.array(
    z.object({
      id: z.enum(ENGINE_IDS),
      ready: z.boolean(),
      /** Why it cannot run. */
      reason: z.string().nullable(),
      /** What it does more simply while optional packs are missing, one sentence each. */
      lacks: z.array(z.string()),
    }),
  ),
});
export type ModelsState = z.infer<typeof modelsStateSchema>;

export const IMPORT_OUTCOMES = ['imported', 'present', 'kept', 'incomplete', 'unknown', 'refused', 'unneeded'] as const;
export type ImportOutcome = (typeof IMPORT_OUTCOMES)[number];

export const importedFileSchema = z.object({
  /** Its name, relative to the folder that was imported. */
  file: z.string(),
  outcome: z.enum(IMPORT_OUTCOMES),
  pack: packId.nullable(),
  /** One sentence. */
  message: z.string(),
});
export type ImportedFile = z.infer<typeof importedFileSchema>;

export const importEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('progress'),
    file: z.string(),
    /** Which of how many weights files. */
    index: z.int(),
    count: z.int(),
    step: z.enum(['read', 'convert']),
    /** 0..1 over the whole import. */
    fraction: z.number(),
  }),
  z.object({
    type: z.literal('done'),
    files: z.array(importedFileSchema),
    /** Files that are no weights at all. */
    ignored: z.int(),
    state: modelsStateSchema,
  }),
]);
export type ImportEvent = z.infer<typeof importEventSchema>;

const verdictSchema = z.object({ id: packId, state: packState, problems: z.array(z.string()) });
export type PackVerdict = z.infer<typeof verdictSchema>;

export const verifyEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), pack: packId, file: z.string(), fraction: z.number() }),
  z.object({ type: z.literal('done'), packs: z.array(verdictSchema), state: modelsStateSchema }),
]);
export type VerifyEvent = z.infer<typeof verifyEventSchema>;

export const modelsContract = {
  list: bare.output(modelsStateSchema),
  /**
   * Imports a granted file, or every weights file of a granted folder. Files that are refused are in the report. Ending
   * the stream ends the import; packs that are whole by then stay.
   */
  import: base
    .input(z.strictObject({ from: fileHandleSchema, replace: z.boolean() }))
    .output(eventIterator(importEventSchema)),
  /** Reads every imported byte and compares it with what was imported. */
  verify: bare.output(eventIterator(verifyEventSchema)),
  remove: base.input(z.strictObject({ pack: packId })).output(modelsStateSchema),
};
