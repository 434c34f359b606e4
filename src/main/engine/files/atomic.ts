/**
 * Files that appear whole or not at all: bytes go to a hidden temporary file in the same folder, are flushed to the
 * disk, and only then take the final name. The loop below counts what each write took, because a disk that fills up
 * answers with a short write first; the usual libraries take the first write for the whole file, and none streams.
 */
import { createReadStream } from 'node:fs';
import { type FileHandle, lstat, open, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StorageError, throwIfCancelled } from '#engine/errors.ts';
import { makeFolder } from './folder.ts';
import { temporaryPathFor } from './temporary-name.ts';

export interface AtomicOptions {
  readonly signal?: AbortSignal | undefined;
  /** Creates the folder when it is missing; without it a missing folder is an error. */
  readonly makeFolder?: boolean | undefined;
}

/** Another program may hold the target open for a moment (virus scanners on Windows): try again after these pauses. */
const RENAME_PAUSES_MS = [10, 50, 150, 400, 1000] as const;
const RETRIED_CODES = new Set(['EPERM', 'EACCES', 'EBUSY']);

/**
 * Writes `bytes` under `file`; an existing file is replaced in one step and keeps its permissions.
 * @throws StorageError naming the file, CancelledError; in both cases `file` is as it was before
 */
export function writeFileAtomic(file: string, bytes: Uint8Array | string, options: AtomicOptions = {}): Promise<void> {
  const chunk = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
  return writeStreamAtomic(file, [chunk], options);
}

/**
 * Writes the chunks in order under `file`, for content that is not wanted in memory at once.
 * @throws StorageError naming the file, CancelledError, or whatever the source of the chunks throws
 */
export async function writeStreamAtomic(
  file: string,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  options: AtomicOptions = {},
): Promise<void> {
  await using target = await openAtomic(file, options);
  for await (const chunk of chunks) {
    throwIfCancelled(options.signal);
    await target.write(chunk);
  }
  throwIfCancelled(options.signal);
  await target.commit();
}

/** A file on its way: nothing stands under the final name before `commit`, nothing is left if it never comes. */
export interface AtomicFile extends AsyncDisposable {
  /** Where the bytes are until then; other programs may write to it. */
  readonly temporaryPath: string;
  write(bytes: Uint8Array): Promise<void>;
  /** Flushes, closes and renames. */
  commit(): Promise<void>;
}

/**
 * Opens a temporary file beside `file`.
 * @throws StorageError when the folder is missing or refuses
 */
export async function openAtomic(file: string, options: AtomicOptions = {}): Promise<AtomicFile> {
  const folder = path.dirname(path.resolve(file));
  const guard = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw toStorageError(error, file);
    });

  if (options.makeFolder) await guard(makeFolder(folder));
  // A link keeps pointing where it points: the file behind it is replaced.
  const final = await realpath(file).catch(() => path.resolve(file));
  const existing = await stat(final).catch(() => undefined);
  if (existing?.isDirectory()) {
    throw new StorageError('There is a folder of this name.', { file, action: 'Choose another file name.' });
  }
  const temporaryPath = temporaryPathFor(final);
  let handle: FileHandle | undefined = await guard(
    open(temporaryPath, 'wx', existing?.mode ?? 0o666).catch(async (error: unknown) => {
      // Folders of the system's own, such as /proc, say that a new file in them is not found.
      if (codeOf(error) === 'ENOENT' && (await stat(path.dirname(final)).catch(() => undefined))) {
        throw new StorageError('Files cannot be made in this folder.', { file, action: 'Choose another folder.' });
      }
      throw error;
    }),
  );
  let committed = false;

  return {
    temporaryPath,
    async write(bytes) {
      let offset = 0;
      while (offset < bytes.length) {
        if (!handle) throw new StorageError('The file is closed already.', { file });
        const { bytesWritten } = await guard(handle.write(bytes, offset, bytes.length - offset));
        if (bytesWritten === 0) throw toStorageError({ code: 'ENOSPC' }, file);
        offset += bytesWritten;
      }
    },
    async commit() {
      if (!handle) throw new StorageError('The file is closed already.', { file });
      await guard(handle.sync());
      await guard(handle.close());
      handle = undefined;
      await guard(renameWithRetry(temporaryPath, final));
      committed = true;
      await syncFolder(path.dirname(final));
    },
    async [Symbol.asyncDispose]() {
      // Closing can only repeat a failure that `write` or `commit` has reported.
      await handle?.close().catch(() => undefined);
      handle = undefined;
      if (!committed) await rm(temporaryPath, { force: true }).catch(() => undefined);
    },
  };
}

