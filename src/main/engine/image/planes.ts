/**
 * Memory for planes. A frame of a video needs hundreds of planes that nobody needs after it; taken from an arena they
 * cost neither the collector nor fresh pages of memory.
 */
import { KernelMemory } from './kernels/kernels.ts';

/** Zeroed room for `length` values: from the arena that is at work, else of its own. */
export const newPlane = (length: number): Float32Array<ArrayBuffer> =>
  current ? current.take(length) : new Float32Array(length);

/** The same, holding whatever lay there: for planes that are written wholly before they are read. */
export const rawPlane = (length: number): Float32Array<ArrayBuffer> =>
  current ? current.take(length, false) : new Float32Array(length);

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

/** Planes in one piece of memory in which the kernels work: they are not copied there and back. */
export class PlaneArena {
  readonly #largest: number;
  #memory: KernelMemory | undefined;

  /** @param largest bytes beyond which planes get memory of their own; used as far as planes are written */
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
    this.#memory?.release();
  }

  take(length: number, zeroed = true): Float32Array<ArrayBuffer> {
    this.#memory ??= new KernelMemory(this.#largest);
    const at = this.#memory.take(length);
    if (at === undefined) return new Float32Array(length);
    const plane = new Float32Array(this.#memory.buffer, at, length);
    return zeroed ? plane.fill(0) : plane;
  }
}
