/** Resampling: affine crops with area filtering, and sampling at free positions. Positions are continuous pixel coordinates. */
import { type Affine, affineScale } from './affine.ts';
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
  const sw = level.width;
  const sh = level.height;
  const sn = sw * sh;
  const n = width * height;
  const source = level.data;
  const out = newPlane(n * 3);
  const stepX = toInput[0] * scale;
  const stepY = toInput[3] * scale;
  for (let y = 0, i = 0; y < height; y++) {
    const u0 = (toInput[1] * (y + 0.5) + toInput[2] + toInput[0] * 0.5) * scale - 0.5;
    const v0 = (toInput[4] * (y + 0.5) + toInput[5] + toInput[3] * 0.5) * scale - 0.5;
    for (let x = 0; x < width; x++, i++) {
      let u = u0 + stepX * x;
      let v = v0 + stepY * x;
      if (u < -0.5 || v < -0.5 || u > sw - 0.5 || v > sh - 0.5) {
        if (outside) outside[i] = 1;
        continue;
      }
      u = u < 0 ? 0 : Math.min(u, sw - 1);
      v = v < 0 ? 0 : Math.min(v, sh - 1);
      const x0 = Math.min(u | 0, sw - 2);
      const y0 = Math.min(v | 0, sh - 2);
      const fx = u - x0;
      const fy = v - y0;
      const w00 = (1 - fx) * (1 - fy);
      const w10 = fx * (1 - fy);
      const w01 = (1 - fx) * fy;
      const w11 = fx * fy;
      let p = y0 * sw + x0;
      out[i] = w00 * source[p]! + w10 * source[p + 1]! + w01 * source[p + sw]! + w11 * source[p + sw + 1]!;
      p += sn;
      out[i + n] = w00 * source[p]! + w10 * source[p + 1]! + w01 * source[p + sw]! + w11 * source[p + sw + 1]!;
      p += sn;
      out[i + 2 * n] = w00 * source[p]! + w10 * source[p + 1]! + w01 * source[p + sw]! + w11 * source[p + sw + 1]!;
    }
  }
  return { width, height, data: out };
}

/**
 * Bilinear values of `channels` planes of sw x sh at the positions (u, v), edges clamped.
 * @returns channels planes of u.length values
 */
export function sampleBilinear(
  source: Float32Array,
  sw: number,
  sh: number,
  channels: number,
  u: Float32Array,
  v: Float32Array,
  out: Float32Array<ArrayBuffer> = newPlane(u.length * channels),
): Float32Array<ArrayBuffer> {
  const n = u.length;
  const sn = sw * sh;
  for (let i = 0; i < n; i++) {
    let x = u[i]! - 0.5;
    let y = v[i]! - 0.5;
    x = x < 0 ? 0 : Math.min(x, sw - 1);
    y = y < 0 ? 0 : Math.min(y, sh - 1);
    const ix = Math.min(x | 0, sw - 2);
    const iy = Math.min(y | 0, sh - 2);
    const fx = x - ix;
    const fy = y - iy;
    let p = iy * sw + ix;
    for (let k = 0, o = i; k < channels; k++, o += n, p += sn) {
      const a = source[p]! + fx * (source[p + 1]! - source[p]!);
      const b = source[p + sw]! + fx * (source[p + sw + 1]! - source[p + sw]!);
      out[o] = a + fy * (b - a);
    }
  }
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
  mask: Float32Array | undefined,
  out: Float32Array<ArrayBuffer> = newPlane(u.length * 3),
): Float32Array<ArrayBuffer> {
  const { width: sw, height: sh, data: s } = image;
  const sn = sw * sh;
  const n = u.length;
  for (let i = 0; i < n; i++) {
    if (mask !== undefined && !(mask[i]! > 0)) continue;
    let x = u[i]! - 0.5;
    let y = v[i]! - 0.5;
    x = x < 0 ? 0 : Math.min(x, sw - 1);
    y = y < 0 ? 0 : Math.min(y, sh - 1);
    const ix = Math.min(x | 0, sw - 2);
    const iy = Math.min(y | 0, sh - 2);
    const f = x - ix;
    const g = y - iy;
    const f2 = f * f;
    const f3 = f2 * f;
    const a0 = -0.5 * f3 + f2 - 0.5 * f;
    const a1 = 1.5 * f3 - 2.5 * f2 + 1;
    const a2 = -1.5 * f3 + 2 * f2 + 0.5 * f;
    const a3 = 0.5 * f3 - 0.5 * f2;
    const g2 = g * g;
    const g3 = g2 * g;
    const b0 = -0.5 * g3 + g2 - 0.5 * g;
    const b1 = 1.5 * g3 - 2.5 * g2 + 1;
    const b2 = -1.5 * g3 + 2 * g2 + 0.5 * g;
    const b3 = 0.5 * g3 - 0.5 * g2;
    const x0 = ix > 0 ? -1 : 0;
    const x3 = ix < sw - 2 ? 2 : 1;
    let q = iy * sw + ix;
    const up = iy > 0 ? -sw : 0;
    const down = iy < sh - 2 ? 2 * sw : sw;
    for (let k = 0, o = i; k < 3; k++, o += n, q += sn) {
      const p = q + up;
      const r = q + sw;
      const t = q + down;
      out[o] =
        b0 * (a0 * s[p + x0]! + a1 * s[p]! + a2 * s[p + 1]! + a3 * s[p + x3]!) +
        b1 * (a0 * s[q + x0]! + a1 * s[q]! + a2 * s[q + 1]! + a3 * s[q + x3]!) +
        b2 * (a0 * s[r + x0]! + a1 * s[r]! + a2 * s[r + 1]! + a3 * s[r + x3]!) +
        b3 * (a0 * s[t + x0]! + a1 * s[t]! + a2 * s[t + 1]! + a3 * s[t + x3]!);
    }
  }
  return out;
}
