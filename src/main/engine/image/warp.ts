/** Resampling: affine crops with area filtering, and sampling at free positions. Positions are continuous pixel coordinates. */
import { type Affine, affineScale } from './affine.ts';
import { withKernels } from './kernels/kernels.ts';
import type { RgbImage } from './picture.ts';
import { newPlane } from './planes.ts';
import { halfRgb } from './resize.ts';

/** Largest reduction that is left to bilinear sampling; beyond it a halved image is sampled. */
const MAX_REDUCTION = 1.5;
const SMALLEST_LEVEL = 16;

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
  const out = newPlane(width * height * 3);
  const [a, b, c, d, e, f] = toInput;
  const u = (c + 0.5 * (a + b)) * scale - 0.5;
  const v = (f + 0.5 * (d + e)) * scale - 0.5;
  const change = outside ? [out, outside] : [out];
  withKernels({ read: [level.data], change }, (kernels, [from, to, beyond]) =>
    kernels.warpAffine(
      ...[from!, level.width, level.height, u, a * scale, b * scale, v, d * scale, e * scale],
      ...[width, height, to!, beyond ?? 0],
    ),
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
  const out = newPlane(width * height * channels);
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
