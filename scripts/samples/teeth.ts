import type { Vec3 } from './math.ts';
import type { Mesh } from './mesh.ts';
import { ellipsoid, smoothMin, surfaceNets } from './surface-nets.ts';

/** Width and height of the upper teeth from the middle outwards. */
const UPPER = [
  [0.86, 1.12],
  [0.68, 0.98],
  [0.76, 1.08],
  [0.7, 0.92],
  [0.68, 0.86],
  [0.8, 0.8],
] as const;
const LOWER = [
  [0.54, 0.9],
  [0.6, 0.92],
  [0.7, 0.98],
  [0.7, 0.9],
  [0.7, 0.84],
  [0.8, 0.8],
] as const;

/** A point of the dental arch and its direction, by arc length from the middle. */
function arch(s: number, depth: number): { x: number; z: number; ux: number; uz: number } {
  // An ellipse of half width 2.7 and depth 3.4.
  const angle = s / 2.75;
  const [x, z] = [2.65 * Math.sin(angle), depth - 3.2 * (1 - Math.cos(angle))];
  const [dx, dz] = [2.65 * Math.cos(angle), -3.2 * Math.sin(angle)];
  const l = Math.hypot(dx, dz);
  return { x, z, ux: dx / l, uz: dz / l };
}

function row(sizes: typeof UPPER | typeof LOWER, edge: number, up: number, depth: number): (p: Vec3) => number {
  const teeth: { x: number; z: number; ux: number; uz: number; w: number; h: number }[] = [];
  for (const side of [-1, 1]) {
    let s = 0;
    for (const [w, h] of sizes) {
      teeth.push({ ...arch(side * (s + w / 2), depth), w, h });
      s += w;
    }
  }
  return (p) => {
    let best = Infinity;
    for (const t of teeth) {
      const [dx, dz] = [p[0] - t.x, p[2] - t.z];
      const u = dx * t.ux + dz * t.uz;
      const v = -dx * t.uz + dz * t.ux;
      const y = (p[1] - edge) * up - t.h / 2;
      // A rounded box, narrower at the gum.
      const taper = 1 - 0.14 * (y / t.h + 0.5);
      const q = [
        Math.abs(u) - (t.w / 2) * taper + 0.12,
        Math.abs(y) - t.h / 2 + 0.13,
        Math.abs(v) - 0.3 + 0.12,
      ] as const;
      const d =
        Math.hypot(Math.max(q[0], 0), Math.max(q[1], 0), Math.max(q[2], 0)) + Math.min(0, Math.max(...q)) - 0.12;
      best = Math.min(best, d);
    }
    return best;
  };
}

/** Upper and lower teeth, gums and tongue at rest (the lower row is to be moved with the jaw). */
export function mouthParts(): { upper: Mesh; lower: Mesh; gums: Mesh; lowerGums: Mesh; tongue: Mesh } {
  const upper = row(UPPER, -4.5, 1, 4.55);
  const lower = row(LOWER, -4.62, -1, 4.3);
  const gum =
    (y: number, depth: number) =>
    (p: Vec3): number => {
      let best = Infinity;
      for (let s = -3.8; s <= 3.8; s += 0.35) {
        const a = arch(s, depth);
        best = smoothMin(best, ellipsoid(p, [a.x, y, a.z], [0.5, 0.55, 0.42]), 0.15);
      }
      return best;
    };
  const box = (y0: number, y1: number, d: (p: Vec3) => number): Mesh =>
    surfaceNets(d, [-3.3, y0, 0], [3.3, y1, 5.3], 0.09);
  return {
    upper: box(-4.9, -3, upper),
    lower: box(-6, -4.3, lower),
    gums: box(-4.2, -2.4, gum(-3.15, 4.5)),
    lowerGums: box(-6.6, -5, gum(-5.85, 4.25)),
    tongue: surfaceNets((p) => ellipsoid(p, [0, -5.25, 2], [1.7, 0.6, 2]), [-2, -6, -0.4], [2, -4.4, 4.4], 0.15),
  };
}