/**
 * Gives a whole file its final name. On another disk it is copied first, and appears there when the copy is whole.
 * @throws StorageError naming `to`, CancelledError; then `from` is as it was
 */
export async function moveFileAtomic(from: string, to: string, options: AtomicOptions = {}): Promise<void> {
  try {
    await renameWithRetry(from, to);
    await syncFolder(path.dirname(path.resolve(to)));
  } catch (error) {
    if (codeOf(error) !== 'EXDEV') throw toStorageError(error, to);
    await writeStreamAtomic(to, createReadStream(from, { highWaterMark: 1 << 20 }), options);
    await rm(from, { force: true });
  }
}

async function renameWithRetry(from: string, to: string): Promise<void> {
  for (const pause of RENAME_PAUSES_MS) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      if (process.platform !== 'win32' || !RETRIED_CODES.has(codeOf(error))) throw error;
      await delay(pause);
    }
  }
  await rename(from, to);
}

/** Makes the new name itself survive a power cut. Some file systems (and Windows) cannot: then the rename stands alone. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** True when both paths name the same file on disk, through links too. Missing files are never the same. */
export async function isSameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([a, b].map((file) => stat(file, { bigint: true }).catch(() => undefined)));
  return first !== undefined && second !== undefined && first.dev === second.dev && first.ino === second.ino;
}

/**
 * Checks before a long computation that a file can be created at this place.
 * @throws StorageError
 */
export async function assertWritable(file: string): Promise<void> {
  const link = await lstat(file).catch(() => undefined);
  if (link?.isFIFO() || link?.isCharacterDevice() || link?.isBlockDevice() || link?.isSocket()) {
    throw new StorageError('This is a device, not a file.', { file, action: 'Choose another file name.' });
  }
  await using _probe = await openAtomic(file);
}

/** The system's code of an error, such as `ENOENT`; empty for errors that have none. */
export const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

const STORAGE_REASONS: Readonly<Record<string, readonly [message: string, action: string]>> = {
  ENOSPC: ['The disk is full.', 'Free some space or choose another folder.'],
  EDQUOT: ['Your disk quota is used up.', 'Free some space or choose another folder.'],
  EROFS: ['The folder is read-only.', 'Choose another folder.'],
  EACCES: ['Writing here is not permitted.', 'Choose another folder or change its permissions.'],
  EPERM: ['Writing here is not permitted.', 'Choose another folder or change its permissions.'],
  ENOENT: ['The folder does not exist.', 'Create the folder or choose another one.'],
  ENOTDIR: ['A part of this path is a file, not a folder.', 'Choose another folder.'],
  EBUSY: ['Another program holds this file.', 'Close it there and try again.'],
  ENAMETOOLONG: ['The file name is too long.', 'Choose a shorter name.'],
  EFBIG: ['The file is too large for this disk.', 'Choose another disk.'],
  EIO: ['The disk reported a fault.', 'Choose another disk.'],
};

/** The system's error as a `StorageError` that says what to do. */
export function toStorageError(error: unknown, file: string): StorageError {
  if (error instanceof StorageError) return error;
  const code = codeOf(error);
  const [message, action] = STORAGE_REASONS[code] ?? [
    `The system refused the file${code ? ` (${code})` : ''}.`,
    'Choose another place.',
  ];
  return new StorageError(message, { file, action, cause: error });
}
