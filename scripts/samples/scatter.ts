import { DISTANCE } from './camera.ts';
import { type Film, GRID, type Pool } from './film.ts';

/** Weight and standard deviation (units) of the spread per colour, for each pool: skin is a sum of two Gaussians, red widest. */
const PROFILES = [
  [
    { weights: [0.5, 0.62, 0.7], sigmas: [0.1, 0.08, 0.07] },
    { weights: [0.5, 0.38, 0.3], sigmas: [0.42, 0.16, 0.1] },
  ],
  [{ weights: [1, 1, 1], sigmas: [0.09, 0.09, 0.09] }],
  [{ weights: [1, 1, 1], sigmas: [0.06, 0.06, 0.06] }],
] as const;

/** Spreads each pool's diffuse light sideways in the picture plane, as living skin does, and never across depth steps. Returns 3 numbers a pixel and pool. */
export const spreadLight = (film: Film): Float32Array[] =>
  film.pools.map((pool, i) => spread(film, pool, PROFILES[i]!));

function spread(film: Film, { irradiance, count: skin }: Pool, profile: (typeof PROFILES)[number]): Float32Array {
  const { camera, depth, across } = film;
  const { width, height } = camera;
  const n = width * height;
  const near = new Float32Array(n);
  for (let p = 0; p < n; p++) near[p] = depth[Math.floor(p / width) * GRID * across + (p % width) * GRID]!;
  const out = new Float32Array(3 * n);
  const pixelsPerUnit = (camera.scale * DISTANCE) / (DISTANCE - 3);
  for (let c = 0; c < 3; c++)
    for (const { weights, sigmas } of profile) {
      const sigma = sigmas[c]! * pixelsPerUnit;
      const radius = Math.max(1, Math.ceil(2.5 * sigma));
      const kernel = Float32Array.from({ length: radius + 1 }, (_, i) => Math.exp(-0.5 * (i / sigma) ** 2));
      let value = new Float32Array(n);
      let weight = new Float32Array(n);
      for (let p = 0; p < n; p++) {
        value[p] = irradiance[3 * p + c]!;
        weight[p] = skin[p]!;
      }
      for (const stride of [1, width]) {
        const [nextValue, nextWeight] = [new Float32Array(n), new Float32Array(n)];
        for (let y = 0; y < height; y++)
          for (let x = 0; x < width; x++) {
            const p = y * width + x;
            if (skin[p] === 0) continue;
            const [position, limit] = stride === 1 ? [x, width] : [y, height];
            let [sv, sw] = [0, 0];
            for (let k = Math.max(-radius, -position); k <= radius && position + k < limit; k++) {
              const q = p + k * stride;
              if (weight[q] === 0 || Math.abs(near[q]! - near[p]!) > 0.9) continue;
              const g = kernel[Math.abs(k)]!;
              sv += g * value[q]!;
              sw += g * weight[q]!;
            }
            nextValue[p] = sv;
            nextWeight[p] = sw;
          }
        [value, weight] = [nextValue, nextWeight];
      }
      for (let p = 0; p < n; p++) if (weight[p]! > 0) out[3 * p + c]! += (weights[c]! * value[p]!) / weight[p]!;
    }
  return out;
}
