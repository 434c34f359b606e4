/** SHA-256 of files and bytes, as lower-case hex. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

export const sha256OfBytes = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** Reads the file in pieces: memory does not grow with its size. Rejects with the system's error. */
export async function sha256OfFile(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash, { signal });
  return hash.digest('hex');
}
