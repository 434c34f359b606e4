/** SoftErosion: fades a mask to the inside by a cone-shaped kernel (E4S `utils/paste_back_tricks.py`). */
import type { Plane } from '../picture.ts';
import { dilateBox, erodeBox, square } from './box-morphology.ts';

export const SOFT_EROSION_RADIUS = 7;
/** Smoothed values from here on are inside. */
const THRESHOLD = 0.6;

/** The 15 x 15 kernel: linear in the distance to its centre, 0 in its corners, sum 1. Row-major. */
export const SOFT_EROSION_KERNEL: Float64Array = (() => {
  const r = SOFT_EROSION_RADIUS;
  const size = 2 * r + 1;
  const weights = Float64Array.from({ length: size * size }, (_, i) => {
    const distance = Math.hypot((i % size) - r, Math.floor(i / size) - r);
    return Math.sqrt(2 * r * r) - distance;
  });
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / sum);
})();

/** The mask convolved with the kernel, zeros outside the picture. */
function smooth({ width, height, data }: Plane): Float32Array<ArrayBuffer> {
  const r = SOFT_EROSION_RADIUS;
  const low = erodeBox(data, width, height, square(r));
  const high = dilateBox(data, width, height, square(r));
  const out = new Float32Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    const [top, bottom] = [Math.max(0, y - r), Math.min(height - 1, y + r)];
    for (let x = 0; x < width; x++, i++) {
      const whole = x >= r && y >= r && x < width - r && y < height - r;
      // Where the window sees one value only, the sum is known.
      if (low[i] === high[i] && (whole || low[i] === 0)) {
        out[i] = low[i]!;
        continue;
      }
      const [left, right] = [Math.max(0, x - r), Math.min(width - 1, x + r)];
      let sum = 0;
      for (let v = top; v <= bottom; v++) {
        let k = (v - y + r) * (2 * r + 1) + left - x + r;
        for (let p = v * width + left; p <= v * width + right; p++, k++) sum += data[p]! * SOFT_EROSION_KERNEL[k]!;
      }
      out[i] = sum;
    }
  }
  return out;
}

/**
 * The mask, 1 where its smoothed values reach 0.6 and fading to 0 outside of that: the smoothed values there, stretched
 * to reach 1. A mask that touches the picture's border fades there. An empty mask stays empty (where the original
 * divides 0 by 0).
 * @param mask values in [0, 1]
 */
export function softErosion(mask: Plane): Plane {
  const data = smooth(mask);
  let largest = 0;
  for (const v of data) if (v < THRESHOLD && v > largest) largest = v;
  const factor = largest > 0 ? 1 / largest : 0;
  for (let i = 0; i < data.length; i++) data[i] = data[i]! >= THRESHOLD ? 1 : data[i]! * factor;
  return { width: mask.width, height: mask.height, data };
}
