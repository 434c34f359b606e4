/**
 * Loops over pixels, compiled to WebAssembly with 128-bit vectors from `kernels/` (AssemblyScript): the one place that
 * loads them and lends them memory. They compute with 32-bit floats, always in the same order.
 */
import { Buffer } from 'node:buffer';
import { KERNELS } from './compiled.ts';
import type { Kernels, WebAssemblyApi } from './kernel-types.ts';

const PAGE = 65536;
/** Below lie the kernels' own constants. */
const FIRST_FREE = PAGE;
/** Planes begin at multiples of this many bytes. */
const GRAIN = 64;

const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi };

let compiled: object | undefined;

const rounded = (bytes: number): number => Math.ceil(bytes / GRAIN) * GRAIN;

/** Memory of a fixed size with the kernels working in it. It never grows: views of it stay valid. */
export class KernelMemory {
  readonly kernels: Kernels;
  readonly buffer: ArrayBuffer;
  #used = FIRST_FREE;

  /** @param size bytes; the system gives them when they are first written */
  constructor(size: number) {
    const pages = Math.ceil(size / PAGE);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    compiled ??= new WebAssembly.Module(Buffer.from(KERNELS, 'base64'));
    this.kernels = new WebAssembly.Instance(compiled, { env: { memory } }).exports;
    this.buffer = memory.buffer;
    memories.set(memory.buffer, this);
  }

  /** Where `length` values lie from now on; undefined when there is no room for them. */
  take(length: number): number | undefined {
    const at = this.#used;
    const end = at + rounded(4 * length);
    if (end > this.buffer.byteLength) return undefined;
    this.#used = end;
    return at;
  }

  /** How much is taken; `release` gives back what was taken since. */
  mark(): number {
    return this.#used;
  }

  release(mark = FIRST_FREE): void {
    this.#used = mark;
  }
}

const memories = new WeakMap<ArrayBufferLike, KernelMemory>();

/** For planes that lie elsewhere: they are copied in and out. */
let spare: KernelMemory | undefined;
const SPARE_STEP = 16 * 2 ** 20;

function spareFor(bytes: number): KernelMemory {
  const size = Math.ceil((FIRST_FREE + bytes) / SPARE_STEP) * SPARE_STEP;
  if (!spare || spare.buffer.byteLength < size) spare = new KernelMemory(size);
  return spare;
}

/** Planes of one call: those that a kernel reads, those that it writes wholly, those that it changes. */
export interface Lent {
  readonly read?: readonly Float32Array[];
  readonly write?: readonly Float32Array[];
  readonly change?: readonly Float32Array[];
  /** Bytes that the kernel needs besides. */
  readonly room?: number;
}

/** Gets the kernels, the places of the planes (read, write, change) and of the room, and the memory that they lie in. */
type Work<T> = (kernels: Kernels, places: readonly number[], room: number, memory: ArrayBuffer) => T;

/**
 * Runs a kernel on planes, wherever they lie. Planes of an arena are worked on in place; others are copied.
 */
export function withKernels<T>({ read = [], write = [], change = [], room = 0 }: Lent, work: Work<T>): T {
  const planes = [...read, ...write, ...change];
  const owner = planes.find((plane) => memories.has(plane.buffer));
  const own = owner && memories.get(owner.buffer);
  return (
    (own && runIn(own, planes, read.length, write.length, room, work)) ??
    runIn(spareFor(neededBytes(planes, room)), planes, read.length, write.length, room, work)!
  ).value;
}

const neededBytes = (planes: readonly Float32Array[], room: number): number =>
  planes.reduce((sum, plane) => sum + rounded(4 * plane.length), rounded(room));

/** Undefined when the memory has no room for what lies elsewhere. */
function runIn<T>(
  memory: KernelMemory,
  planes: readonly Float32Array[],
  reads: number,
  writes: number,
  room: number,
  work: Work<T>,
): { readonly value: T } | undefined {
  const mark = memory.mark();
  try {
    const at = memory.take(Math.ceil(room / 4));
    if (at === undefined) return undefined;
    const places: number[] = [];
    for (let k = 0; k < planes.length; k++) {
      const plane = planes[k]!;
      if (plane.buffer === memory.buffer) {
        places.push(plane.byteOffset);
        continue;
      }
      const place = memory.take(plane.length);
      if (place === undefined) return undefined;
      if (k < reads || k >= reads + writes) new Float32Array(memory.buffer, place, plane.length).set(plane);
      places.push(place);
    }
    const value = work(memory.kernels, places, at, memory.buffer);
    for (let k = reads; k < planes.length; k++) {
      const plane = planes[k]!;
      if (plane.buffer !== memory.buffer) plane.set(new Float32Array(memory.buffer, places[k]!, plane.length));
    }
    return { value };
  } finally {
    memory.release(mark);
  }
}
