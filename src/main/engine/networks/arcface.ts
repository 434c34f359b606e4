/** ArcFace IR-SE-50: the features of the identity loss (spec rgi-core 4.3). */
import type { Value } from '#engine/tensor/graph.ts';
import { flatten, reshape, slice } from '#engine/tensor/ops/layout.ts';
import { adaptiveAveragePool, linear } from '#engine/tensor/ops/spatial.ts';
import { batchNormLayer } from './conv-layers.ts';
import { irSeTrunk, irSeUnits } from './ir-se.ts';
import type { StateDict } from './state-dict.ts';

/** ArcFace's first unit keeps the width: 64, 64, 128, 256, 512. */
const UNITS = irSeUnits(64, [64, 128, 256, 512]);
const TAPS = [2, 6, 20, 23];

/** Pools to 256², crops rows 35..222 and columns 32..219, pools to 112². @param image `[N,3,H,W]` in [-1, 1] */
export function arcfaceInput(image: Value): Value {
  const pooled = image.shape[2] === 256 ? image : adaptiveAveragePool(image, 256);
  const cropped = slice(pooled, [
    { axis: 2, start: 35, end: 223 },
    { axis: 3, start: 32, end: 220 },
  ]);
  return adaptiveAveragePool(cropped, 112);
}

/**
 * Five features, each flattened to `[N,·]`: outputs of units 2, 6, 20, 23 and the embedding; not yet normalised.
 * @param face `[N,3,112,112]`
 */
export function arcfaceFeatures(keys: StateDict, face: Value): Value[] {
  return face.graph.scope('arcface', () => {
    const taps = irSeTrunk(keys, face, UNITS, 'batch', TAPS);
    const output = keys.under('output_layer');
    const normalised = flatten(batchNormLayer(output.under('0'), taps.at(-1)!));
    const size = normalised.shape[1]!;
    const projected = linear(normalised, output.get('3.weight', [512, size]), output.get('3.bias', [512]));
    const embedding = batchNormLayer(output.under('4'), reshape(projected, [-1, 512]));
    return [...taps.map((tap) => flatten(tap)), embedding];
  });
}
