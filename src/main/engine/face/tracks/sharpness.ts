/** How sharp a face is, whatever its contrast: fine detail beside coarse. */
import type { PictureView } from '../picture-view.ts';
import { regionToPicture, type SquareRegion } from '../region.ts';

/** Side of the picture that is judged; the face fills two thirds of it. */
const VIEW = 64;

/**
 * Strength of detail of one to two pixels of a 64-pixel view over the strength of detail of two to four: about 0.5 to 1
 * for a face in focus, below 0.2 when it is smeared over a twentieth of its width.
 */
export function sharpnessOf(picture: PictureView, region: SquareRegion): number {
  const view = picture.crop(regionToPicture(region, VIEW), VIEW, VIEW);
  const n = VIEW * VIEW;
  const luma = new Float32Array(n);
  for (let i = 0; i < n; i++) luma[i] = 0.3 * view.data[i]! + 0.59 * view.data[i + n]! + 0.11 * view.data[i + 2 * n]!;
  const fine = binomial(luma, 1);
  const coarse = binomial(fine, 2);
  let [high, low] = [0, 0];
  const margin = Math.round(VIEW / 6);
  for (let y = margin; y < VIEW - margin; y++) {
    for (let x = margin; x < VIEW - margin; x++) {
      const i = y * VIEW + x;
      high += (luma[i]! - fine[i]!) ** 2;
      low += (fine[i]! - coarse[i]!) ** 2;
    }
  }
  return low > 0 ? Math.sqrt(high / low) : 0;
}

/** [1 2 1]/4 in both directions with holes of `step` pixels. */
function binomial(source: Float32Array, step: number): Float32Array {
  const clamp = (i: number) => Math.max(0, Math.min(VIEW - 1, i));
  const pass = (input: Float32Array, along: 1 | 64): Float32Array =>
    input.map((value, i) => {
      const position = along === 1 ? i % VIEW : Math.floor(i / VIEW);
      const before = i + (clamp(position - step) - position) * along;
      const after = i + (clamp(position + step) - position) * along;
      return 0.5 * value + 0.25 * (input[before]! + input[after]!);
    });
  return pass(pass(source, 1), VIEW);
}
