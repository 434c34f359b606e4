/** Colour: sRGB transfer curve, logarithmic light, CIE Lab. Values in [0, 1] unless said. */
import { newPlane } from './planes.ts';

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
  const out = newPlane(values.length);
  for (let o = 0; o < out.length; o++) {
    const v = values[o]!;
    const x = v <= 0 ? 0 : v >= 1 ? STEPS : v * STEPS;
    const i = x | 0;
    const low = LOG_OF[i]!;
    out[o] = low + (LOG_OF[i + 1]! - low) * (x - i);
  }
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
  for (let k = 0, o = 0; k < 3; k++) {
    for (let i = 0; i < n; i++, o++) {
      if (!(mask[i]! > 0)) continue;
      let x = (light[o]! + share * change[o]! - LOG_MIN) * scale;
      x = x <= 0 ? 0 : x >= LOG_STEPS ? LOG_STEPS : x;
      const j = x | 0;
      const low = SRGB_OF[j]!;
      out[o] = low + (SRGB_OF[j + 1]! - low) * (x - j);
    }
  }
  return out;
}

/** Luma of the pixel (Rec. 601 weights, encoded values): what matting and sharpness look at. */
export function lumaPlane(rgb: Float32Array, n: number): Float32Array<ArrayBuffer> {
  const out = newPlane(n);
  for (let i = 0; i < n; i++) out[i] = 0.299 * rgb[i]! + 0.587 * rgb[n + i]! + 0.114 * rgb[2 * n + i]!;
  return out;
}

const CUBE_LIMIT = (6 / 29) ** 3;
const labCurve = (t: number) => (t > CUBE_LIMIT ? Math.cbrt(t) : (t * 841) / 108 + 4 / 29);

const LINEAR_OF = Float64Array.from({ length: STEPS + 2 }, (_, i) => srgbToLinear(Math.min(1, i / STEPS)));
const LAB_TOP = 1.01;
const LAB_STEPS = 16384;
const LAB_OF = Float64Array.from({ length: LAB_STEPS + 2 }, (_, i) => labCurve((LAB_TOP * i) / LAB_STEPS));

/** `srgbToLinear` by table (error below 1e-7); values are clipped to [0, 1]. */
export function linearLight(v: number): number {
  const x = v <= 0 ? 0 : v >= 1 ? STEPS : v * STEPS;
  const i = x | 0;
  return LINEAR_OF[i]! + (LINEAR_OF[i + 1]! - LINEAR_OF[i]!) * (x - i);
}

function labStep(t: number): number {
  const x = t * (LAB_STEPS / LAB_TOP);
  const i = x | 0;
  return LAB_OF[i]! + (LAB_OF[i + 1]! - LAB_OF[i]!) * (x - i);
}

/**
 * CIE L*a*b* (D65) of `n` pixels, pixel-interleaved, by tables (error below 0.01). `rgb` is channel-major sRGB, clipped
 * to [0, 1]. L in [0, 100].
 */
export function labPixels(rgb: Float32Array, n: number): Float32Array<ArrayBuffer> {
  const out = newPlane(3 * n);
  for (let i = 0; i < n; i++) {
    const r = linearLight(rgb[i]!);
    const g = linearLight(rgb[n + i]!);
    const b = linearLight(rgb[2 * n + i]!);
    const x = labStep((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
    const y = labStep(0.2126 * r + 0.7152 * g + 0.0722 * b);
    const z = labStep((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
    out[3 * i] = 116 * y - 16;
    out[3 * i + 1] = 500 * (x - y);
    out[3 * i + 2] = 200 * (y - z);
  }
  return out;
}
