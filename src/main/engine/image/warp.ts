/** Resampling: affine crops with area filtering, and sampling at free positions. Positions are continuous pixel coordinates. */
import { type Affine, affineScale, applyAffine, composeAffine } from './affine.ts';
import { cropRgb } from './crop.ts';
import { withKernels } from './kernels/kernels.ts';
import type { RgbImage } from './picture.ts';
import { newPlane, rawPlane } from './planes.ts';
import { halfRgb } from './resize.ts';
import type { Rect } from './working.ts';

/** Largest reduction that is left to bilinear sampling; beyond it a halved image is sampled. */
const MAX_REDUCTION = 1.5;
const SMALLEST_LEVEL = 16;
/** A picture of which less than this share is seen is not given to a kernel as a whole. */
const MOSTLY = 0.8;

/** The level of the mip chain whose pixels are about as large as the output's, and its scale. */
function mipLevel(image: RgbImage, reduction: number): { level: RgbImage; scale: number } {
  let level = image;
  let scale = 1;
  while (reduction * scale > MAX_REDUCTION && Math.min(level.width, level.height) >= 2 * SMALLEST_LEVEL) {
    level = halfRgb(level);
    scale /= 2;
  }
  return { level, scale };
}

/** The part of a picture that bilinear reading of width x height pixels at `map`(x, y) finds, a pixel wider. */
function seenPart(picture: RgbImage, map: Affine, width: number, height: number): Rect {
  const corners = [
    [0, 0],
    [width, 0],
    [0, height],
    [width, height],
  ].map(([x, y]) => applyAffine(map, x!, y!));
  const along = (k: 0 | 1, size: number): [number, number] => {
    const places = corners.map((corner) => corner[k]);
    const first = Math.max(0, Math.min(size - 2, Math.floor(Math.min(...places)) - 2));
    const last = Math.min(size, Math.max(first + 2, Math.ceil(Math.max(...places)) + 2));
    return [first, last - first];
  };
  const [x, w] = along(0, picture.width);
  const [y, h] = along(1, picture.height);
  return { x, y, width: w, height: h };
}

/**
 * A width x height picture whose pixel (x, y) shows `image` at `toInput`(x, y). Reduced with area filtering (halved
 * copies), bilinear; outside the image black. `outside`, when given, receives 1 for every pixel that lies outside.
 */
export function warpAffine(
  image: RgbImage,
  toInput: Affine,
  width: number,
  height: number,
  outside?: Float32Array,
): RgbImage {
  const { level, scale } = mipLevel(image, affineScale(toInput));
  const toLevel = composeAffine([scale, 0, 0, 0, scale, 0], toInput);
  const seen = seenPart(level, toLevel, width, height);
  const part = seen.width * seen.height < MOSTLY * level.width * level.height ? cropRgb(level, seen) : level;
  const out = newPlane(width * height * 3);
  const [a, b, c, d, e, f] = toLevel;
  const [left, top] = part === level ? [0, 0] : [seen.x, seen.y];
  const u = c + 0.5 * (a + b) - 0.5 - left;
  const v = f + 0.5 * (d + e) - 0.5 - top;
  withKernels({ read: [part.data], change: outside ? [out, outside] : [out] }, (kernels, [from, to, beyond]) =>
    kernels.warpAffine(from!, part.width, part.height, u, a, b, v, d, e, width, height, to!, beyond ?? 0),
  );
  return { width, height, data: out };
}

/** Places that are read: `width` x `height` of them, rows `stride` apart, times `scale`. */
export interface Places {
  readonly u: Float32Array;
  readonly v: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  readonly scale: number;
}

/**
 * Bilinear values of `channels` planes of sw x sh at the positions (u, v), edges clamped.
 * @returns channels planes of width x height values
 */
export function sampleBilinear(
  source: Float32Array,
  sw: number,
  sh: number,
  channels: number,
  { u, v, width, height, stride, scale }: Places,
): Float32Array<ArrayBuffer> {
  const out = rawPlane(width * height * channels);
  withKernels({ read: [source, u, v], write: [out] }, (kernels, [from, across, down, to]) =>
    kernels.sampleBilinear(from!, sw, sh, channels, across!, down!, stride, width, height, scale, to!),
  );
  return out;
}

/**
 * Catmull-Rom bicubic values (a = -0.5) of an RGB image at the positions (u, v), edges clamped. Pixels whose `mask` is
 * not above 0 are left as they are in `out`.
 */
export function sampleCubic(
  image: RgbImage,
  u: Float32Array,
  v: Float32Array,
  mask: Float32Array,
  out: Float32Array<ArrayBuffer> = newPlane(u.length * 3),
): Float32Array<ArrayBuffer> {
  withKernels({ read: [image.data, u, v, mask], change: [out] }, (kernels, [from, across, down, where, to]) =>
    kernels.sampleCubic(from!, image.width, image.height, across!, down!, where!, u.length, to!),
  );
  return out;
}
