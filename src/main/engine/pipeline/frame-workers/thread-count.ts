/** How many threads swap frames: as many as there are cores and room in memory for. Pure but for its defaults. */
import os from 'node:os';
import type { VideoDetail } from '#shared/settings.ts';

/** What a thread holds at most beside two frames: its planes, its heap, its program. */
const THREAD_BYTES: Readonly<Record<VideoDetail, number>> = { fast: 250e6, high: 500e6 };
/** Memory of a frame in flight: as decoded, on its way, as a result. */
const FRAME_COPIES = 4;
/** Share of the memory that all threads together may take. */
const MEMORY_SHARE = 0.4;
/** Beyond these the programs that decode and encode set the pace. */
const MOST_THREADS = 8;

export interface Machine {
  readonly cores: number;
  readonly memoryBytes: number;
}

/** This machine, or what of it this process may use. */
export function thisMachine(): Machine {
  const limit = process.constrainedMemory?.() ?? 0;
  const total = os.totalmem();
  return { cores: os.availableParallelism(), memoryBytes: limit > 0 && limit < total ? limit : total };
}

/** @param frameBytes size of a frame @returns 1 where threads of their own would gain nothing */
export function threadCount(detail: VideoDetail, frameBytes: number, machine: Machine = thisMachine()): number {
  const each = THREAD_BYTES[detail] + FRAME_COPIES * frameBytes;
  const room = Math.floor((MEMORY_SHARE * machine.memoryBytes) / each);
  return Math.max(1, Math.min(machine.cores, room, MOST_THREADS));
}
