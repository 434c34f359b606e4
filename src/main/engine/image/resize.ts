/** Changes of resolution on planes and RGB images. */
import { withKernels } from './kernels/kernels.ts';
import type { Plane, RgbImage } from './picture.ts';
import { rawPlane } from './planes.ts';

const halves = new WeakMap<RgbImage, RgbImage>();

/** Values that a kernel is given at a time. */
const BAND_VALUES = 2 ** 21;

/** Means of `factor` x `factor` cells; what is left over at right and bottom is left out. */
function shrinkInto(source: Float32Array, width: number, height: number, factor: number, out: Float32Array): void {
  const w = Math.floor(width / factor);
  const h = Math.floor(height / factor);
  // Pictures may be very large: in bands.
  const rows = Math.max(1, Math.floor(BAND_VALUES / (width * factor)));
  for (let y = 0; y < h; y += rows) {
    const count = Math.min(rows, h - y);
    const band = source.subarray(y * factor * width, (y + count) * factor * width);
    withKernels({ read: [band], write: [out.subarray(y * w, (y + count) * w)] }, (kernels, [from, to]) =>
      kernels.shrink(from!, width, count * factor, factor, to!),
    );
  }
}

/** Half the image by 2x2 means. The result is remembered as long as the image lives, so a mip chain is built once. */
export function halfRgb(image: RgbImage): RgbImage {
  const known = halves.get(image);
  if (known) return known;
  const width = image.width >> 1;
  const height = image.height >> 1;
  const n = image.width * image.height;
  const data = new Float32Array(width * height * 3);
  for (let k = 0; k < 3; k++) {
    const out = data.subarray(k * width * height, (k + 1) * width * height);
    shrinkInto(image.data.subarray(k * n, (k + 1) * n), image.width, image.height, 2, out);
  }
  const half = { width, height, data };
  halves.set(image, half);
  return half;
}

/** Half a plane by 2x2 means. */
export function halfPlane(plane: Plane): Plane {
  const width = plane.width >> 1;
  const height = plane.height >> 1;
  const data = rawPlane(width * height);
  shrinkInto(plane.data, plane.width, plane.height, 2, data);
  return { width, height, data };
}

/** Means of `factor` x `factor` cells; width and height must be multiples of it. */
export function shrinkPlane(source: Float32Array, width: number, height: number, factor: number): Plane {
  const w = Math.floor(width / factor);
  const h = Math.floor(height / factor);
  const data = rawPlane(w * h);
  shrinkInto(source, width, height, factor, data);
  return { width: w, height: h, data };
}

/** A linear function of the pixel's column and row, added to an enlarged plane. */
export interface Slope {
  readonly x: number;
  readonly y: number;
  readonly offset: number;
}

const LEVEL: Slope = { x: 0, y: 0, offset: 0 };

/** Bytes of the tables and rows of a kernel that enlarges a plane to this size. */
export const rowsRoom = (width: number, height: number): number => 4 * (16 + 3 * width + 3 * height + 3 * (width + 4));

/**
 * A plane enlarged (or reduced without filtering) to width x height: bilinear with half-pixel centres and clamped edges.
 * @param plus is added to it
 */
export function resizePlane(
  source: Float32Array,
  sw: number,
  sh: number,
  width: number,
  height: number,
  plus: Slope = LEVEL,
): Float32Array<ArrayBuffer> {
  const out = rawPlane(width * height);
  withKernels({ read: [source], write: [out], room: rowsRoom(width, height) }, (kernels, [from, to], room) =>
    kernels.enlarge(from!, sw, sh, to!, width, height, plus.x, plus.y, plus.offset, room),
  );
  return out;
}
