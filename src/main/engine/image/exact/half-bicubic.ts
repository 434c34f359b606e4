/** Half of a picture's size by the fixed bicubic filter in front of the face parser (E4S `bicubic.py`). */
import type { RgbImage } from '../picture.ts';
import { reduceRgb } from './reduce.ts';

const TAPS = [
  -0.01171875, -0.03515625, 0.11328125, 0.43359375, 0.43359375, 0.11328125, -0.03515625, -0.01171875,
] as const;
const BEFORE = 3;

/** @param picture values in [0, 1]; width and height are even. Beyond its border it is mirrored; results are clipped to [0, 1]. */
export function halfBicubic(picture: RgbImage): RgbImage {
  const half = reduceRgb(picture, { factor: 2, taps: TAPS, first: -BEFORE });
  for (let i = 0; i < half.data.length; i++) half.data[i] = Math.min(1, Math.max(0, half.data[i]!));
  return half;
}
