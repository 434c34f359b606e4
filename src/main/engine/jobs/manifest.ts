/** What a job is: its inputs with their identities, its settings, and what it is made with. */
import { z } from 'zod';
import {
  encoderSettingsSchema,
  JOB_OUTPUTS,
  jobIdSchema,
  sourceFaceSchema,
  sourceGoalSchema,
  trimSchema,
} from '#shared/jobs.ts';
import { swapSettingsSchema, videoSettingsSchema } from '#shared/settings.ts';
import type { JobFolder } from './job-folder.ts';
import { readJson, writeJson } from './json-file.ts';

/** Raised when the meaning of a job's files changes: jobs of another version are begun anew. */
export const JOB_VERSION = 1;

const ratio = z.strictObject({ num: z.int().positive(), den: z.int().positive() });
const hash = z.string().regex(/^[0-9a-f]{64}$/);

const targetSchema = z.strictObject({
  path: z.string(),
  name: z.string(),
  bytes: z.int(),
  modifiedMs: z.number(),
  sha256: hash,
});

const sourceSchema = z.strictObject({
  /** Name of the copy in the job's folder. */
  file: z.string().regex(/^[0-9a-f]{64}$/),
  name: z.string(),
  sha256: hash,
  face: sourceFaceSchema,
  goal: sourceGoalSchema,
});

export const manifestSchema = z.strictObject({
  version: z.literal(JOB_VERSION),
  id: jobIdSchema,
  created: z.string(),
  target: targetSchema,
  clip: z.strictObject({
    width: z.int().positive(),
    height: z.int().positive(),
    frames: z.int().positive(),
    timeBase: ratio,
    /** Frames a second on average. */
    rate: ratio,
    /** Seconds of the wanted frames. */
    seconds: z.number(),
  }),
  trim: trimSchema,
  /** The wanted frames: `first` up to, without, `end`. */
  first: z.int().min(0),
  end: z.int().positive(),
  /** Frames of a part. */
  partFrames: z.int().positive(),
  /** The packets do not tell the frames: they were counted by decoding. */
  decodedTimes: z.boolean(),
  stopAfter: z.literal('analyse').optional(),
  sources: z.array(sourceSchema),
  settings: z.strictObject({
    swap: swapSettingsSchema,
    video: videoSettingsSchema,
    encoder: encoderSettingsSchema,
    output: z.enum(JOB_OUTPUTS),
    /** Absolute path. */
    out: z.string().optional(),
  }),
  /** Versions and hashes of everything beside the inputs that decides how a frame comes out. */
  madeWith: z.record(z.string(), z.string()),
  notices: z.array(z.string()),
  forecastBytes: z.number(),
});
export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestSource = Manifest['sources'][number];

/** @throws InputError when it is missing or damaged */
export async function readManifest({ manifest }: JobFolder): Promise<Manifest | undefined> {
  return readJson(manifest, manifestSchema);
}

/** @throws StorageError */
export const writeManifest = (folder: JobFolder, manifest: Manifest): Promise<void> =>
  writeJson(folder.manifest, manifestSchema.parse(manifest));
