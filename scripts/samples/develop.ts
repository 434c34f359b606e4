import { type Film, GRID } from './film.ts';
import type { HairLayer } from './hair-raster.ts';
import { clamp, encodeSrgb } from './math.ts';
import { hash } from './random.ts';

/** Exponential shoulder of linear light to 0..1: highlights fade out without changing hue much. */
const curve = (x: number): number => 1 - Math.exp(-1.15 * x);

/** Puts pooled light, hair and solids together, averages the samples and develops 8-bit sRGB, 3 bytes a pixel. */
export function develop(
  film: Film,
  pooled: readonly Float32Array[],
  hair: HairLayer,
  exposure: number,
  overlay: (x: number, y: number) => readonly [number, number, number] | undefined,
): Uint8Array {
  const { camera, across, light, albedo } = film;
  const { width, height } = camera;
  const out = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const pixel = y * width + x;
      const sum = [0, 0, 0];
      for (let j = 0; j < GRID; j++)
        for (let i = 0; i < GRID; i++) {
          const s = (y * GRID + j) * across + x * GRID + i;
          const waiting = pooled[film.pool[s]! - 1];
          for (let c = 0; c < 3; c++) {
            const solid = light[3 * s + c]! + (waiting ? albedo[3 * s + c]! * waiting[3 * pixel + c]! : 0);
            // A sample's light is compressed before averaging so that glints do not leave jagged edges.
            sum[c]! += Math.min(3, hair.light[3 * s + c]! + hair.through[s]! * solid);
          }
        }
      const glint = overlay(x, y);
      const [u, v] = [x / width - 0.5, y / height - 0.5];
      const vignette = 1 - 0.28 * (u * u + v * v);
      const grain = (hash(x, y, 51) + hash(x, y, 52) - 1) * 0.012;
      for (let c = 0; c < 3; c++) {
        const linear = (sum[c]! / GRID ** 2 + (glint?.[c] ?? 0)) * exposure * vignette;
        out[3 * pixel + c] = Math.round(255 * clamp(encodeSrgb(curve(linear)) + grain));
      }
    }
  return out;
}
