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

/** Frames `first` up to, without, `end` of a chunk file (`encodeObservations`), which may hold more. */
export interface ObservationPiece {
  readonly file: string;
  /** What was seen without a break has one number; stretches of different runs are different stretches. */
  readonly run: number;
  readonly first: number;
  readonly end: number;
}

/** Chunks that are kept decoded. */
const KEPT = 3;

/**
 * Reads chunks as their frames are asked for, and keeps only a few in memory. Frames are counted from 0 at the first one
 * of the first piece.
 * @param pieces in the order of their frames, without gaps
 * @throws InputError when a file is damaged or is not what its piece says; what `readFileSync` throws
 */
export function observationsInFiles(pieces: readonly ObservationPiece[]): ObservationSource {
  const kept = new Map<number, FrameObservation[]>();
  const begin = pieces[0]?.first ?? 0;
  const runs = [...new Set(pieces.map(({ run }) => run))];
  let frames = 0;
  pieces.forEach(({ file, first, end }, piece) => {
    if (first !== begin + frames || read(piece).length !== end - first)
      throw new InputError('This record of faces does not follow the one before it.', { file });
    frames += end - first;
  });

  function read(piece: number): FrameObservation[] {
    const observations = kept.get(piece) ?? cut(pieces[piece]!);
    // The one asked for last goes to the end of the queue.
    kept.delete(piece);
    kept.set(piece, observations);
    for (const old of kept.keys()) {
      if (kept.size <= KEPT) break;
      kept.delete(old);
    }
    return observations;
  }

  function cut({ file, run, first, end }: ObservationPiece): FrameObservation[] {
    const place = runs.indexOf(run);
    return decodeObservations(readFileSync(file), file)
      .observations.filter(({ index }) => index >= first && index < end)
      .map(({ index, faces, ...frame }) => ({
        ...frame,
        index: index - begin,
        faces: faces.map((face) => ({ ...face, stretch: face.stretch * runs.length + place })),
      }));
  }

  return {
    frames,
    at(frame) {
      const piece = pieces.findLastIndex(({ first }) => first <= begin + frame);
      return read(piece)[frame + begin - pieces[piece]!.first]!;
    },
  };
}
