/** The guided filter (He, Sun and Tang 2010): smooths a map while it follows the edges of a guide. */
import { gaussianBlur } from './blur.ts';
import { resizePlane } from './resize.ts';

interface Coefficients {
  readonly a: Float32Array;
  readonly b: Float32Array;
}

/** The locally linear model map = a guide + b, its windows Gaussian with sigma = radius / 1.7, already averaged. */
function fitModel(
  guide: Float32Array,
  map: Float32Array,
  width: number,
  height: number,
  radius: number,
  eps: number,
): Coefficients {
  const n = width * height;
  const blur = (x: Float32Array) => gaussianBlur(x, width, height, radius / 1.7);
  const product = new Float32Array(n);
  for (let i = 0; i < n; i++) product[i] = guide[i]! * guide[i]!;
  const guideSquare = blur(product);
  for (let i = 0; i < n; i++) product[i] = guide[i]! * map[i]!;
  const cross = blur(product);
  const guideMean = blur(guide);
  const mapMean = blur(map);
  const a = new Float32Array(n);
  const b = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    const m = guideMean[i]!;
    const variance = Math.max(0, guideSquare[i]! - m * m);
    a[i] = (cross[i]! - m * mapMean[i]!) / (variance + eps);
    b[i] = mapMean[i]! - a[i]! * m;
  }
  return { a: blur(a), b: blur(b) };
}

/**
 * Filters `map` along the edges of `guide`.
 * @param radius pixels
 * @param eps variance of the guide below which an edge is smoothed away (guide in [0, 1])
 */
export function guidedFilter(
  guide: Float32Array,
  map: Float32Array,
  width: number,
  height: number,
  radius: number,
  eps: number,
): Float32Array<ArrayBuffer> {
  const { a, b } = fitModel(guide, map, width, height, radius, eps);
  const out = new Float32Array(width * height);
  for (let i = 0; i < out.length; i++) out[i] = a[i]! * guide[i]! + b[i]!;
  return out;
}

/**
 * Guided enlargement: the model is fitted on small planes and applied to a large guide, so a map gains the large
 * guide's edges at the cost of the small size.
 */
export function guidedUpsample(
  small: { readonly guide: Float32Array; readonly map: Float32Array; readonly width: number; readonly height: number },
  guide: Float32Array,
  width: number,
  height: number,
  radius: number,
  eps: number,
): Float32Array<ArrayBuffer> {
  const { a, b } = fitModel(small.guide, small.map, small.width, small.height, radius, eps);
  const out = resizePlane(a, small.width, small.height, width, height);
  const offset = resizePlane(b, small.width, small.height, width, height);
  for (let i = 0; i < out.length; i++) out[i] = out[i]! * guide[i]! + offset[i]!;
  return out;
}
