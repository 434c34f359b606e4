/**
 * Modulated convolution (StyleGAN2; spec rgi-core 2.1) in its factored form `d ⊙ conv(s ⊙ x, scale · W)`: the style
 * scales the input channels, the demodulation scales the output channels, the convolution itself is shared.
 */
import type { Value } from '#engine/tensor/graph.ts';
import { add, mul, rsqrt, square } from '#engine/tensor/ops/elementwise.ts';
import { reshape, transpose } from '#engine/tensor/ops/layout.ts';
import { reduceSum } from '#engine/tensor/ops/reduction.ts';
import { addChannelBias, conv2d, convTranspose2d, matmul } from '#engine/tensor/ops/spatial.ts';
import { equalLinear } from './equalized.ts';
import type { StateDict } from './state-dict.ts';
import { blurUpsampled } from './upfirdn.ts';

export interface ModulatedConvOptions {
  readonly out: number;
  readonly kernel: 1 | 3;
  readonly demodulate: boolean;
  readonly upsample: boolean;
}

/** The weights of one modulated convolution, ready to be used with any style. */
export interface ModulatedWeights {
  /** `[out,in,k,k]`, scaled by `1/sqrt(in·k²)`. */
  readonly weight: Value;
  /** Scales of the input channels for styles `[S,512]`: `[S,in]`. */
  modulate(styles: Value): Value;
  /** Scales of the output channels for modulations `[S,in]`: `[S,out]`; undefined without demodulation. */
  demodulate(modulation: Value): Value | undefined;
}

/** Keys `weight [1,out,in,k,k]`, `modulation.{weight,bias}`. */
export function modulatedWeights(keys: StateDict, channels: number, options: ModulatedConvOptions): ModulatedWeights {
  const { out, kernel } = options;
  const stored = reshape(keys.get('weight', [1, out, channels, kernel, kernel]), [out, channels, kernel, kernel]);
  const weight = mul(stored, 1 / Math.sqrt(channels * kernel * kernel));
  return {
    weight,
    modulate: (styles) => equalLinear(keys.under('modulation'), styles, channels),
    demodulate: (modulation) => {
      if (!options.demodulate) return undefined;
      const energy = reduceSum(square(weight), { axes: [2, 3] });
      return rsqrt(add(matmul(square(modulation), transpose(energy, [1, 0])), 1e-8));
    },
  };
}

/** The convolution alone, plain or with 2× upsampling (transposed convolution, then blur). */
export function convolve(x: Value, weight: Value, upsample: boolean): Value {
  if (upsample) return blurUpsampled(convTranspose2d(x, transpose(weight, [1, 0, 2, 3]), { stride: 2 }));
  return conv2d(x, weight, { pad: (weight.shape[2]! - 1) / 2 });
}

/** One style for the whole image. @param x `[N,C,H,W]` @param style `[N,512]` @returns `[N,out,H,W]` or twice as large */
export function modulatedConv2d(keys: StateDict, x: Value, style: Value, options: ModulatedConvOptions): Value {
  const weights = modulatedWeights(keys, x.shape[1]!, options);
  const modulation = weights.modulate(style);
  const y = convolve(mul(x, reshape(modulation, [-1, x.shape[1]!, 1, 1])), weights.weight, options.upsample);
  const demodulation = weights.demodulate(modulation);
  return demodulation === undefined ? y : mul(y, reshape(demodulation, [-1, options.out, 1, 1]));
}

/**
 * The same for a style that never changes: modulation, demodulation, a gain and a bias go into the kernel, which the
 * runtime folds into one constant when the model is opened; the maps are touched by the convolution alone.
 * @param style `[1,512]`, made of parameters and constants only @param bias `[out]`
 */
export function foldedModulatedConv2d(
  keys: StateDict,
  x: Value,
  style: Value,
  options: ModulatedConvOptions,
  gain: number,
  bias: Value,
): Value {
  const channels = x.shape[1]!;
  const weights = modulatedWeights(keys, channels, options);
  const modulation = weights.modulate(style);
  const demodulation = weights.demodulate(modulation);
  const modulated = mul(weights.weight, reshape(modulation, [1, channels, 1, 1]));
  const kernel = demodulation === undefined ? modulated : mul(modulated, reshape(demodulation, [options.out, 1, 1, 1]));
  const y = convolve(x, mul(kernel, gain), options.upsample);
  return addChannelBias(y, mul(bias, gain));
}
