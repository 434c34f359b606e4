/** A video engine without networks: faces stand where a script says, and swapping inverts the pixels of their boxes. */
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { NoFaceError, throwIfCancelled } from '#engine/errors.ts';
import type { ObservationPiece } from '#engine/face/tracks/observation-source.ts';
import type { FaceTimeline, FaceTrack, TrackedFace } from '#engine/face/tracks/timeline.ts';
import { shiftTimeline, type VideoEngine } from '#engine/jobs/video-engine.ts';
import type { SkipReason } from '#shared/video.ts';

export interface ScriptedFace {
  readonly track: number;
  /** x, y, width, height in pixels. */
  readonly box: readonly [number, number, number, number];
  readonly skip?: SkipReason;
}

/** The faces of a frame of the clip, counted from 0. */
export type FaceScript = (frame: number) => readonly ScriptedFace[];

export interface FakeEngineOptions {
  readonly faces?: FaceScript;
  /** Milliseconds of every look and swap. */
  readonly delayMs?: number;
  /** Called before each swapped frame, counted over the whole clip; what it throws is thrown. */
  readonly duringSwap?: (frame: number) => void | Promise<void>;
  readonly duringLook?: (frame: number) => void | Promise<void>;
  /** Stands for the models' hashes. */
  readonly identity?: () => Record<string, string>;
  readonly partSeconds?: number;
  /** Without it nothing that is seen serves another job. */
  readonly seenWith?: () => Promise<Record<string, string>>;
  /** Changes the frame's own array instead of a copy: then all garbage is the job's. */
  readonly inPlace?: boolean;
  /** Names of photos without a face. */
  readonly faceless?: readonly string[];
}

/** One face at a fixed place in every frame. */
export const STILL_FACE: FaceScript = () => [{ track: 0, box: [8, 8, 24, 24] }];

export interface FakeVideoEngine extends VideoEngine {
  /** Frames that were looked at, and those that were swapped, in order. */
  readonly looked: number[];
  readonly swapped: number[];
}

export function fakeVideoEngine(options: FakeEngineOptions = {}): FakeVideoEngine {
  const { faces = STILL_FACE, delayMs = 0, faceless = [] } = options;
  const looked: number[] = [];
  const swapped: number[] = [];
  return {
    looked,
    swapped,
    partSeconds: options.partSeconds ?? 0.4,
    async identity() {
      return options.identity?.() ?? { engine: 'fake', 'the model fake': '1' };
    },
    ...(options.seenWith === undefined ? {} : { seenWith: options.seenWith }),
    async openAnalysis(first, behind) {
      let expected = behind === undefined ? first : (JSON.parse(new TextDecoder().decode(behind)) as Chunk).next;
      let seen: Chunk['frames'] = [];
      return {
        async look({ index, pixels }, signal) {
          throwIfCancelled(signal);
          if (index !== expected) throw new RangeError(`frame ${index} came where ${expected} was expected`);
          await options.duringLook?.(index);
          if (delayMs > 0) await delay(delayMs);
          looked.push(index);
          expected += 1;
          seen.push({ index, faces: faces(index), first: pixels[0] ?? 0 });
        },
        take() {
          const chunk: Chunk = { next: expected, frames: seen };
          seen = [];
          return new TextEncoder().encode(JSON.stringify(chunk));
        },
        async [Symbol.asyncDispose]() {
          seen = [];
        },
      };
    },
    timeline: async (pieces) => shiftTimeline(timelineOf(pieces), pieces[0]?.first ?? 0),
    async requireFace({ name }) {
      if (faceless.includes(name)) throw new NoFaceError('No face was found.', { file: name });
    },
    async openSwapper({ sources }) {
      return {
        async swap(frame, tracked, signal) {
          throwIfCancelled(signal);
          await options.duringSwap?.(frame.index);
          if (delayMs > 0) await delay(delayMs);
          swapped.push(frame.index);
          const usable = tracked.filter(({ track, skip }) => sources.has(track) && skip === undefined);
          const pixels = usable.length === 0 || options.inPlace ? frame.pixels : frame.pixels.slice();
          for (const { face } of usable) invert(pixels, frame.width, frame.height, face.box);
          return {
            pixels,
            swapped: usable.map(({ track }) => track),
            skipped: tracked
              .filter((face) => !usable.includes(face))
              .map(({ track, skip }) => ({ track, reason: skip ?? 'unassigned' })),
          };
        },
        async [Symbol.asyncDispose]() {
          sources.size;
        },
      };
    },
    async [Symbol.asyncDispose]() {
      looked.length = 0;
    },
  };
}

interface Chunk {
  readonly next: number;
  readonly frames: { index: number; faces: readonly ScriptedFace[]; first: number }[];
}

function timelineOf(pieces: readonly ObservationPiece[]): FaceTimeline {
  const frames = pieces.flatMap(({ file, first, end }) => {
    const chunk = JSON.parse(readFileSync(file, 'utf8')) as Chunk;
    return chunk.frames.filter(({ index }) => index >= first && index < end);
  });
  const tracks = new Map<number, FaceTrack>();
  frames.forEach(({ faces }, frame) => {
    for (const { track } of faces) {
      const known = tracks.get(track);
      tracks.set(track, {
        id: track,
        firstFrame: known?.firstFrame ?? frame,
        lastFrame: frame,
        frames: (known?.frames ?? 0) + 1,
        bestFrame: known?.bestFrame ?? frame,
      });
    }
  });
  return {
    frames: frames.length,
    tracks: [...tracks.values()].sort((a, b) => a.id - b.id),
    facesAt: (frame) => (frames[frame]?.faces ?? []).map(trackedFace),
  };
}

function trackedFace({ track, box, skip }: ScriptedFace): TrackedFace {
  const [x, y, width, height] = box;
  return {
    track,
    face: {
      box,
      score: 1,
      landmarks: new Float32Array(0),
      landmarks68: new Float32Array(0),
      pose: { yaw: 0, pitch: 0, roll: 0 },
      presence: 1,
    },
    frame: { centre: [x + width / 2, y + height / 2], x: [width / 2, 0], y: [0, height / 2] },
    ...(skip === undefined ? {} : { skip }),
  };
}

/** Inverts a box of an RGB picture, as far as it lies inside. */
export function invert(
  pixels: Uint8Array,
  width: number,
  height: number,
  [x, y, w, h]: readonly [number, number, number, number],
): void {
  for (let row = Math.max(0, y); row < Math.min(height, y + h); row++) {
    const from = 3 * (row * width + Math.max(0, x));
    const to = 3 * (row * width + Math.min(width, x + w));
    for (let i = from; i < to; i++) pixels[i] = 255 - pixels[i]!;
  }
}
