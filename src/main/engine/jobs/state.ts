/** How far a job is. What the file says of a job that nobody works on any more is put right when it is read. */
import { rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { errorReportSchema } from '#shared/contract-base.ts';
import { skippedRangeSchema } from '#shared/jobs.ts';
import { JOB_PHASE_IDS, JOB_STATES } from '#shared/video.ts';
import type { JobFolder } from './job-folder.ts';
import { readJson, writeJson } from './json-file.ts';

export const stateSchema = z.strictObject({
  state: z.enum(JOB_STATES),
  phase: z.enum(JOB_PHASE_IDS),
  /** Frames of the phase. */
  framesDone: z.int().min(0),
  analysed: z.boolean(),
  swappedFrames: z.int().min(0),
  skipped: z.array(skippedRangeSchema),
  notices: z.array(z.string()),
  error: errorReportSchema.optional(),
  /** Absolute path of the finished result. */
  result: z.string().optional(),
  changed: z.string(),
});
export type StoredState = z.infer<typeof stateSchema>;

export const INITIAL_STATE = {
  state: 'queued',
  phase: 'analyse',
  framesDone: 0,
  analysed: false,
  swappedFrames: 0,
  skipped: [],
  notices: [],
} as const satisfies Omit<StoredState, 'changed'>;

/** @throws InputError when it is damaged */
export const readState = async ({ state }: JobFolder): Promise<StoredState | undefined> => readJson(state, stateSchema);

/** @throws StorageError */
export const writeState = (folder: JobFolder, state: StoredState): Promise<void> =>
  writeJson(folder.state, stateSchema.parse(state));

const RESERVE_BYTES = 64 * 1024;

/** Keeps some room for the words that say that the disk is full. @throws StorageError */
export const makeReserve = ({ reserve }: JobFolder): Promise<void> =>
  writeFile(reserve, Buffer.alloc(RESERVE_BYTES, 1));

export const freeReserve = ({ reserve }: JobFolder): Promise<void> => rm(reserve, { force: true });
