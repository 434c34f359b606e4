/**
 * The inpainting network: a GCFSR generator at 256 whose features are scaled and shifted by those of the picture with
 * the hole, the more so the smaller the hole is (spec pipeline 8.2).
 */
import type { Value } from '#engine/tensor/graph.ts';
import { add, mul, rsqrt, square } from '#engine/tensor/ops/elementwise.ts';
import { flatten, reshape, select } from '#engine/tensor/ops/layout.ts';
import { addChannelBias } from '#engine/tensor/ops/spatial.ts';
import { equalConv2d, equalLinear, fusedLeakyRelu } from './equalized.ts';
import { modulatedConv2d } from './modulated-conv.ts';
import type { StateDict } from './state-dict.ts';
import { upfirdn2d, upsampleSkip } from './upfirdn.ts';

export const INPAINTER_SIZE = 256;
/** Sides of the noise maps, in the order of the layers that add them. */
export const INPAINTER_NOISE_SIZES = [16, 32, 32, 64, 64, 128, 128, 256, 256] as const;

const STYLES = 10;
const STYLE_SIZE = 512;
/** Channels of each size, from that of the picture to that of the style. */
const CHANNELS = [
  { size: 256, width: 128 },
  { size: 128, width: 256 },
  { size: 64, width: 512 },
  { size: 32, width: 512 },
  { size: 16, width: 512 },
] as const;

/** Equalised 3×3 convolution and activation. Keys `<index>.weight`, `<index + 1>.bias`. */
function conv(keys: StateDict, index: number, x: Value, out: number): Value {
  const y = equalConv2d(keys.under(`${index}`), x, out, { kernel: 3, pad: 1 });
  return fusedLeakyRelu(y, keys.get(`${index + 1}.bias`, [out]));
}

/** Blur, equalised 3×3 convolution with stride 2, activation: half the size. Keys `1.weight`, `2.bias`. */
function convDown(keys: StateDict, x: Value, out: number): Value {
  const y = equalConv2d(keys.under('1'), upfirdn2d(x, { pad: [2, 2] }), out, { kernel: 3, stride: 2 });
  return fusedLeakyRelu(y, keys.get('2.bias', [out]));
}

/** How the features of one size are mixed into those of the generator. */
interface Condition {
  /** Weights of generated features and of `shift`; `[N,C,1,1]`, their squares sum to 1. */
  readonly own: Value;
  readonly other: Value;
  readonly shift: Value;
}

/** Keys `condition_{scale1,scale2}.<level>.*`, `condition_shift.<level>.0.*`. @param ratio `[N,1]` */
function condition(keys: StateDict, level: number, feature: Value, ratio: Value): Condition {
  const width = feature.shape[1]!;
  const [first, second] = ['condition_scale1', 'condition_scale2'].map((name) =>
    reshape(equalLinear(keys.under(`${name}.${level}`), ratio, width), [-1, width, 1, 1]),
  ) as [Value, Value];
  const length = rsqrt(add(add(square(first), square(second)), 1e-8));
  const shifts = keys.under(`condition_shift.${level}.0`);
  const shift = addChannelBias(equalConv2d(shifts, feature, width, { kernel: 3, pad: 1 }), shifts.get('bias', [width]));
  return { own: mul(first, length), other: mul(second, length), shift };
}

interface StyleLayer {
  readonly out: number;
  readonly upsample: boolean;
  readonly noise: Value | undefined;
  readonly condition?: Condition;
}

/** Modulated convolution, noise, condition, activation. Keys `modulated_conv.*`, `weight [1]`, `activate.bias`. */
function styleConv(keys: StateDict, x: Value, style: Value, layer: StyleLayer): Value {
  const { out, upsample, noise, condition: mixed } = layer;
  const options = { out, kernel: 3, demodulate: true, upsample } as const;
  let y = modulatedConv2d(keys.under('modulated_conv'), x, style, options);
  if (noise !== undefined) y = add(y, mul(reshape(keys.get('weight', [1]), [1, 1, 1, 1]), noise));
  if (mixed !== undefined) y = add(mul(y, mixed.own), mul(mixed.shift, mixed.other));
  return fusedLeakyRelu(y, keys.get('activate.bias', [out]));
}

/** Keys `modulated_conv.*`, `bias [1,3,1,1]`. */
function toRgb(keys: StateDict, x: Value, style: Value): Value {
  const options = { out: 3, kernel: 1, demodulate: false, upsample: false } as const;
  return add(modulatedConv2d(keys.under('modulated_conv'), x, style, options), keys.get('bias', [1, 3, 1, 1]));
}

export interface Inpainted {
  /** Style codes `[N,10,512]`. */
  readonly latent: Value;
  /** `[N,3,256,256]`, RGB, about [0, 1]. */
  readonly y: Value;
}

/**
 * @param picture `[N,4,256,256]`: RGB in [0, 1], 0 in the hole, and the hole as 1
 * @param ratio `[N]`: the part of the area that the hole takes
 * @param noise of each layer, `[N,1,s,s]` with the sides of `INPAINTER_NOISE_SIZES`; upstream draws it from N(0, 1) on
 *   every call; a layer without noise is given none
 */
export function inpainter(
  keys: StateDict,
  picture: Value,
  ratio: Value,
  noise: readonly (Value | undefined)[] = [],
): Inpainted {
  return picture.graph.scope('inpainter', () => {
    let feature = conv(keys.under('conv_body_first'), 0, picture, CHANNELS[0].width);
    const features = CHANNELS.map(({ width }, level) => {
      if (level > 0) feature = convDown(keys.under(`conv_body_down.${level - 1}`), feature, width);
      return feature;
    });
    const conditions = features.map((x, level) => condition(keys, level, x, reshape(ratio, [-1, 1]))).reverse();
    const deepest = convDown(keys.under('final_down2'), convDown(keys.under('final_down1'), feature, 512), 256);
    const codes = equalLinear(keys.under('final_linear'), flatten(deepest), STYLES * STYLE_SIZE, {
      activation: 'fused',
    });
    const latent = reshape(codes, [-1, STYLES, STYLE_SIZE]);
    const style = (row: number): Value => select(latent, 1, row);

    const [coarsest, ...finer] = CHANNELS.toReversed();
    let x = conv(keys.under('final_conv'), 0, feature, coarsest!.width);
    x = styleConv(keys.under('style_conv1'), x, style(0), {
      out: coarsest!.width,
      upsample: false,
      noise: noise[0],
      condition: conditions[0]!,
    });
    let y = toRgb(keys.under('to_rgb1'), x, style(1));
    finer.forEach(({ width }, index) => {
      const layer = 2 * index;
      x = styleConv(keys.under(`style_convs.${layer}`), x, style(layer + 1), {
        out: width,
        upsample: true,
        noise: noise[layer + 1],
      });
      x = styleConv(keys.under(`style_convs.${layer + 1}`), x, style(layer + 2), {
        out: width,
        upsample: false,
        noise: noise[layer + 2],
        condition: conditions[index + 1]!,
      });
      y = add(toRgb(keys.under(`to_rgbs.${index}`), x, style(layer + 3)), upsampleSkip(y));
    });
    return { latent, y };
  });
}
