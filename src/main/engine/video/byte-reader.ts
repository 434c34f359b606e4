/** Fixed-size pieces from a pipe. Nothing is read ahead beyond the pipe's own buffer, so a slow reader slows the writer. */
import type { Readable } from 'node:stream';

export interface ByteReader {
  /** Fills the buffer and returns how many bytes there were: fewer than its length only at the end. */
  fill(buffer: Uint8Array): Promise<number>;
}

export function createByteReader(stream: Readable): ByteReader {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let rest = new Uint8Array(0);
  return {
    async fill(buffer) {
      let filled = 0;
      while (filled < buffer.length) {
        if (rest.length === 0) {
          const { value, done } = await chunks.next();
          if (done) break;
          rest = new Uint8Array(value.buffer, value.byteOffset, value.byteLength) as Uint8Array<ArrayBuffer>;
        }
        const part = rest.subarray(0, buffer.length - filled);
        buffer.set(part, filled);
        filled += part.length;
        rest = rest.subarray(part.length);
      }
      return filled;
    },
  };
}
