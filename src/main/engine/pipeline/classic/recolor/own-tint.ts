/**
 * The tint of detail. Stubble, brows, shine and reddened skin have colours of their own, which are light beside that of
 * the skin: on brighter skin they weigh less, as highlights do. Multiplied with it instead, black stubble turns blue and
 * every vein pink where dark skin becomes light.
 */
import { newPlane } from '#engine/image/planes.ts';
import { LUMINANCE, luminanceOf } from './feature-gains.ts';

/** Share of its weight that light beside a surface's own keeps when that becomes brighter by so much log light: 0..1. */
export const weightBeside = (brighter: number): number => Math.min(1, Math.exp(-brighter));

/** `weightBeside` of every place. @param present light that the face has, three planes @param wanted light that it gets */
export function weightsBeside(present: readonly Float32Array[], wanted: readonly Float32Array[]): Float32Array {
  const weights = newPlane(present[0]!.length);
  for (let i = 0; i < weights.length; i++) {
    const by = (k: 0 | 1 | 2) => wanted[k]![i]! - present[k]![i]!;
    weights[i] = weightBeside(luminanceOf([by(0), by(1), by(2)]));
  }
  return weights;
}

/**
 * Takes from a change of log light what it would leave of the tint of detail beyond its weight; the light of detail
 * stays.
 * @param change three planes, changed in place
 * @param log log light before the change, three planes
 * @param wanted light that the face gets, a plane a channel
 */
export function weighTint(
  change: Float32Array,
  log: Float32Array,
  wanted: readonly Float32Array[],
  weights: Float32Array,
  coverage: Float32Array,
): void {
  const n = coverage.length;
  const [wr, wg, wb] = LUMINANCE;
  const [r, g, b] = wanted as readonly [Float32Array, Float32Array, Float32Array];
  for (let i = 0; i < n; i++) {
    const excess = 1 - weights[i]!;
    if (excess <= 0 || coverage[i] === 0) continue;
    const red = change[i]! + log[i]! - r[i]!;
    const green = change[n + i]! + log[n + i]! - g[i]!;
    const blue = change[2 * n + i]! + log[2 * n + i]! - b[i]!;
    const light = wr * red + wg * green + wb * blue;
    change[i]! -= excess * (red - light);
    change[n + i]! -= excess * (green - light);
    change[2 * n + i]! -= excess * (blue - light);
  }
}
