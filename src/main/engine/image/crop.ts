/** Rectangles cut out of planes and images, and put back. */
import type { Plane, RgbImage } from './picture.ts';
import { rawPlane } from './planes.ts';
import type { Rect } from './working.ts';

/** Copies a rectangle of `channels` planes. */
export function cropPlanes(
  data: Float32Array,
  width: number,
  height: number,
  channels: number,
  rect: Rect,
): Float32Array<ArrayBuffer> {
  const n = rect.width * rect.height;
  const out = rawPlane(n * channels);
  for (let k = 0; k < channels; k++) {
    for (let y = 0; y < rect.height; y++) {
      const from = k * width * height + (y + rect.y) * width + rect.x;
      out.set(data.subarray(from, from + rect.width), k * n + y * rect.width);
    }
  }
  return out;
}

/** The rectangle of an image. */
export const cropRgb = (image: RgbImage, rect: Rect): RgbImage => ({
  width: rect.width,
  height: rect.height,
  data: cropPlanes(image.data, image.width, image.height, 3, rect),
});

/** The rectangle of a plane. */
export const cropPlane = (plane: Plane, rect: Rect): Plane => ({
  width: rect.width,
  height: rect.height,
  data: cropPlanes(plane.data, plane.width, plane.height, 1, rect),
});

/** A copy of `image` with `part` in the place of the rectangle. */
export function withPart(image: RgbImage, rect: Rect, part: RgbImage): RgbImage {
  const data = rawPlane(image.data.length);
  data.set(image.data);
  const n = image.width * image.height;
  const m = rect.width * rect.height;
  for (let k = 0; k < 3; k++) {
    for (let y = 0; y < rect.height; y++) {
      const row = part.data.subarray(k * m + y * rect.width, k * m + (y + 1) * rect.width);
      data.set(row, k * n + (y + rect.y) * image.width + rect.x);
    }
  }
  return { width: image.width, height: image.height, data };
}
