/**
 * A clip for measuring tuning without photos or checkpoints: a drawn face that moves, style vectors that drift, and
 * targets made by a generator whose trained weights were moved at random, so that there is something to be found again.
 */
import type { RegionCapacities } from '#engine/networks/region-layout.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { openGraph } from '#engine/tensor/graph-session.ts';
import type { ParamResolver } from '#engine/tensor/lowering/lower.ts';
import { ptiEvaluation } from '#engine/tuning/pti-step.ts';
import { isTunable } from '#engine/tuning/trainable.ts';
import { clipRegions, frameInputs, type TuningFrame } from '#engine/tuning/tuning-frames.ts';
import { regionIndex } from '#shared/regions.ts';
import { drawnFaceLabels } from './drawn-labels.ts';
import { MAP_SIZE } from './region-map.ts';

export interface ClipOptions {
  readonly frames: number;
  /** Side of the pictures. */
  readonly size: number;
  /** Trained weights to begin with. */
  readonly weights: Readonly<Record<string, TensorData>>;
  readonly params: ParamResolver;
  readonly folder: string;
  /** Pseudo-random numbers in [-1, 1] that depend on a name alone. */
  readonly noise: (name: string, count: number) => Float32Array;
  /** How far the weights behind the targets are from those given. */
  readonly distance: number;
}

const VECTOR_DIMS = [1, 12, 1280] as const;

export async function tuningClip(options: ClipOptions): Promise<TuningFrame[]> {
  const { size, frames: count, noise } = options;
  const blank = { dims: [1, 3, size, size], data: new Float32Array(3 * size * size) };
  const posed = Array.from({ length: count }, (_, index) => pose(index, count, noise));
  const frames = posed.map((face): TuningFrame => ({ driven: blank, recolored: blank, ...face }));
  const clip = { count, read: async (index: number) => frames[index] as TuningFrame };
  const {
    capacities: [capacities],
  } = await clipRegions(clip, [size]);
  const form = { kind: 'exact', capacities: capacities as RegionCapacities } as const;
  const { graph, outputs } = ptiEvaluation({ form, size });
  await using session = await openGraph(
    graph,
    { reconstruction: outputs['reconstruction']! },
    {
      params: (name, shape, type) => (isTunable(name) ? 'input' : options.params(name, shape, type)),
      externalDataFolder: options.folder,
    },
  );
  const moved = movedWeights(options);
  const made: TuningFrame[] = [];
  for (const [index, frame] of frames.entries()) {
    const inputs = { ...moved, ...frameInputs(frame, size, form) };
    const wanted = Object.fromEntries(Object.entries(inputs).filter(([name]) => session.inputNames.includes(name)));
    const driven = (await session.run(wanted))['reconstruction'] as TensorData;
    const warmth = 0.1 * Math.cos((2 * Math.PI * index) / count);
    made.push({ ...frame, driven, recolored: recolored(driven, warmth) });
  }
  return made;
}

/** How far the mouth opens over the clip, half of its height as shares of the picture. */
const MOUTH = { x: 0.5, y: 0.72, halfWidth: 0.075, shut: 0.012, open: 0.035 };

/**
 * Labels and style vectors of a frame: over the clip a slow turn, out and back, as heads move, and a mouth that opens
 * and closes twice.
 */
function pose(index: number, count: number, noise: ClipOptions['noise']): Pick<TuningFrame, 'labels' | 'vectors'> {
  const phase = (2 * Math.PI * index) / count;
  const labels = shifted(
    withMouth(drawnFaceLabels(MAP_SIZE), MOUTH.shut + (MOUTH.open - MOUTH.shut) * Math.sin(phase) ** 2),
    Math.round(18 * Math.sin(phase)),
    Math.round(9 * Math.sin(2 * phase)),
  );
  const [middle, drift] = ['style vectors', 'drift'].map((name) => noise(name, 12 * 1280)) as [
    Float32Array,
    Float32Array,
  ];
  const data = middle.map((value, at) => 0.3 * (value + 0.2 * Math.sin(phase) * (drift[at] as number)));
  return { labels, vectors: { dims: VECTOR_DIMS, data } };
}

/** The same face with the mouth opened so far. */
function withMouth(labels: Uint8Array, halfHeight: number): Uint8Array {
  const mouth = regionIndex('mouth');
  return labels.map((label, at) => {
    const x = ((at % MAP_SIZE) + 0.5) / MAP_SIZE - MOUTH.x;
    const y = (Math.floor(at / MAP_SIZE) + 0.5) / MAP_SIZE - MOUTH.y;
    return (x / MOUTH.halfWidth) ** 2 + (y / halfHeight) ** 2 < 1 ? mouth : label;
  });
}

/** The weights behind the targets. */
function movedWeights({ weights, noise, distance }: ClipOptions): Record<string, TensorData> {
  const moved: Record<string, TensorData> = {};
  for (const [name, { dims, data }] of Object.entries(weights)) {
    const shift = noise(`moved ${name}`, data.length);
    moved[name] = {
      dims,
      data: Float32Array.from(data as Float32Array, (x, at) => x + distance * (shift[at] as number)),
    };
  }
  return moved;
}

/** A map moved by whole pixels; background comes in from outside. */
function shifted(labels: Uint8Array, right: number, down: number): Uint8Array {
  const moved = new Uint8Array(labels.length);
  for (let y = 0; y < MAP_SIZE; y++)
    for (let x = 0; x < MAP_SIZE; x++) {
      const [fromX, fromY] = [x - right, y - down];
      if (fromX >= 0 && fromY >= 0 && fromX < MAP_SIZE && fromY < MAP_SIZE)
        moved[y * MAP_SIZE + x] = labels[fromY * MAP_SIZE + fromX] as number;
    }
  return moved;
}

/** A picture in warmer, weaker light. */
function recolored({ dims, data }: TensorData, warmth: number): TensorData {
  const plane = data.length / 3;
  const shift = [warmth, 0, -warmth];
  return {
    dims,
    data: Float32Array.from(data as Float32Array, (x, at) => 0.9 * x + (shift[Math.floor(at / plane)] as number)),
  };
}
