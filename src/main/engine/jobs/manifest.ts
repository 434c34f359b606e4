/** What a job is: its inputs with their identities, its settings, and what it is made with. */
import { z } from 'zod';
import {
  encoderSettingsSchema,
  faceBoxSchema,
  frameSpanSchema,
  JOB_OUTPUTS,
  jobIdSchema,
  sourceFaceSchema,
  sourceGoalSchema,
  trimSchema,
} from '#shared/jobs.ts';
import { swapSettingsSchema, videoSettingsSchema } from '#shared/settings.ts';
import { VIDEO_CONTAINER_IDS } from '#shared/video-formats.ts';
import type { JobFolder } from './job-folder.ts';
import { readJson, writeJson } from './json-file.ts';

/** Raised when the meaning of a job's files changes: manifests of older versions are read as what they mean now. */
export const JOB_VERSION = 2;

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
  /** Where the face lies in the photo, where that is known: its number may be another one in another search. */
  box: faceBoxSchema.optional(),
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
  /** The frames in which people are looked for, the wanted ones among them: tracks are numbered by these. */
  looked: frameSpanSchema,
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
    /** Of a result without a place of its own; without it the one that players of the codec know. */
    container: z.enum(VIDEO_CONTAINER_IDS).optional(),
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

/**
 * What each version says in the words of the next, oldest first. Version 1 numbered its records of faces from the first
 * wanted frame on; under their names nobody looks for them, so the faces are looked for again where they are needed.
 */
const MIGRATIONS: Readonly<Record<number, (old: z.infer<typeof oldSchema>) => object>> = {
  1: ({ first, end, ...rest }) => ({ ...rest, first, end, looked: { first, end }, version: 2 }),
};
const oldSchema = z.looseObject({ version: z.int(), first: z.int(), end: z.int() });

/** @throws ZodError for anything that is no manifest */
export function migrateManifest(document: unknown): unknown {
  let now = document;
  for (let step = versionOf(now); step !== undefined; step = versionOf(now)) now = step.migrate(step.old);
  return now;
}

function versionOf(document: unknown) {
  const old = oldSchema.safeParse(document);
  const migrate = old.success ? MIGRATIONS[old.data.version] : undefined;
  return old.success && migrate ? { old: old.data, migrate } : undefined;
}

const storedSchema = z.preprocess(migrateManifest, manifestSchema);

/** Undefined where there is none. @throws InputError when it is damaged or of a later version */
export async function readManifest({ manifest }: JobFolder): Promise<Manifest | undefined> {
  return readJson(manifest, storedSchema);
}

/** @throws StorageError */
export const writeManifest = (folder: JobFolder, manifest: Manifest): Promise<void> =>
  writeJson(folder.manifest, manifestSchema.parse(manifest));
