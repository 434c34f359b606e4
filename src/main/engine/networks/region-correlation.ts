/**
 * Colours of a picture by regions: each pixel of a region takes the mean of the other picture's colours in the same
 * region, weighted by how alike the features are (spec pipeline 5.4; paper, section 3.3).
 */
import type { Value } from '#engine/tensor/graph.ts';
import { div, greater, max, mul, sqrt, square, sub, where } from '#engine/tensor/ops/elementwise.ts';
import { concat, slice, transpose } from '#engine/tensor/ops/layout.ts';
import { reduceMax, reduceMean, reduceSum, softmax } from '#engine/tensor/ops/reduction.ts';
import { matmul } from '#engine/tensor/ops/spatial.ts';

/** A picture as rows of pixels. */
export interface RegionFeatures {
  /** `[N,C,P]` */
  readonly features: Value;
  /** `[N,R,P]`: 1 where the pixel belongs to the region; a pixel belongs to at most one. */
  readonly regions: Value;
}

/** Pixels whose similarities to all others are computed at once; bounds the memory. */
const BLOCK = 1024;
/** A logit that no weight is left of. */
const NEVER = -1e9;

/** Each pixel's features less their mean, at length 1; zeros stay zeros. @param features `[N,C,P]` */
function directions(features: Value): Value {
  const centred = sub(features, reduceMean(features, { axes: [1], keepDims: true }));
  const length = sqrt(reduceSum(square(centred), { axes: [1], keepDims: true }));
  return div(centred, max(length, 1e-8));
}

/**
 * The mean colours `[N,3,P]` of the pixels of `picture`, 0 where a pixel has no region or `target` lacks its region.
 *
 * Regions exclude one another, so one product over all pixels, masked where regions differ, is what a product for each
 * region would be. As upstream, and as the checkpoint was trained, features of `target` count only where `picture` has
 * the same region at the same place; elsewhere they are zeros, which are alike to nothing.
 * @param colors of `target`, `[N,3,P]` @param temperature factor of the cosines before the softmax, a scalar
 */
export function correlatedColors(
  picture: RegionFeatures,
  target: RegionFeatures,
  colors: Value,
  temperature: Value,
): Value {
  const pixels = picture.features.shape[2]!;
  const shared = reduceSum(mul(picture.regions, target.regions), { axes: [1], keepDims: true });
  const queries = transpose(mul(directions(picture.features), temperature), [0, 2, 1]);
  const keys = directions(mul(target.features, shared));
  const regions = transpose(picture.regions, [0, 2, 1]);
  const values = transpose(colors, [0, 2, 1]);
  const blocks = Array.from({ length: Math.ceil(pixels / BLOCK) }, (_, index) => {
    const range = { axis: 1, start: index * BLOCK, end: Math.min(pixels, (index + 1) * BLOCK) };
    const same = greater(matmul(slice(regions, [range]), target.regions), 0.5);
    return matmul(softmax(where(same, matmul(slice(queries, [range]), keys), NEVER), 2), values);
  });
  const found = reduceMax(target.regions, { axes: [2], keepDims: true });
  const valid = reduceSum(mul(picture.regions, found), { axes: [1], keepDims: true });
  return mul(transpose(concat(blocks, 1), [0, 2, 1]), valid);
}
