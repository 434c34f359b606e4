/** A quarter of a picture's size with the numbers of scikit-image's antialiased `resize` (1024 to 256). */
import type { RgbImage } from '../picture.ts';
import { gaussianKernel } from './gaussian.ts';
import { mirror } from './mirror.ts';

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
export function quarterRgb(picture: RgbImage): RgbImage {
  const [width, height] = [picture.width / FACTOR, picture.height / FACTOR];
  const n = picture.width * picture.height;
  const out = new Float32Array(3 * width * height);
  const line = new Float64Array(picture.width);
  for (let k = 0; k < 3; k++) {
    for (let y = 0; y < height; y++) {
      line.fill(0);
      TAPS.forEach((weight, t) => {
        const row = k * n + mirror(FACTOR * y + FIRST + t, picture.height) * picture.width;
        for (let x = 0; x < line.length; x++) line[x]! += weight * picture.data[row + x]!;
      });
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (let t = 0; t < TAPS.length; t++) sum += TAPS[t]! * line[mirror(FACTOR * x + FIRST + t, line.length)]!;
        out[(k * height + y) * width + x] = sum;
      }
    }
  }
  return { width, height, data: out };
}
