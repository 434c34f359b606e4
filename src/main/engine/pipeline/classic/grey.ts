import type { RgbImage } from '#engine/image/picture.ts';
import { newPlane } from '#engine/image/planes.ts';

/** Largest difference of channels that counts as grey: JPEG's rounding of a grey picture stays below it. */
const GREY_TOLERANCE = 0.02;
/** Every how many pixels are looked at. */
const STEP = 97;

/** True when all channels of the picture agree. */
export function isGreyImage({ width, height, data }: RgbImage): boolean {
  const n = width * height;
  for (let i = 0; i < n; i += STEP) {
    const difference = Math.max(Math.abs(data[i]! - data[n + i]!), Math.abs(data[i]! - data[2 * n + i]!));
    if (difference > GREY_TOLERANCE) return false;
  }
  return true;
}

/** `image` without colour when `model` is grey: a grey photo stays grey. Pixels that are grey already stay. */
export function matchGrey(image: RgbImage, model: RgbImage): RgbImage {
  if (image === model || !isGreyImage(model)) return image;
  const n = image.width * image.height;
  const data = newPlane(image.data.length);
  data.set(image.data);
  for (let i = 0; i < n; i++) {
    const [r, g, b] = [data[i]!, data[n + i]!, data[2 * n + i]!];
    if (r === g && g === b) continue;
    const y = 0.299 * r + 0.587 * g + 0.114 * b;
    data[i] = y;
    data[n + i] = y;
    data[2 * n + i] = y;
  }
  return { ...image, data };
}
