/** What became of the frames of a finished job, when its parts are gone. */
import { z } from 'zod';
import { type FrameRange, frameRangeSchema } from '#shared/jobs.ts';
import type { JobFolder } from './job-folder.ts';
import { readJson, writeJson } from './json-file.ts';

const framesSchema = z.strictObject({ ranges: z.array(frameRangeSchema) });

/** @throws StorageError */
export const writeFrames = (folder: JobFolder, ranges: readonly FrameRange[]): Promise<void> =>
  writeJson(folder.frames, { ranges });

/** Empty while the job is not finished. @throws InputError */
export const readFrames = async (folder: JobFolder): Promise<readonly FrameRange[]> =>
  (await readJson(folder.frames, framesSchema))?.ranges ?? [];
