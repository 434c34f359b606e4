/**
 * GPEN-BFR-512: a StyleGAN2 generator that takes its style from the deepest features of a degraded face and, in place of
 * noise, the features of every size (spec pipeline 6.2.1).
 */
import type { Value } from '#engine/tensor/graph.ts';
import { add, mul, rsqrt, square } from '#engine/tensor/ops/elementwise.ts';
import { concat, expand, flatten } from '#engine/tensor/ops/layout.ts';
import { reduceMean } from '#engine/tensor/ops/reduction.ts';
import { equalConv2d, equalLinear, fusedLeakyRelu } from './equalized.ts';
import { modulatedConv2d } from './modulated-conv.ts';
import type { StateDict } from './state-dict.ts';
import { upfirdn2d, upsampleSkip } from './upfirdn.ts';

export const GPEN_SIZE = 512;
const STYLE_LAYERS = 8;
/** Channels at each resolution, in the encoder as in the generator. */
const CHANNELS: Readonly<Record<number, number>> = {
  512: 64,
  256: 128,
  128: 256,
  64: 512,
  32: 512,
  16: 512,
  8: 512,
  4: 512,
};

/** Features of every size, 512 to 4. Keys `ecd0.0.{0,1}`, `ecd{1..7}.0.{1,2}`. */
function encode(keys: StateDict, image: Value): Map<number, Value> {
  const unit = (name: string, x: Value, at: number, size: number): Value => {
    const out = CHANNELS[size]!;
    const own = keys.under(`${name}.0`);
    const y = equalConv2d(own.under(`${at}`), x, out, at === 0 ? { kernel: 1 } : { kernel: 3, stride: 2 });
    return fusedLeakyRelu(y, own.get(`${at + 1}.bias`, [out]));
  };
  let x = unit('ecd0', image, 0, GPEN_SIZE);
  const features = new Map([[GPEN_SIZE, x]]);
  for (let size = GPEN_SIZE / 2, index = 1; size >= 4; size /= 2, index += 1) {
    x = unit(`ecd${index}`, upfirdn2d(x, { pad: [2, 2] }), 1, size);
    features.set(size, x);
  }
  return features;
}

/** Pixel norm and eight equalised layers. Keys `{1..8}.*`. @param z `[N,512]` */
function mapping(keys: StateDict, z: Value): Value {
  let w = mul(z, rsqrt(add(reduceMean(square(z), { axes: [1], keepDims: true }), 1e-8)));
  for (let index = 1; index <= STYLE_LAYERS; index += 1)
    w = equalLinear(keys.under(`${index}`), w, 512, { lrMul: 0.01, activation: 'fused' });
  return w;
}

/** A modulated convolution beside the encoder's features: twice the channels. Keys `conv.*`, `noise.weight`, `activate.bias`. */
function styledConv(keys: StateDict, x: Value, style: Value, feature: Value, upsample: boolean): Value {
  const out = feature.shape[1]!;
  const y = modulatedConv2d(keys.under('conv'), x, style, { out, kernel: 3, demodulate: true, upsample });
  const joined = concat([y, mul(feature, keys.get('noise.weight', [1]))], 1);
  return fusedLeakyRelu(joined, keys.get('activate.bias', [2 * out]));
}

function toRgb(keys: StateDict, x: Value, style: Value, skip: Value | undefined): Value {
  const options = { out: 3, kernel: 1, demodulate: false, upsample: false } as const;
  const image = add(modulatedConv2d(keys.under('conv'), x, style, options), keys.get('bias', [1, 3, 1, 1]));
  return skip === undefined ? image : add(image, upsampleSkip(skip));
}

/**
 * Keys `ecd*`, `final_linear.0.*`, `generator.*`. @param image `[N,3,512,512]`, RGB in [-1, 1]
 * @returns `[N,3,512,512]`, about [-1, 1], not clamped
 */
export function gpen(keys: StateDict, image: Value): Value {
  const { graph } = image;
  const batch = image.shape[0]!;
  const features = graph.scope('encoder', () => encode(keys, image));
  const deepest = flatten(features.get(4)!);
  const z = equalLinear(keys.under('final_linear.0'), deepest, 512, { activation: 'fused' });
  const own = keys.under('generator');
  const style = mapping(own.under('style'), z);
  let x = expand(own.get('input.input', [1, 512, 4, 4]), [batch, 512, 4, 4]);
  x = styledConv(own.under('conv1'), x, style, features.get(4)!, false);
  let rgb = toRgb(own.under('to_rgb1'), x, style, undefined);
  for (let size = 8, level = 0; size <= GPEN_SIZE; size *= 2, level += 1) {
    const feature = features.get(size)!;
    graph.scope(`generator.${size}`, () => {
      x = styledConv(own.under(`convs.${2 * level}`), x, style, feature, true);
      x = styledConv(own.under(`convs.${2 * level + 1}`), x, style, feature, false);
      rgb = toRgb(own.under(`to_rgbs.${level}`), x, style, rgb);
    });
  }
  return rgb;
}
