import { type Bvh, type Hit, trace } from './bvh.ts';
import type { Lighting } from './lighting.ts';
import { at, clamp, dot, mix, norm, type Rgb, smoothstep, sub, unit, type Vec3 } from './math.ts';
import type { Strands } from './strands.ts';

/** How much hair there is in each cell of a grid over the world, as optical depth a unit of length. */
export type HairDensity = {
  readonly low: Vec3;
  readonly cell: number;
  readonly size: readonly [number, number, number];
  readonly value: Float32Array;
};

/** Fills the density grid from the strands that cast shadows. */
export function hairDensity(strands: readonly Strands[], cell: number): HairDensity | undefined {
  const all = strands.filter(({ shadows }) => shadows);
  const low: [number, number, number] = [Infinity, Infinity, Infinity];
  const high: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (const { points } of all)
    for (let i = 0; i < points.length; i++) {
      low[i % 3] = Math.min(low[i % 3]!, points[i]!);
      high[i % 3] = Math.max(high[i % 3]!, points[i]!);
    }
  if (low[0] === Infinity) return undefined;
  const size = [0, 1, 2].map((k) => Math.ceil((high[k]! - low[k]!) / cell) + 2) as [number, number, number];
  const value = new Float32Array(size[0] * size[1] * size[2]);
  for (const { points, steps, width } of all)
    for (let i = 0; i + 1 < points.length / 3; i++) {
      if ((i + 1) % steps === 0) continue;
      const [a, b] = [at(points, i), at(points, i + 1)];
      const [x, y, z] = [0, 1, 2].map((k) => Math.floor(((a[k]! + b[k]!) / 2 - low[k]!) / cell)) as [
        number,
        number,
        number,
      ];
      value[x + size[0] * (y + size[1] * z)]! += (norm(sub(b, a)) * width[Math.floor(i / steps)]!) / cell ** 3;
    }
  return { low, cell, size, value };
}

/** Share of light that comes through the hair along a ray of `reach` units. */
export function transmittance(hair: HairDensity | undefined, p: Vec3, d: Vec3, reach: number, start: number): number {
  if (!hair) return 1;
  const { low, cell, size, value } = hair;
  let depth = 0;
  for (let t = start; t < reach; t += cell) {
    const x = Math.floor((p[0] + t * d[0] - low[0]) / cell);
    const y = Math.floor((p[1] + t * d[1] - low[1]) / cell);
    const z = Math.floor((p[2] + t * d[2] - low[2]) / cell);
    if (x < 0 || y < 0 || z < 0 || x >= size[0] || y >= size[1] || z >= size[2]) {
      if (t > 3) break;
      continue;
    }
    depth += value[x + size[0] * (y + size[1] * z)]! * cell;
    if (depth > 6) return 0;
  }
  return Math.exp(-0.9 * depth);
}

/** Radiance of each strand point towards the viewer at `eye` (Kajiya-Kay lobes, shadows from hair and solids). */
export function shadeStrands(
  strands: Strands,
  hair: HairDensity | undefined,
  bvh: Bvh,
  lighting: Lighting,
  eye: Vec3,
): Float32Array {
  const { steps, points, color } = strands;
  const out = new Float32Array(points.length);
  const hit: Hit = { triangle: 0, t: 0, u: 0, v: 0 };
  const lit = lighting.lights.map(() => [1, 1, 1]);
  for (let s = 0; s < color.length / 3; s++) {
    const base = at(color, s);
    // Solids shadow a strand at its root, middle and tip; between them it is blended.
    for (const [l, light] of lighting.lights.entries())
      for (const [k, i] of [1, steps >> 1, steps - 1].entries()) {
        const p = at(points, s * steps + i);
        const d = light.toward;
        lit[l]![k] = trace(
          bvh,
          p[0] + 0.12 * d[0],
          p[1] + 0.12 * d[1],
          p[2] + 0.12 * d[2],
          d[0],
          d[1],
          d[2],
          60,
          true,
          hit,
        )
          ? 0
          : 1;
      }
    for (let i = 0; i < steps; i++) {
      const p = at(points, s * steps + i);
      const tangent = unit(
        sub(at(points, s * steps + Math.min(i + 1, steps - 1)), at(points, s * steps + Math.max(i - 1, 0))),
      );
      const view = unit(sub(eye, p));
      const t = i / (steps - 1);
      const open = transmittance(hair, p, unit([view[0], view[1] + 0.9, view[2]]), 5, 0.3);
      const sum: [number, number, number] = [0, 0, 0];
      for (let c = 0; c < 3; c++)
        sum[c] = base[c]! * mix(lighting.ground[c]!, lighting.sky[c]!, 0.7) * (0.2 + 1.1 * open) + 0.004;
      lighting.lights.forEach((light, l) => {
        const solid = t < 0.5 ? mix(lit[l]![0]!, lit[l]![1]!, 2 * t) : mix(lit[l]![1]!, lit[l]![2]!, 2 * t - 1);
        if (solid <= 0) return;
        const pass = solid * transmittance(hair, p, light.toward, 9, 0.25);
        if (pass < 0.004) return;
        const lobes = kajiya(tangent, light.toward, view, base);
        for (let c = 0; c < 3; c++) sum[c]! += pass * light.color[c]! * lobes[c]!;
      });
      out.set(sum, 3 * (s * steps + i));
    }
  }
  return out;
}

/** Diffuse, primary (white, shifted to the root) and secondary (coloured, shifted to the tip) reflection of a strand. */
function kajiya(tangent: Vec3, light: Vec3, view: Vec3, base: Rgb): Rgb {
  const tl = clamp(dot(tangent, light), -1, 1);
  const sinL = Math.sqrt(1 - tl * tl);
  const half = unit([light[0] + view[0], light[1] + view[1], light[2] + view[2]]);
  const lobe = (shift: number, power: number): number => {
    const th = clamp(dot(tangent, half) + shift, -1, 1);
    return Math.sqrt(1 - th * th) ** power;
  };
  const back = smoothstep(0.2, -0.9, dot(light, view));
  const primary = 0.03 * lobe(0.09, 90) * sinL * (1 + 3 * back);
  const secondary = 0.5 * lobe(-0.12, 22) * sinL * (1 + 1.5 * back);
  const diffuse = 0.45 * sinL;
  return [0, 1, 2].map((c) => base[c]! * (diffuse + secondary) + primary) as unknown as Rgb;
}
