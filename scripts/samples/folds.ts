import { bell, nearLine, smoothstep, spline, type Vec3 } from './math.ts';
import type { Expression, Identity } from './traits.ts';

type Fold = {
  readonly path: readonly Vec3[];
  readonly width: number;
  /** Depth in units, positive inwards. */
  readonly depth: (id: Identity, ex: Expression) => number;
};
const curve = (...xy: readonly (readonly [number, number])[]): Vec3[] =>
  spline(
    xy.map(([x, y]): Vec3 => [x, y, 0]),
    6,
  );

/** Folds of the face at rest, on the side x > 0 (mirrored) in x and y. */
const FOLDS: readonly Fold[] = [
  {
    path: curve([1.75, 2.95], [2.2, 3.38], [2.9, 3.56], [3.6, 3.52], [4.3, 3.25], [4.75, 2.85]),
    width: 0.09,
    depth: () => 0.13,
  },
  {
    path: curve([1.95, -0.75], [2.5, -1.9], [3.05, -3], [3.3, -4.1], [3.2, -5]),
    width: 0.26,
    depth: (id, ex) => 0.05 + 0.13 * id.age + 0.15 * ex.smile,
  },
  { path: curve([3.3, -4.6], [3.5, -5.5], [3.6, -6.4]), width: 0.24, depth: (id) => 0.07 * id.age },
  {
    path: curve([1.85, 2.15], [2.4, 1.72], [3.2, 1.48], [4.1, 1.75]),
    width: 0.14,
    depth: (id, ex) => 0.035 + 0.11 * id.age + 0.05 * ex.smile,
  },
  { path: curve([2, 1.6], [2.8, 1], [3.6, 0.8]), width: 0.2, depth: (id) => 0.08 * id.age },
  {
    path: curve([4.9, 2.95], [5.5, 3.35], [6, 3.5]),
    width: 0.07,
    depth: (id, ex) => 0.08 * id.age + 0.03 * ex.smile * id.age,
  },
  {
    path: curve([4.95, 2.6], [5.6, 2.6], [6.2, 2.45]),
    width: 0.07,
    depth: (id, ex) => 0.08 * id.age + 0.03 * ex.smile * id.age,
  },
  {
    path: curve([4.8, 2.2], [5.4, 1.85], [5.8, 1.4]),
    width: 0.07,
    depth: (id, ex) => 0.07 * id.age + 0.03 * ex.smile * id.age,
  },
  {
    path: curve([0, 5.9], [1.4, 6.05], [2.8, 6.2], [4, 5.95]),
    width: 0.12,
    depth: (id, ex) => 0.09 * id.age + 0.06 * ex.browRaise,
  },
  {
    path: curve([0, 6.65], [1.3, 6.75], [2.6, 6.9], [3.8, 6.7]),
    width: 0.12,
    depth: (id, ex) => 0.08 * id.age + 0.05 * ex.browRaise,
  },
  { path: curve([0, 7.4], [1.5, 7.45], [2.8, 7.5]), width: 0.12, depth: (id) => 0.06 * id.age },
  { path: curve([0.55, 4.1], [0.5, 4.6], [0.65, 5.2]), width: 0.12, depth: (id) => 0.1 * id.age },
  { path: curve([0, -2.35], [0, -3.25]), width: 0.24, depth: () => 0.13 },
  { path: curve([0, -6.05], [0.9, -6], [1.7, -5.85]), width: 0.3, depth: (id) => 0.08 + 0.08 * id.age },
];

/** The folds' displacement along the normal for a person, as a function of the place on the undeformed head. */
export function sculptor(id: Identity, ex: Expression): (rest: Vec3) => number {
  const active = FOLDS.map((fold) => ({ ...fold, depth: fold.depth(id, ex) })).filter((fold) => fold.depth > 0.005);
  return ([x, y, z]) => {
    const ax = Math.abs(x);
    // Shoulders stay well under the garment except at the throat.
    if (y < -12.5) return -1.1 * smoothstep(-12.5, -14.5, y) * smoothstep(-2.5, -6, z);
    if (z < 0 || ax > 7) return 0;
    let h = 0;
    for (const { path, width, depth } of active) {
      const { distance, along } = nearLine(ax, y, path);
      if (distance > 4 * width) continue;
      const ends =
        path[0]![0] === 0 ? smoothstep(1, 0.75, along) : smoothstep(0, 0.2, along) * smoothstep(1, 0.75, along);
      // A groove with a raised shoulder reads as a fold rather than a scratch.
      h += depth * ends * (0.35 * bell(distance - 1.9 * width, width) - bell(distance, width));
    }
    // Nostrils open into the underside of the nose.
    h -= 0.55 * bell(ax - 0.78, 0.24) * bell(y + 1.92, 0.17) * bell(z - 5.65, 0.5);
    return h;
  };
}
