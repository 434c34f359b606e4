/** Frame-sized buffers, used again: a long video must not leave hundreds of megabytes a second to the collector. */

export interface FramePool {
  /** A buffer whose content is undefined. */
  take(): Uint8Array<ArrayBuffer>;
  /** Gives a buffer back; it must not be used afterwards. Giving back twice has no effect. */
  release(buffer: Uint8Array<ArrayBuffer>): void;
}

/**
 * @param bytes size of a buffer
 * @param kept how many idle buffers are held; further ones are left to the collector
 */
export function createFramePool(bytes: number, kept = 4): FramePool {
  const idle: Uint8Array<ArrayBuffer>[] = [];
  const lent = new Set<Uint8Array<ArrayBuffer>>();
  return {
    take() {
      const buffer = idle.pop() ?? new Uint8Array(bytes);
      lent.add(buffer);
      return buffer;
    },
    release(buffer) {
      if (lent.delete(buffer) && idle.length < kept) idle.push(buffer);
    },
  };
}
