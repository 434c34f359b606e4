/** The guided filter (He, Sun and Tang 2010): smooths a map while it follows the edges of a guide. */
import { blurInPlace, gaussianBlur } from './blur.ts';
import { withKernels } from './kernels/kernels.ts';
import { multiplyAdd } from './pointwise.ts';
import { resizePlane } from './resize.ts';

/** A filter along the edges of one guide: what depends on the guide alone is computed once for all maps. */
interface GuideStatistics {
  readonly mean: Float32Array;
  /** 1 / (variance + eps). */
  readonly weight: Float32Array;
}

function guideStatistics(guide: Float32Array, width: number, height: number, sigma: number, eps: number) {
  const weight = multiplyAdd(guide, guide);
  blurInPlace(weight, width, height, sigma);
  const mean = gaussianBlur(guide, width, height, sigma);
  withKernels({ read: [mean], change: [weight] }, (kernels, [m, w]) =>
    kernels.inverseVariance(w!, m!, eps, width * height),
  );
  return { mean, weight };
}

interface Coefficients {
  readonly a: Float32Array<ArrayBuffer>;
  readonly b: Float32Array<ArrayBuffer>;
}

/** The locally linear model map = a guide + b, its windows Gaussian with sigma = radius / 1.7, already averaged. */
function fitModel(
  guide: Float32Array,
  { mean, weight }: GuideStatistics,
  map: Float32Array,
  width: number,
  height: number,
  sigma: number,
): Coefficients {
  const a = multiplyAdd(guide, map);
  blurInPlace(a, width, height, sigma);
  const b = gaussianBlur(map, width, height, sigma);
  withKernels({ read: [mean, weight], change: [a, b] }, (kernels, [m, w, slope, offset]) =>
    kernels.linearModel(slope!, offset!, m!, w!, width * height),
  );
  blurInPlace(a, width, height, sigma);
  blurInPlace(b, width, height, sigma);
  return { a, b };
}

/** Windows are Gaussians of this share of the radius. */
const sigmaOf = (radius: number): number => radius / 1.7;

/** `guidedFilter` for several maps along the edges of one guide. */
export function edgeFilter(
  guide: Float32Array,
  width: number,
  height: number,
  radius: number,
  eps: number,
): (map: Float32Array) => Float32Array<ArrayBuffer> {
  const sigma = sigmaOf(radius);
  const statistics = guideStatistics(guide, width, height, sigma, eps);
  return (map) => {
    const { a, b } = fitModel(guide, statistics, map, width, height, sigma);
    return multiplyAdd(a, guide, b);
  };
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
  return edgeFilter(guide, width, height, radius, eps)(map);
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
  const sigma = sigmaOf(radius);
  const statistics = guideStatistics(small.guide, small.width, small.height, sigma, eps);
  const { a, b } = fitModel(small.guide, statistics, small.map, small.width, small.height, sigma);
  const slopes = resizePlane(a, small.width, small.height, width, height);
  const offsets = resizePlane(b, small.width, small.height, width, height);
  return multiplyAdd(slopes, guide, offsets);
}
