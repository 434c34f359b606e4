/** What the folder of a tuning tells of it, whether or not it runs. */
import path from 'node:path';
import { z } from 'zod';
import { InputError } from '#engine/errors.ts';
import { TuningFolder } from '#engine/tuning/tuning-folder.ts';
import { isTuningFile } from '#engine/tuning/tuning-run.ts';
import { openSafetensors } from '#engine/weights/safetensors.ts';
import { type LossRow, TUNING_ENDS, type TuningInfo } from '#shared/tuning.ts';
import { readJson, writeJson } from './json-file.ts';

/** Which frames of the clip the frames of the tuning are. */
const framesSchema = z.strictObject({ frames: z.array(z.int().min(0)) });
const framesFile = (folder: string): string => path.join(folder, 'clip-frames.json');

/** @throws StorageError */
export const writeClipFrames = (folder: string, frames: readonly number[]): Promise<void> =>
  writeJson(framesFile(folder), { frames: [...frames] });

/** The frames of the clip that the tuning learns from; undefined before it began. */
export async function readClipFrames(folder: string): Promise<readonly number[] | undefined> {
  return (await readJson(framesFile(folder), framesSchema))?.frames;
}

/** The losses up to the last checkpoint, with the frames counted over the clip. */
export async function readRows(folder: string): Promise<LossRow[]> {
  const frames = (await readClipFrames(folder)) ?? [];
  const records = await new TuningFolder(folder, '').records(Number.POSITIVE_INFINITY);
  return records.map(({ update, frame, losses }) => ({ update, frame: frames[frame] ?? frame, losses: { ...losses } }));
}

export interface TunedWeights {
  readonly file: string;
  readonly updates: number;
  readonly ended: NonNullable<TuningInfo['tuned']>['ended'];
}

const endSchema = z.enum(TUNING_ENDS).catch('done');

/** The tuned weights; undefined when there are none yet. */
export async function findTuned(folder: string): Promise<TunedWeights | undefined> {
  const file = new TuningFolder(folder, '').tunedFile;
  const opened = await openSafetensors(file).catch((error: unknown) => {
    if (error instanceof InputError) return undefined;
    throw error;
  });
  if (opened === undefined) return undefined;
  await using whole = opened;
  const { metadata } = whole;
  if (!isTuningFile(metadata)) return undefined;
  return { file, updates: Number(metadata.get('updates')), ended: endSchema.parse(metadata.get('ended')) };
}
