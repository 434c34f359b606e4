/** A quarter of a picture's size with the numbers of scikit-image's antialiased `resize` (1024 to 256). */
import type { RgbImage } from '../picture.ts';
import { gaussianKernel } from './gaussian.ts';
import { reduceRgb } from './reduce.ts';

const FACTOR = 4;
const RADIUS = 6;
const SIGMA = (FACTOR - 1) / 2;

/**
 * Taps for output i at samples 4 i - 5 … 4 i + 8: a Gaussian and then the mean of the two samples in the middle of each
 * four, in one.
 */
const TAPS = (() => {
  const kernel = gaussianKernel(2 * RADIUS + 1, SIGMA);
  return Float64Array.from({ length: kernel.length + 1 }, (_, k) => ((kernel[k] ?? 0) + (kernel[k - 1] ?? 0)) / 2);
})();
const FIRST = FACTOR / 2 - 1 - RADIUS;

/** @param picture values in [0, 1]; width and height are multiples of 4. Beyond its border it is mirrored. */
export const quarterRgb = (picture: RgbImage): RgbImage =>
  reduceRgb(picture, { factor: FACTOR, taps: TAPS, first: FIRST });
