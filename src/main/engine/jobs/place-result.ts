/** Moves a whole result, a file or a folder of pictures, to the place that its user named. */
import { cp, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { codeOf, moveFileAtomic, toStorageError } from '#engine/files/atomic.ts';
import { finalNameOf, temporaryPathFor } from '#engine/files/temporary-name.ts';
import type { JobFolder } from './job-folder.ts';

/** @throws StorageError naming `to`, CancelledError; then nothing stands under that name that was not there before */
export async function placeResult(from: string, to: string, signal?: AbortSignal): Promise<void> {
  await removeTraces(to);
  if (!(await stat(from)).isDirectory()) return moveFileAtomic(from, to, { signal });
  try {
    await rename(from, to);
  } catch (error) {
    if (codeOf(error) !== 'EXDEV') throw toStorageError(error, to);
    await copyFolder(from, to);
    await rm(from, { recursive: true, force: true });
  }
}

/** To another disk: the folder appears when all of it is there. */
async function copyFolder(from: string, to: string): Promise<void> {
  const temporary = temporaryPathFor(to);
  try {
    await cp(from, temporary, { recursive: true });
    await rename(temporary, to);
  } catch (error) {
    throw toStorageError(error, to);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** What a process that was killed while it wrote this result left beside it. */
async function removeTraces(place: string): Promise<void> {
  const { dir, base } = path.parse(place);
  await removeMatching(dir, (name) => finalNameOf(name) === base);
}

/**
 * Removes all unfinished files of a folder.
 * @param living name of a file that another living process may be writing
 */
const removeUnfinished = (folder: string, living?: string): Promise<void> =>
  removeMatching(folder, (name) => {
    const final = finalNameOf(name);
    return final !== undefined && final !== living;
  });

/** Removes what a killed process left in a job's folder; a request of another process is its own affair. */
export async function removeTracesOfJob({ root, analysis, segments, tuning, ask }: JobFolder): Promise<void> {
  await Promise.all([
    removeUnfinished(root, path.basename(ask)),
    // A checkpoint is the largest of all, 0.9 GB.
    ...[analysis, segments, tuning].map((folder) => removeUnfinished(folder)),
  ]);
}

async function removeMatching(folder: string, matches: (name: string) => boolean): Promise<void> {
  // A folder that is not there has no traces.
  const names = await readdir(folder).catch(() => []);
  await Promise.all(names.filter(matches).map((name) => rm(path.join(folder, name), { recursive: true, force: true })));
}
