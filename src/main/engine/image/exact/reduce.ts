/** Reducing a picture by a whole factor with one row of taps for both directions. */
import type { RgbImage } from '../picture.ts';
import { mirror } from './mirror.ts';

export interface Reduction {
  /** Width and height are multiples of it. */
  readonly factor: number;
  readonly taps: ArrayLike<number>;
  /** Sample under the first tap of output 0. */
  readonly first: number;
}

/** Rows first, then columns; beyond its border the picture is mirrored without its edge again. */
export function reduceRgb(picture: RgbImage, { factor, taps, first }: Reduction): RgbImage {
  const [width, height] = [picture.width / factor, picture.height / factor];
  const n = picture.width * picture.height;
  const out = new Float32Array(3 * width * height);
  const line = new Float64Array(picture.width);
  for (let k = 0; k < 3; k++) {
    for (let y = 0; y < height; y++) {
      line.fill(0);
      for (let t = 0; t < taps.length; t++) {
        const row = k * n + mirror(factor * y + first + t, picture.height) * picture.width;
        for (let x = 0; x < line.length; x++) line[x]! += taps[t]! * picture.data[row + x]!;
      }
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (let t = 0; t < taps.length; t++) sum += taps[t]! * line[mirror(factor * x + first + t, line.length)]!;
        out[(k * height + y) * width + x] = sum;
      }
    }
  }
  return { width, height, data: out };
}
