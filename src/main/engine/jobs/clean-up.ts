/** What a job does not need any more, by its state. */
import { rm } from 'node:fs/promises';
import type { JobState } from '#shared/video.ts';
import { joinRanges } from './frame-states.ts';
import { writeFrames } from './frames-file.ts';
import type { JobFolder } from './job-folder.ts';
import type { Manifest } from './manifest.ts';
import { removeTracesOfJob } from './place-result.ts';
import { finishedParts, removeSegments } from './segments.ts';

/** Writes down what became of the frames before their parts go. @throws StorageError */
export async function keepFrames(folder: JobFolder, manifest: Manifest): Promise<void> {
  const reports = await finishedParts(folder, manifest);
  if (reports.length > 0) await writeFrames(folder, joinRanges(reports.map(({ ranges }) => ranges)));
}

/**
 * A finished job keeps its report; with a result elsewhere it needs no faces either. A cancelled one keeps nothing but
 * the words about it. Unfinished files go in any case.
 */
export async function cleanUp(folder: JobFolder, { settings }: Manifest, state: JobState): Promise<void> {
  await removeTracesOfJob(folder);
  if (state === 'done' || state === 'cancelled') await removeSegments(folder);
  if (state === 'cancelled') await rm(folder.tuning, { recursive: true, force: true });
  if (state === 'cancelled' || (state === 'done' && settings.out !== undefined)) await removeAnalysis(folder);
}

/** Throws away what was seen of the faces, but not the tracks. */
export const removeAnalysis = ({ analysis }: JobFolder): Promise<void> =>
  rm(analysis, { recursive: true, force: true });
