/**
 * Memory for planes. A frame of a video needs hundreds of planes that nobody needs after it; taken from an arena they
 * cost neither the collector nor fresh pages of memory.
 */

/** Zeroed room for `length` values: from the arena that is at work, else of its own. */
export const newPlane = (length: number): Float32Array<ArrayBuffer> =>
  current ? current.take(length) : new Float32Array(length);

let current: PlaneArena | undefined;

/** Runs `work` so that its planes outlive every arena: for what is remembered. */
export function outsideArena<T>(work: () => T): T {
  const before = current;
  current = undefined;
  try {
    return work();
  } finally {
    current = before;
  }
}

/** Runs later work with the arena that is at work now: for functions that wait in between. */
export function sameArena(): <T>(work: () => T) => T {
  const arena = current;
  return (work) => (arena ? arena.within(work) : work());
}

const CHUNK_BYTES = 16 * 2 ** 20;
/** Planes begin at multiples of this many values. */
const GRAIN = 16;

export class PlaneArena {
  readonly #largest: number;
  readonly #chunks: ArrayBuffer[] = [];
  #chunk = 0;
  /** Values used of the present chunk. */
  #used = 0;

  /** @param largest bytes beyond which planes get memory of their own */
  constructor(largest: number) {
    this.#largest = largest;
  }

  /** Runs `work`, which must not wait for anything, with planes of this arena. They are valid until `reset`. */
  within<T>(work: () => T): T {
    const before = current;
    current = this;
    try {
      return work();
    } finally {
      current = before;
    }
  }

  /** Gives all planes back. */
  reset(): void {
    this.#chunk = 0;
    this.#used = 0;
  }

  take(length: number): Float32Array<ArrayBuffer> {
    const capacity = CHUNK_BYTES / 4;
    if (length > capacity) return new Float32Array(length);
    if (this.#used + length > capacity) {
      this.#chunk++;
      this.#used = 0;
    }
    let chunk = this.#chunks[this.#chunk];
    if (!chunk) {
      if ((this.#chunk + 1) * CHUNK_BYTES > this.#largest) return new Float32Array(length);
      chunk = new ArrayBuffer(CHUNK_BYTES);
      this.#chunks.push(chunk);
    }
    const plane = new Float32Array(chunk, this.#used * 4, length);
    this.#used = Math.ceil((this.#used + length) / GRAIN) * GRAIN;
    return plane.fill(0);
  }
}
