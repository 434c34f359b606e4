/**
 * Frames that stand for a clip: those that together come close to every pose, expression and light in it. Neighbouring
 * frames of a video are nearly the same picture; what a few tell about a face, all of them tell.
 */
import { UsageError } from '#engine/errors.ts';
import { REGION_COUNT, type RegionId, regionIndex } from '#shared/regions.ts';
import { LABEL_SIZE } from './pti-step.ts';
import type { TuningFrame } from './tuning-frames.ts';

/** Regions whose place and extent tell pose and expression. */
const SHAPES: readonly RegionId[] = ['skin', 'brows', 'eyes', 'nose', 'lips', 'mouth', 'ears', 'neck'];
/** Cells a side in which the light on the face is measured. */
const LIGHT_CELLS = 4;

/** A frame as numbers: `shape` for pose and expression, `light` for brightness and colour over the face. */
export interface FrameDescription {
  readonly shape: readonly number[];
  readonly light: readonly number[];
}

/** Area, centre and extent of each region as shares of the picture; mean colours of the face in a grid of cells. */
export function describeFrame(frame: Pick<TuningFrame, 'labels' | 'driven' | 'recolored'>): FrameDescription {
  return { shape: shapeOf(frame.labels), light: [...lightOf(frame.driven), ...lightOf(frame.recolored)] };
}

function shapeOf(labels: Uint8Array): number[] {
  const sums = Array.from({ length: REGION_COUNT }, () => ({ n: 0, x: 0, y: 0, xx: 0, yy: 0 }));
  for (let y = 0, at = 0; y < LABEL_SIZE; y++)
    for (let x = 0; x < LABEL_SIZE; x++, at++) {
      const sum = sums[labels[at] as number] as (typeof sums)[number];
      sum.n += 1;
      sum.x += x;
      sum.y += y;
      sum.xx += x * x;
      sum.yy += y * y;
    }
  return SHAPES.flatMap((region) => {
    const { n, x, y, xx, yy } = sums[regionIndex(region)] as (typeof sums)[number];
    if (n === 0) return [0, 0.5, 0.5, 0, 0];
    const spread = (square: number, sum: number): number =>
      Math.sqrt(Math.max(0, square / n - (sum / n) ** 2)) / LABEL_SIZE;
    return [Math.sqrt(n) / LABEL_SIZE, x / n / LABEL_SIZE, y / n / LABEL_SIZE, spread(xx, x), spread(yy, y)];
  });
}

function lightOf({ dims, data }: TuningFrame['driven']): number[] {
  const [, channels, height, width] = dims as readonly [number, number, number, number];
  const means: number[] = [];
  for (let channel = 0; channel < channels; channel++)
    for (let row = 0; row < LIGHT_CELLS; row++)
      for (let column = 0; column < LIGHT_CELLS; column++) {
        const [top, bottom] = [row, row + 1].map((k) => Math.round((k * height) / LIGHT_CELLS)) as [number, number];
        const [left, right] = [column, column + 1].map((k) => Math.round((k * width) / LIGHT_CELLS)) as [
          number,
          number,
        ];
        let sum = 0;
        for (let y = top; y < bottom; y++)
          for (let x = left; x < right; x++) sum += Number(data[(channel * height + y) * width + x]);
        means.push(sum / ((bottom - top) * (right - left)));
      }
  return means;
}

/** Key frames for a clip of so many frames: all of a short clip, of longer ones about one and a half times the root. */
export const keyFrameCount = (frames: number): number =>
  Math.min(frames, Math.max(6, Math.ceil(1.5 * Math.sqrt(frames))));

/** Frames nearer to a key frame than this share of the widest distance from the first one need no key frame of their own. */
const NEAR = 0.05;

/**
 * The frame in the middle of all, then again and again the one that is farthest from those chosen.
 * @param count at most so many; fewer where no frame is far from a chosen one
 * @returns indices, ascending
 */
export function chooseKeyFrames(frames: readonly FrameDescription[], count: number): number[] {
  if (frames.length === 0 || count < 1) throw new UsageError('Key frames are chosen from at least one frame.');
  const points = balanced(frames);
  const distance = (a: number, b: number): number => {
    const [p, q] = [points[a] as readonly number[], points[b] as readonly number[]];
    return Math.hypot(...p.map((value, k) => value - (q[k] as number)));
  };
  const total = (index: number): number => points.reduce((sum, _, other) => sum + distance(index, other), 0);
  const totals = points.map((_, index) => total(index));
  const chosen = [totals.indexOf(Math.min(...totals))];
  const nearest = points.map((_, index) => distance(index, chosen[0] as number));
  const widest = Math.max(...nearest);
  while (chosen.length < Math.min(count, frames.length)) {
    const reach = Math.max(...nearest);
    if (reach <= NEAR * widest) break;
    const farthest = nearest.indexOf(reach);
    chosen.push(farthest);
    for (const [index, old] of nearest.entries()) nearest[index] = Math.min(old, distance(index, farthest));
  }
  return chosen.toSorted((a, b) => a - b);
}

/** Shape and light as one vector a frame, each group with the same spread over the clip. */
function balanced(frames: readonly FrameDescription[]): number[][] {
  const scaled = (group: keyof FrameDescription): number[][] => {
    const rows = frames.map((frame) => frame[group]);
    const means = (rows[0] as readonly number[]).map(
      (_, k) => rows.reduce((sum, row) => sum + (row[k] as number), 0) / rows.length,
    );
    const variance = rows.reduce(
      (sum, row) => sum + row.reduce((inner, value, k) => inner + (value - (means[k] as number)) ** 2, 0),
      0,
    );
    const spread = Math.sqrt(variance / rows.length);
    return rows.map((row) => row.map((value, k) => (spread > 1e-6 ? (value - (means[k] as number)) / spread : 0)));
  };
  const [shape, light] = [scaled('shape'), scaled('light')];
  return shape.map((row, index) => [...row, ...(light[index] as number[])]);
}
