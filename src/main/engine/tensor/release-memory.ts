/**
 * Memory of tensors that nobody holds any more. JavaScript's engine frees array buffers when it gets to it; it sees small
 * objects and much idle time where the state of a training step comes back as gigabytes, and would keep several of them.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Less than that is left alone: a collection takes some milliseconds. */
const WORTH_IT = 512 * 2 ** 20;

let collect: (() => void) | undefined;
let before = 0;

const arrayBuffers = (): number => process.memoryUsage().arrayBuffers;

function collector(): () => void {
  // The one way to it in a process that was started without the flag.
  setFlagsFromString('--expose-gc');
  const found: unknown = runInNewContext('globalThis.gc');
  return typeof found === 'function' ? (found as () => void) : () => undefined;
}

/** Frees array buffers that nobody holds, where enough came up since the last time. @returns whether it did */
export function releaseMemory(worthIt = WORTH_IT): boolean {
  // What was freed by itself makes room.
  before = Math.min(before, arrayBuffers());
  if (arrayBuffers() - before < worthIt) return false;
  collect ??= collector();
  collect();
  before = arrayBuffers();
  return true;
}
