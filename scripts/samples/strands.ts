import { at, cross, norm, type Rgb, scale, sub, unit, type Vec3 } from './math.ts';
import type { Mesh } from './mesh.ts';

/** Hair strands: polylines with as many points each as `steps`, root first, in head space or the world. */
export type Strands = {
  readonly steps: number;
  readonly points: Float32Array;
  /** Width at the root in units, and colour, per strand. */
  readonly width: Float32Array;
  readonly color: Float32Array;
  /** How much light passes the tips: 1 tapers to nothing. */
  readonly taper: number;
  /** Whether they are dense enough to dim the light; brows and lashes are not. */
  readonly shadows: boolean;
};
export type Root = { readonly point: Vec3; readonly normal: Vec3; readonly rest: Vec3 };

/** Draws about `perArea` roots a square unit where `density` (of the place at rest, 0..1) allows. */
export function scatterRoots(
  mesh: Mesh,
  normal: Float32Array,
  perArea: number,
  density: (rest: Vec3) => number,
  random: () => number,
): Root[] {
  const roots: Root[] = [];
  for (let t = 0; t < mesh.triangles.length; t += 3) {
    const corner = [mesh.triangles[t]!, mesh.triangles[t + 1]!, mesh.triangles[t + 2]!];
    const [a, b, c] = corner.map((v) => at(mesh.position, v)) as [Vec3, Vec3, Vec3];
    const weight = density(at(mesh.rest, corner[0]!));
    if (weight <= 0) continue;
    const expected = 0.5 * norm(cross(sub(b, a), sub(c, a))) * perArea * weight;
    let count = Math.floor(expected) + (random() < expected % 1 ? 1 : 0);
    while (count-- > 0) {
      let [u, v] = [random(), random()];
      if (u + v > 1) [u, v] = [1 - u, 1 - v];
      const blend = (array: Float32Array): Vec3 => {
        const [p, q, r] = corner.map((i) => at(array, i)) as [Vec3, Vec3, Vec3];
        return [0, 1, 2].map((k) => (1 - u - v) * p[k]! + u * q[k]! + v * r[k]!) as unknown as Vec3;
      };
      roots.push({ point: blend(mesh.position), normal: unit(blend(normal)), rest: blend(mesh.rest) });
    }
  }
  return roots;
}

/** Packs strands that `grow` makes of the roots. */
export function growStrands(
  roots: readonly Root[],
  steps: number,
  { taper, shadows }: { readonly taper: number; readonly shadows: boolean },
  grow: (root: Root) => { path: readonly Vec3[]; width: number; color: Rgb },
): Strands {
  const points = new Float32Array(3 * steps * roots.length);
  const width = new Float32Array(roots.length);
  const color = new Float32Array(3 * roots.length);
  roots.forEach((root, s) => {
    const strand = grow(root);
    for (const [i, p] of strand.path.entries()) points.set(p, 3 * (s * steps + i));
    width[s] = strand.width;
    color.set(strand.color, 3 * s);
  });
  return { steps, points, width, color, taper, shadows };
}

/** The strands after a move of space. */
export function placeStrands(strands: Strands, place: (p: Vec3) => Vec3): Strands {
  const points = new Float32Array(strands.points.length);
  for (let i = 0; i < points.length / 3; i++) points.set(place(at(strands.points, i)), 3 * i);
  return { ...strands, points };
}

/** A strand's colour: the base with natural variation, or grey. */
export function strandColor(base: Rgb, grey: number, random: () => number): Rgb {
  const shade = 0.75 + 0.5 * random();
  if (random() < grey) return scale([0.42, 0.41, 0.4], shade);
  const warm = 0.94 + 0.12 * random();
  return [base[0] * shade * warm, base[1] * shade, (base[2] * shade) / warm];
}
