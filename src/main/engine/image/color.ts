/** Colour: sRGB transfer curve, logarithmic light, CIE Lab. Values in [0, 1] unless said. */
import { withKernels } from './kernels/kernels.ts';
import { newPlane, rawPlane } from './planes.ts';

/** Linear light of an sRGB value. */
export const srgbToLinear = (v: number): number => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);

/** sRGB value of linear light. */
export const linearToSrgb = (v: number): number => (v <= 0.0031308 ? v * 12.92 : 1.055 * v ** (1 / 2.4) - 0.055);

/** Added to linear light before the logarithm: about the black level of a photograph, it keeps shadows finite. */
export const LOG_FLOOR = 2e-3;

const STEPS = 4096;
const LOG_OF = Float32Array.from({ length: STEPS + 2 }, (_, i) =>
  Math.log(srgbToLinear(Math.min(1, i / STEPS)) + LOG_FLOOR),
);
const LOG_MIN = Math.log(LOG_FLOOR);
const LOG_MAX = Math.log(1 + LOG_FLOOR);
const LOG_STEPS = 8192;
const SRGB_OF = Float32Array.from({ length: LOG_STEPS + 2 }, (_, i) =>
  linearToSrgb(Math.max(0, Math.exp(LOG_MIN + (Math.min(i, LOG_STEPS) / LOG_STEPS) * (LOG_MAX - LOG_MIN)) - LOG_FLOOR)),
);

/** log(linear light + LOG_FLOOR) of an sRGB value, by table with linear interpolation (error below 2e-3). */
export function logLight(v: number): number {
  const x = v <= 0 ? 0 : v >= 1 ? STEPS : v * STEPS;
  const i = x | 0;
  return LOG_OF[i]! + (LOG_OF[i + 1]! - LOG_OF[i]!) * (x - i);
}

/** The inverse of `logLight`, clipped to [0, 1]. */
export function fromLogLight(v: number): number {
  if (v <= LOG_MIN) return 0;
  if (v >= LOG_MAX) return 1;
  const x = ((v - LOG_MIN) / (LOG_MAX - LOG_MIN)) * LOG_STEPS;
  const i = x | 0;
  return SRGB_OF[i]! + (SRGB_OF[i + 1]! - SRGB_OF[i]!) * (x - i);
}

/** `logLight` of every value. */
export function logLightPlane(values: Float32Array): Float32Array<ArrayBuffer> {
  const out = rawPlane(values.length);
  withKernels({ read: [values, LOG_OF], write: [out] }, (kernels, [from, table, to]) =>
    kernels.mapTable(from!, table!, STEPS, to!, values.length),
  );
  return out;
}

/** `fromLogLight` of light + share · change, for the pixels of three planes whose mask is above 0; 0 elsewhere. */
export function changedLight(
  light: Float32Array,
  change: Float32Array,
  share: number,
  mask: Float32Array,
): Float32Array<ArrayBuffer> {
  const n = mask.length;
  const out = newPlane(3 * n);
  const scale = LOG_STEPS / (LOG_MAX - LOG_MIN);
  withKernels({ read: [light, change, mask, SRGB_OF], change: [out] }, (kernels, [own, by, where, table, to]) =>
    kernels.changedLight(own!, by!, share, where!, n, table!, LOG_MIN, scale, LOG_STEPS, to!),
  );
  return out;
}

/** Luma of the pixel (Rec. 601 weights, encoded values): what matting and sharpness look at. */
export const lumaPlane = (rgb: Float32Array, n: number): Float32Array<ArrayBuffer> =>
  weighPlanes(rgb, n, [0.299, 0.587, 0.114]);

/** A weighted sum of three planes of n values. */
export function weighPlanes(
  planes: Float32Array,
  n: number,
  [a, b, c]: readonly [number, number, number],
): Float32Array<ArrayBuffer> {
  const out = rawPlane(n);
  withKernels({ read: [planes], write: [out] }, (kernels, [from, to]) => kernels.weighPlanes(from!, n, a, b, c, to!));
  return out;
}

const CUBE_LIMIT = (6 / 29) ** 3;
const labCurve = (t: number) => (t > CUBE_LIMIT ? Math.cbrt(t) : (t * 841) / 108 + 4 / 29);

const LINEAR_OF = Float32Array.from({ length: STEPS + 2 }, (_, i) => srgbToLinear(Math.min(1, i / STEPS)));
const LAB_TOP = 1.01;
const LAB_STEPS = 16384;
const LAB_OF = Float32Array.from({ length: LAB_STEPS + 2 }, (_, i) => labCurve((LAB_TOP * i) / LAB_STEPS));

/** `srgbToLinear` by table (error below 1e-7); values are clipped to [0, 1]. */
export function linearLight(v: number): number {
  const x = v <= 0 ? 0 : v >= 1 ? STEPS : v * STEPS;
  const i = x | 0;
  return LINEAR_OF[i]! + (LINEAR_OF[i + 1]! - LINEAR_OF[i]!) * (x - i);
}

/**
 * CIE L*a*b* (D65) of `n` pixels, pixel-interleaved, by tables (error below 0.01). `rgb` is channel-major sRGB, clipped
 * to [0, 1]. L in [0, 100].
 */
export function labPixels(rgb: Float32Array, n: number): Float32Array<ArrayBuffer> {
  const out = rawPlane(3 * n);
  withKernels({ read: [rgb, LINEAR_OF, LAB_OF], write: [out] }, (kernels, [from, linear, curve, to]) =>
    kernels.labPixels(from!, n, linear!, STEPS, curve!, LAB_STEPS, LAB_TOP, to!),
  );
  return out;
}
