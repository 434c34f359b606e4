/** Whether a file is still the one that a job was made for. */
import { copyFile, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { InputError } from '#engine/errors.ts';
import { toStorageError } from '#engine/files/atomic.ts';
import { makeFolder } from '#engine/files/folder.ts';
import { sha256OfFile } from '#engine/files/hash.ts';
import { toReadError } from '#engine/image/read-file.ts';
import { START_OVER } from './advice.ts';
import type { JobFolder } from './job-folder.ts';
import type { Manifest, ManifestSource } from './manifest.ts';

export interface FileIdentity {
  readonly bytes: number;
  readonly modifiedMs: number;
  readonly sha256: string;
}

/** @throws InputError naming `name` when it cannot be read, CancelledError */
export async function identifyFile(file: string, name: string, signal?: AbortSignal): Promise<FileIdentity> {
  try {
    const { size, mtimeMs } = await stat(file);
    return { bytes: size, modifiedMs: mtimeMs, sha256: await sha256OfFile(file, signal) };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw toReadError(error, name);
  }
}

/**
 * A look at size and time only.
 * @throws InputError
 */
export async function checkTargetQuickly({ target }: Manifest): Promise<{ modifiedMs: number }> {
  const info = await stat(target.path).catch((error: unknown) => {
    const { message } = toReadError(error, target.name);
    throw new InputError(message, { file: target.path, action: 'Put the video back where it was, then resume.' });
  });
  if (info.size !== target.bytes) throw changedTarget(target.name);
  return { modifiedMs: info.mtimeMs };
}

/**
 * The video's content and those of the copied photos.
 * @param fresh the job was made a moment ago: an unchanged time of the video is enough
 * @throws InputError, CancelledError
 */
export async function checkInputs(
  folder: JobFolder,
  manifest: Manifest,
  fresh: boolean,
  signal: AbortSignal,
): Promise<void> {
  const { modifiedMs } = await checkTargetQuickly(manifest);
  const { target, sources } = manifest;
  if (fresh && modifiedMs === target.modifiedMs) return;
  const now = await identifyFile(target.path, target.name, signal);
  if (now.sha256 !== target.sha256) throw changedTarget(target.name);
  for (const { file, name, sha256 } of sources) {
    const copy = await identifyFile(path.join(folder.sources, file), name, signal);
    if (copy.sha256 !== sha256) {
      throw new InputError("The job's copy of this photo is damaged.", { file: name, action: 'Make a new job.' });
    }
  }
}

const changedTarget = (file: string): InputError =>
  new InputError('The video is not the one any more that the job was made for.', { file, action: START_OVER });

/**
 * Copies a photo into the job's folder under the name of its content.
 * @throws InputError, StorageError
 */
export async function copySource(
  folder: JobFolder,
  photo: string,
  name: string,
): Promise<Pick<ManifestSource, 'file' | 'sha256'>> {
  const coming = path.join(folder.sources, 'new');
  // The copy is what counts: the photo may change meanwhile.
  try {
    await makeFolder(folder.sources);
    await copyFile(photo, coming);
    const { sha256 } = await identifyFile(coming, name);
    await rename(coming, path.join(folder.sources, sha256));
    return { file: sha256, sha256 };
  } catch (error) {
    throw isReadFailure(error, photo) ? toReadError(error, name) : toStorageError(error, coming);
  }
}

const isReadFailure = (error: unknown, photo: string): boolean =>
  error instanceof InputError ||
  (error instanceof Error &&
    'code' in error &&
    ['ENOENT', 'EACCES', 'EISDIR'].includes(String(error.code)) &&
    error.message.includes(`'${photo}'`));
