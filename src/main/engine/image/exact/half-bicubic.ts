/** Half of a picture's size by the fixed bicubic filter in front of the face parser (E4S `bicubic.py`). */
import type { RgbImage } from '../picture.ts';
import { mirror } from './mirror.ts';

const TAPS = [
  -0.01171875, -0.03515625, 0.11328125, 0.43359375, 0.43359375, 0.11328125, -0.03515625, -0.01171875,
] as const;
const BEFORE = 3;

/** @param picture values in [0, 1]; width and height are even. Beyond its border it is mirrored; results are clipped to [0, 1]. */
export function halfBicubic(picture: RgbImage): RgbImage {
  const [width, height] = [picture.width / 2, picture.height / 2];
  const n = picture.width * picture.height;
  const out = new Float32Array(3 * width * height);
  const line = new Float64Array(picture.width);
  for (let k = 0; k < 3; k++) {
    for (let y = 0; y < height; y++) {
      line.fill(0);
      TAPS.forEach((weight, t) => {
        const row = k * n + mirror(2 * y - BEFORE + t, picture.height) * picture.width;
        for (let x = 0; x < line.length; x++) line[x]! += weight * picture.data[row + x]!;
      });
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (let t = 0; t < TAPS.length; t++) sum += TAPS[t]! * line[mirror(2 * x - BEFORE + t, line.length)]!;
        out[(k * height + y) * width + x] = Math.min(1, Math.max(0, sum));
      }
    }
  }
  return { width, height, data: out };
}
