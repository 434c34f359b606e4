/** Bytes on their way from a page into a file of the studio's own. */
import { createWriteStream } from 'node:fs';
import { rename, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CancelledError, InputError, StorageError } from '#engine/errors.ts';
import { toStorageError } from '#engine/files/atomic.ts';

/** More bytes than the studio takes. */
export class TooLargeError extends InputError {}

export interface IncomingBytes {
  readonly bytes: Readable;
  /** What the sender says; `undefined` when it does not. */
  readonly declaredBytes: number | undefined;
}

export interface ReceiveOptions {
  /** As the user knows it, for messages. */
  readonly name: string;
  readonly limitBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Streams bytes into `file`, which appears whole or not at all; nothing is held in memory. Resolves to their number.
 * @throws TooLargeError, StorageError when the disk is full or refuses, CancelledError when `signal` is aborted or the
 *   sender goes away
 */
export async function receiveFile(
  file: string,
  { bytes, declaredBytes }: IncomingBytes,
  { name, limitBytes, signal }: ReceiveOptions,
): Promise<number> {
  const tooLarge = () =>
    new TooLargeError(`This is more than ${formatBytes(limitBytes)}.`, {
      file: name,
      action: 'Choose something smaller.',
    });
  if (declaredBytes !== undefined) {
    if (declaredBytes > limitBytes) throw tooLarge();
    await checkSpace(path.dirname(file), declaredBytes, name);
  }
  if (await stat(file).catch(() => undefined))
    throw new InputError('There are two files of this name.', { file: name });
  let taken = 0;
  const limiter = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      taken += chunk.byteLength;
      if (taken > limitBytes) done(tooLarge());
      else done(null, chunk);
    },
  });
  const partial = `${file}.part`;
  try {
    // The source is left open when it is refused: whoever sends must still be told why.
    const source = bytes.iterator({ destroyOnReturn: false });
    await pipeline(source, limiter, createWriteStream(partial, { flags: 'wx', mode: 0o600 }), signal ? { signal } : {});
    await rename(partial, file);
    return taken;
  } catch (error) {
    await rm(partial, { force: true });
    if (error instanceof InputError) throw error;
    throw isBrokenOff(error)
      ? new CancelledError('The upload broke off.', { file: name })
      : toStorageError(error, name);
  }
}

const BROKEN_OFF = new Set(['ABORT_ERR', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE']);

const isBrokenOff = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && BROKEN_OFF.has(String(error.code));

async function checkSpace(folder: string, bytes: number, name: string): Promise<void> {
  const space = await statfs(folder).catch(() => undefined);
  if (space === undefined || space.bavail * space.bsize >= bytes) return;
  throw new StorageError(
    `The disk has ${formatBytes(space.bavail * space.bsize)} left, ${formatBytes(bytes)} are needed.`,
    { file: name, action: 'Free some space, or set E4S_HOME to a folder on another disk.' },
  );
}

function formatBytes(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  return `${Math.round((bytes / 1024 ** power) * 10) / 10} ${units[power]}`;
}
