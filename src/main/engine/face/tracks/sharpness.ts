/** How sharp a face is, whatever its contrast: its fine detail beside its coarse. */
import { type FaceLook, LOOK_SIZE } from './look.ts';

/**
 * Strength of the finest detail of the small picture over that of features four to eight times as large: 0.35 to 0.75
 * for faces in focus; 0.20 to 0.32 when blurred by a fiftieth of their height (deviation of a Gaussian), 0.15 to 0.20 by
 * three hundredths, 0.11 to 0.13 by a twentieth.
 */
export function sharpnessOf({ image: { data } }: FaceLook): number {
  const n = LOOK_SIZE * LOOK_SIZE;
  const luma = new Float32Array(n);
  for (let i = 0; i < n; i++) luma[i] = 0.3 * data[i]! + 0.59 * data[i + n]! + 0.11 * data[i + 2 * n]!;
  const fine = binomial(luma, 1);
  const coarse = binomial(fine, 2);
  const coarsest = binomial(coarse, 4);
  let [high, low] = [0, 0];
  const margin = Math.round(LOOK_SIZE / 6);
  for (let y = margin; y < LOOK_SIZE - margin; y++) {
    for (let x = margin; x < LOOK_SIZE - margin; x++) {
      const i = y * LOOK_SIZE + x;
      high += (luma[i]! - fine[i]!) ** 2;
      low += (coarse[i]! - coarsest[i]!) ** 2;
    }
  }
  return low > 0 ? Math.sqrt(high / low) : 0;
}

/** [1 2 1]/4 in both directions with holes of `step` pixels; edges are repeated. */
function binomial(source: Float32Array, step: number): Float32Array {
  const last = LOOK_SIZE - 1;
  const across = new Float32Array(source.length);
  for (let y = 0, i = 0; y < LOOK_SIZE; y++) {
    const row = y * LOOK_SIZE;
    for (let x = 0; x < LOOK_SIZE; x++, i++) {
      across[i] =
        0.5 * source[i]! + 0.25 * (source[row + Math.max(0, x - step)]! + source[row + Math.min(last, x + step)]!);
    }
  }
  const out = new Float32Array(source.length);
  for (let y = 0, i = 0; y < LOOK_SIZE; y++) {
    const above = Math.max(0, y - step) * LOOK_SIZE;
    const below = Math.min(last, y + step) * LOOK_SIZE;
    for (let x = 0; x < LOOK_SIZE; x++, i++)
      out[i] = 0.5 * across[i]! + 0.25 * (across[above + x]! + across[below + x]!);
  }
  return out;
}
