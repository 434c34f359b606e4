import { project } from './camera.ts';
import { type Film, GRID } from './film.ts';
import { at } from './math.ts';
import type { Strands } from './strands.ts';

/** Hair over the picture's samples: premultiplied light, and what of the background shows through. */
export type HairLayer = { readonly light: Float32Array; readonly through: Float32Array };

const BUCKETS = 8192;

/** Draws shaded strands back to front as anti-aliased lines, hidden where a solid is nearer. `shades` holds 3 numbers a point. */
export function rasterHair(film: Film, sets: readonly { strands: Strands; shade: Float32Array }[]): HairLayer {
  const { across, down, depth, camera } = film;
  const light = new Float32Array(3 * across * down);
  const through = new Float32Array(across * down).fill(1);
  const projected = sets.map(({ strands }) => {
    const out = new Float32Array(strands.points.length);
    for (let i = 0; i < out.length / 3; i++) {
      const p = project(camera, at(strands.points, i));
      out.set([p[0] * GRID, p[1] * GRID, p[2]], 3 * i);
    }
    return out;
  });
  const segments: { set: number; index: number }[][] = Array.from({ length: BUCKETS }, () => []);
  let [low, high] = [Infinity, -Infinity];
  for (const p of projected)
    for (let i = 2; i < p.length; i += 3) {
      low = Math.min(low, p[i]!);
      high = Math.max(high, p[i]!);
    }
  sets.forEach(({ strands }, set) => {
    const p = projected[set]!;
    for (let i = 0; i + 1 < p.length / 3; i++) {
      if ((i + 1) % strands.steps === 0) continue;
      const bucket = Math.min(BUCKETS - 1, Math.floor(((p[3 * i + 2]! - low) / (high - low || 1)) * BUCKETS));
      segments[bucket]!.push({ set, index: i });
    }
  });
  for (let b = BUCKETS - 1; b >= 0; b--)
    for (const { set, index } of segments[b]!) {
      const { strands, shade } = sets[set]!;
      const p = projected[set]!;
      const t = (index % strands.steps) / (strands.steps - 1);
      const perUnit = (camera.scale * GRID * camera.eye[2]) / p[3 * index + 2]!;
      const width = strands.width[Math.floor(index / strands.steps)]! * perUnit * (1 - strands.taper * t ** 2);
      drawSegment(index, p, shade, width);
    }
  return { light, through };

  /** Walks the segment along its longer axis and covers the pixels across it by their overlap. */
  function drawSegment(i: number, p: Float32Array, shade: Float32Array, width: number): void {
    let [x0, y0, x1, y1] = [p[3 * i]!, p[3 * i + 1]!, p[3 * i + 3]!, p[3 * i + 4]!];
    let [from, to] = [i, i + 1];
    const steep = Math.abs(y1 - y0) > Math.abs(x1 - x0);
    if (steep) [x0, y0, x1, y1] = [y0, x0, y1, x1];
    if (x0 > x1) [x0, y0, x1, y1, from, to] = [x1, y1, x0, y0, to, from];
    const span = x1 - x0 || 1e-6;
    const slope = (y1 - y0) / span;
    const half = 0.5 * Math.min(6, Math.max(width, 0.15)) * Math.sqrt(1 + slope * slope);
    const [major, minor] = steep ? [down, across] : [across, down];
    const [z0, dz] = [p[3 * from + 2]!, p[3 * to + 2]! - p[3 * from + 2]!];
    for (let a = Math.max(0, Math.floor(x0)); a <= Math.min(major - 1, Math.floor(x1)); a++) {
      const cover = Math.min(a + 1, x1) - Math.max(a, x0);
      if (cover <= 0) continue;
      const t = Math.min(1, Math.max(0, (a + 0.5 - x0) / span));
      const c = y0 + slope * (Math.min(x1, Math.max(x0, a + 0.5)) - x0);
      const z = z0 + t * dz;
      for (let q = Math.max(0, Math.floor(c - half)); q <= Math.min(minor - 1, Math.floor(c + half)); q++) {
        const alpha = 0.92 * cover * Math.max(0, Math.min(q + 1, c + half) - Math.max(q, c - half));
        const s = steep ? a * across + q : q * across + a;
        if (alpha <= 0 || z > depth[s]! + 0.03) continue;
        through[s]! *= 1 - alpha;
        for (let k = 0; k < 3; k++)
          light[3 * s + k] =
            light[3 * s + k]! * (1 - alpha) + alpha * (shade[3 * from + k]! * (1 - t) + shade[3 * to + k]! * t);
      }
    }
  }
}
