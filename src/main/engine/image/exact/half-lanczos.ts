/** Half of a picture's size with the numbers of OpenCV's 8-tap Lanczos filter. */
import type { ByteImage } from '../picture.ts';
import { mapChannels } from './byte-image.ts';

/** 2048ths; they add up to 2046. */
const TAPS = [-26, 122, -340, 1267, 1267, -340, 122, -26] as const;
const BEFORE = 3;
const UNIT = 2 ** 22;

const inside = (i: number, count: number): number => (i < 0 ? 0 : i < count ? i : count - 1);

/** Width and height are even; beyond the border the last sample repeats. */
export const halfLanczos = (image: ByteImage): ByteImage => {
  const [width, height] = [image.width / 2, image.height / 2];
  return mapChannels(image, width, height, (channel) => {
    const rows = new Float64Array(width * image.height);
    for (let y = 0, i = 0; y < image.height; y++) {
      for (let x = 0; x < width; x++, i++) {
        let sum = 0;
        for (let k = 0; k < TAPS.length; k++) {
          sum += TAPS[k]! * channel[y * image.width + inside(2 * x - BEFORE + k, image.width)]!;
        }
        rows[i] = sum;
      }
    }
    const out = new Uint8Array(width * height);
    const sums = new Float64Array(width);
    for (let y = 0; y < height; y++) {
      sums.fill(UNIT / 2);
      TAPS.forEach((weight, k) => {
        const row = inside(2 * y - BEFORE + k, image.height) * width;
        for (let x = 0; x < width; x++) sums[x]! += weight * rows[row + x]!;
      });
      for (let x = 0; x < width; x++) {
        out[y * width + x] = Math.min(255, Math.max(0, Math.floor(sums[x]! / UNIT)));
      }
    }
    return out;
  });
};
