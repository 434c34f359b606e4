/** Reading a file by ranges. Nothing here reads more than it is asked for, so a reader's memory is what it asks for. */
import { type FileHandle, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { InputError, throwIfCancelled } from '#engine/errors.ts';

/** Random access to bytes of known length. */
export interface ByteSource extends AsyncDisposable {
  /** The path or name, for messages. */
  readonly file: string;
  readonly size: number;
  /**
   * Exactly `length` bytes from `offset` on.
   * @throws InputError when the range leaves the file, or the file became shorter meanwhile
   */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Fills `into` from `offset` on. */
  readInto(offset: number, into: Uint8Array): Promise<void>;
}

/** Bytes moved at a time by everything that streams. */
export const CHUNK_BYTES = 4 << 20;

const READ_REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file.',
  EACCES: 'Reading this file is not permitted.',
  EPERM: 'Reading this file is not permitted.',
  EISDIR: 'This is a folder, not a file.',
  ELOOP: 'This link leads in a circle.',
};

/** The system's refusal to read as an error that names the file. */
export function toReadError(error: unknown, file: string): InputError {
  if (error instanceof InputError) return error;
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return new InputError(READ_REASONS[code] ?? `The file cannot be read${code ? ` (${code})` : ''}.`, {
    file,
    cause: error,
  });
}

/**
 * Opens a regular file.
 * @throws InputError when it is missing, not permitted, or no regular file
 */
export async function openFileSource(file: string): Promise<ByteSource> {
  let handle: FileHandle | undefined;
  try {
    // Looked at first: opening a named pipe would wait for someone to write to it.
    if (!(await stat(file)).isFile()) throw new InputError('This is not a regular file.', { file });
    handle = await open(path.resolve(file), 'r');
    const { size } = await handle.stat();
    return new FileSource(file, size, handle);
  } catch (error) {
    await handle?.close();
    throw toReadError(error, file);
  }
}

class FileSource implements ByteSource {
  readonly file: string;
  readonly size: number;
  readonly #handle: FileHandle;

  constructor(file: string, size: number, handle: FileHandle) {
    this.file = file;
    this.size = size;
    this.#handle = handle;
  }

  async read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    checkRange(this, offset, length);
    const bytes = new Uint8Array(length);
    await this.readInto(offset, bytes);
    return bytes;
  }

  async readInto(offset: number, into: Uint8Array): Promise<void> {
    checkRange(this, offset, into.length);
    let done = 0;
    while (done < into.length) {
      const { bytesRead } = await this.#handle
        .read(into, done, into.length - done, offset + done)
        .catch((error: unknown) => {
          throw toReadError(error, this.file);
        });
      if (bytesRead === 0) throw new InputError('The file became shorter while it was read.', { file: this.file });
      done += bytesRead;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}

/** Bytes in memory as a source. */
export function memorySource(bytes: Uint8Array, name: string): ByteSource {
  return {
    file: name,
    size: bytes.length,
    async read(offset, length) {
      checkRange(this, offset, length);
      return Uint8Array.from(bytes.subarray(offset, offset + length));
    },
    async readInto(offset, into) {
      checkRange(this, offset, into.length);
      into.set(bytes.subarray(offset, offset + into.length));
    },
    async [Symbol.asyncDispose]() {
      // Nothing is held open.
    },
  };
}

function checkRange(source: ByteSource, offset: number, length: number): void {
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0) {
    throw new RangeError(`Not a range of bytes: ${length} from ${offset}.`);
  }
  if (offset + length > source.size) {
    throw new InputError(
      `The file ends too early: ${length} bytes from ${offset} on are wanted, it has ${source.size}.`,
      { file: source.file },
    );
  }
}

/**
 * The bytes of a range in pieces of at most `CHUNK_BYTES`. **Each piece is valid until the next one is asked for**: they
 * share one buffer.
 */
export async function* readChunks(
  source: ByteSource,
  offset: number,
  length: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  checkRange(source, offset, length);
  const buffer = new Uint8Array(Math.min(CHUNK_BYTES, length));
  for (let done = 0; done < length; ) {
    throwIfCancelled(signal);
    const piece = buffer.subarray(0, Math.min(buffer.length, length - done));
    await source.readInto(offset + done, piece);
    yield piece;
    done += piece.length;
  }
}
