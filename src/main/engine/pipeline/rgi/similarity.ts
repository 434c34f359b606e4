/** Similarities between point sets by least squares (Umeyama 1991). */
import type { Affine } from '#engine/image/affine.ts';

export type Point = readonly [x: number, y: number];

export interface Similarity {
  readonly map: Affine;
  readonly scale: number;
}

interface Moments {
  readonly from: Point;
  readonly to: Point;
  /** Sums over the centred pairs: dot products, cross products, squares of `from`. */
  readonly dot: number;
  readonly cross: number;
  readonly square: number;
}

function centre(points: readonly Point[]): Point {
  const sum = points.reduce<Point>(([x, y], p) => [x + p[0], y + p[1]], [0, 0]);
  return [sum[0] / points.length, sum[1] / points.length];
}

/** @throws RangeError for sets of different or too small size */
function moments(from: readonly Point[], to: readonly Point[]): Moments {
  if (from.length !== to.length || from.length < 2) {
    throw new RangeError(`a similarity of ${from.length} to ${to.length} points`);
  }
  const [a, b] = [centre(from), centre(to)];
  let [dot, cross, square] = [0, 0, 0];
  from.forEach(([x, y], i) => {
    const [u, v] = [x - a[0], y - a[1]];
    const [s, t] = [to[i]![0] - b[0], to[i]![1] - b[1]];
    dot += u * s + v * t;
    cross += u * t - v * s;
    square += u * u + v * v;
  });
  return { from: a, to: b, dot, cross, square };
}

function similarityOf({ from, to, dot, cross }: Moments, scale: number): Affine {
  const length = Math.hypot(dot, cross);
  const c = (scale * dot) / length;
  const s = (scale * cross) / length;
  return [c, -s, to[0] - c * from[0] + s * from[1], s, c, to[1] - s * from[0] - c * from[1]];
}

/** The rotation, scale and shift (no reflection) that bring `from` nearest to `to`. @throws RangeError without two points */
export function similarity(from: readonly Point[], to: readonly Point[]): Similarity {
  const m = moments(from, to);
  const scale = Math.hypot(m.dot, m.cross) / m.square;
  return { map: similarityOf(m, scale), scale };
}

/** The same with a scale that is given. @throws RangeError without two points */
export const similarityWithScale = (from: readonly Point[], to: readonly Point[], scale: number): Affine =>
  similarityOf(moments(from, to), scale);
