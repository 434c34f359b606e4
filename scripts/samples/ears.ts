import { add, scale, spline, type Vec3 } from './math.ts';
import type { Mesh } from './mesh.ts';
import { ellipsoid, smoothMin, surfaceNets, tube } from './surface-nets.ts';

// Ear space: x backwards along the head, y up, z away from the head; the canal is at the origin.
const HELIX = spline(
  [
    [0.35, 0.25, 0.35],
    [-0.15, 1, 0.55],
    [-0.1, 2.1, 0.75],
    [0.6, 2.95, 1],
    [1.6, 2.95, 1.25],
    [2.35, 2.1, 1.4],
    [2.4, 0.9, 1.3],
    [1.95, -0.5, 1],
    [1.3, -1.5, 0.75],
    [0.8, -2.2, 0.6],
  ],
  5,
);
const ANTIHELIX = spline(
  [
    [0.95, 2.2, 0.85],
    [1.55, 1.5, 1.1],
    [1.65, 0.5, 1.12],
    [1.25, -0.6, 0.9],
    [0.7, -1.15, 0.75],
  ],
  5,
);
const TRAGUS = spline(
  [
    [-0.3, 0.35, 0.3],
    [-0.05, -0.1, 0.62],
    [-0.1, -0.7, 0.4],
  ],
  4,
);

function distance(p: Vec3): number {
  // The sheet between the rims is a bowl that stands out from the head towards its back edge.
  const sheetZ = 0.12 + 0.42 * p[0] + 0.03 * p[1];
  const outline = Math.hypot((p[0] - 1) / 1.35, (p[1] - 0.75) / 2.25) - 1;
  const sheet = Math.max(Math.abs(p[2] - sheetZ) - 0.16, outline * 1.2);
  let d = smoothMin(tube(p, HELIX, 0.2, 0.3), sheet, 0.3);
  d = smoothMin(d, tube(p, ANTIHELIX, 0.2, 0.26), 0.35);
  d = smoothMin(d, ellipsoid(p, [0.65, -2.05, 0.5], [0.72, 0.85, 0.3]), 0.4);
  d = smoothMin(d, ellipsoid(p, [0.9, 0.4, -0.1], [1, 2.1, 0.55]), 0.5);
  const bowl = ellipsoid(p, [0.6, 0.05, 0.75], [0.72, 0.95, 0.62]);
  d = -smoothMin(-d, bowl, 0.25);
  return smoothMin(d, tube(p, TRAGUS, 0.22, 0.24), 0.2);
}

/** Where the right side's ear canal sits at rest, and how the ear leans. */
const CANAL: Vec3 = [7.5, 0.55, -3.35];

/** Both ears at rest in head space (picture's right, then left). */
export function ears(): Mesh[] {
  const ear = surfaceNets(distance, [-1, -3.3, -0.9], [3.1, 3.6, 2.1], 0.1);
  return [1, -1].map((side): Mesh => {
    const position = new Float32Array(ear.position.length);
    for (let i = 0; i < position.length; i += 3) {
      const local = scale([ear.position[i]!, ear.position[i + 1]!, ear.position[i + 2]!], 0.98);
      // Lean the top backwards and turn the sheet a little to the front.
      const [x, y, z] = [local[0] * 0.97 - local[1] * -0.2, local[1] * 0.97 - local[0] * 0.2, local[2]];
      const p = add(CANAL, [z * 0.95 + x * 0.02, y, -x]);
      position.set([side * p[0], p[1], p[2]], i);
    }
    const triangles = side === 1 ? ear.triangles.slice() : ear.triangles.slice().reverse();
    return { position, rest: position.slice(), triangles };
  });
}
