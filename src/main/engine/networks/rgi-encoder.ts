/** The RGI encoder: one style vector of 1280 numbers per region (spec rgi-core 1.1; paper section 3.2). */
import type { Value } from '#engine/tensor/graph.ts';
import { div, max } from '#engine/tensor/ops/elementwise.ts';
import { concat, reshape, transpose } from '#engine/tensor/ops/layout.ts';
import { reduceSum } from '#engine/tensor/ops/reduction.ts';
import { matmul, resizeBilinear, resizeNearest } from '#engine/tensor/ops/spatial.ts';
import { irSeTrunk, irSeUnits } from './ir-se.ts';
import type { StateDict } from './state-dict.ts';

/** Side of the encoder's input. */
export const ENCODER_SIZE = 256;
/** Length of a style vector: 256 + 512 + 512 channels of the three taps. */
export const STYLE_VECTOR_SIZE = 1280;

const UNITS = irSeUnits(64, [128, 256, 512, 512]);
const TAPS = [6, 20, 23];

/**
 * Mean of a feature map over each region; zeros for a region without a pixel at this size.
 * @param feature `[N,C,H,W]` @param oneHot `[N,R,h,w]`, resized by nearest neighbour @returns `[N,R,C]`
 */
export function regionPool(feature: Value, oneHot: Value): Value {
  const [batch, channels, height, width] = feature.shape as [number, number, number, number];
  const regions = oneHot.shape[1]!;
  const masks = reshape(resizeNearest(oneHot, [height, width]), [batch, regions, height * width]);
  const pixels = transpose(reshape(feature, [batch, channels, height * width]), [0, 2, 1]);
  // An empty region has the sum 0, which stays 0 when it is divided by 1.
  const count = max(reduceSum(masks, { axes: [2], keepDims: true }), 1);
  return div(matmul(masks, pixels), count);
}

/**
 * Keys below `encoder.`: `input_layer.*`, `body.{0..23}.*`.
 * @param image `[N,3,H,W]` in [-1, 1]; resized bilinearly without antialiasing @param oneHot `[N,12,h,w]`
 * @returns style vectors `[N,12,1280]`
 */
export function rgiEncoder(keys: StateDict, image: Value, oneHot: Value): Value {
  return image.graph.scope('encoder', () => {
    const small = resizeBilinear(image, ENCODER_SIZE);
    const features = irSeTrunk(keys, small, UNITS, 'instance', TAPS);
    return concat(
      features.map((feature) => regionPool(feature, oneHot)),
      2,
    );
  });
}
