/** Where a finished analysis' observations come from: memory, or the files of their chunks. */
import { readFileSync } from 'node:fs';
import { InputError } from '#engine/errors.ts';
import type { FrameObservation } from './observation.ts';
import { decodeObservations } from './observation-codec.ts';

export interface ObservationSource {
  /** Frames are 0 to `frames` - 1. */
  readonly frames: number;
  at(frame: number): FrameObservation;
}

export const observationsInMemory = (observations: readonly FrameObservation[]): ObservationSource => ({
  frames: observations.length,
  at: (frame) => observations[frame]!,
});

/** Chunks that are kept decoded. */
const KEPT = 3;

/**
 * Reads chunk files (`encodeObservations`) as their frames are asked for, and keeps only a few in memory.
 * @param files in the order of their frames, which begin at 0 and leave no gap
 * @throws InputError when a file is damaged or does not follow the one before it; what `readFileSync` throws
 */
export function observationsInFiles(files: readonly string[]): ObservationSource {
  const kept = new Map<number, FrameObservation[]>();
  const starts: number[] = [];
  let frames = 0;
  files.forEach((file, chunk) => {
    const observations = read(chunk);
    if (observations[0]?.index !== frames)
      throw new InputError('This record of faces does not follow the one before it.', { file });
    starts.push(frames);
    frames += observations.length;
  });

  function read(chunk: number): FrameObservation[] {
    const observations = kept.get(chunk) ?? decodeObservations(readFileSync(files[chunk]!), files[chunk]).observations;
    // The one asked for last goes to the end of the queue.
    kept.delete(chunk);
    kept.set(chunk, observations);
    for (const old of kept.keys()) {
      if (kept.size <= KEPT) break;
      kept.delete(old);
    }
    return observations;
  }

  return {
    frames,
    at(frame) {
      const chunk = starts.findLastIndex((start) => start <= frame);
      return read(chunk)[frame - starts[chunk]!]!;
    },
  };
}
