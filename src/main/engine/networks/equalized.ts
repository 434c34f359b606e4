/**
 * Layers with an equalised learning rate (StyleGAN2): the stored weight is raw, its scale `1/sqrt(fan-in)` is applied
 * when the layer runs, so that an Adam step moves every layer alike. Spec: rgi-core section 0.
 */
import type { Value } from '#engine/tensor/graph.ts';
import { add, leakyRelu, mul } from '#engine/tensor/ops/elementwise.ts';
import { addChannelBias, conv2d, linear } from '#engine/tensor/ops/spatial.ts';
import type { StateDict } from './state-dict.ts';

/** Fused leaky ReLU: `sqrt(2) · leaky(x + bias, 0.2)`. @param x `[N,C,H,W]` or `[N,C]` @param bias `[C]` */
export function fusedLeakyRelu(x: Value, bias: Value): Value {
  const biased = x.shape.length === 4 ? addChannelBias(x, bias) : add(x, bias);
  return mul(leakyRelu(biased, 0.2), Math.SQRT2);
}

export interface EqualLinearOptions {
  /** Learning-rate multiplier; also scales the bias. Default 1. */
  readonly lrMul?: number;
  readonly activation?: 'none' | 'fused';
}

/** `x @ (weight · lrMul/sqrt(in))^T + bias · lrMul`. Keys `weight [out,in]`, `bias [out]`. @param x `[…,in]` */
export function equalLinear(keys: StateDict, x: Value, out: number, options: EqualLinearOptions = {}): Value {
  const { lrMul = 1, activation = 'none' } = options;
  const size = x.shape.at(-1)!;
  const weight = keys.get('weight', [out, size]);
  const bias = lrMul === 1 ? keys.get('bias', [out]) : mul(keys.get('bias', [out]), lrMul);
  // The scale goes to `x`, which is small: a trained weight and its gradient would each be gone through once more.
  const scaled = mul(x, lrMul / Math.sqrt(size));
  return activation === 'fused' ? fusedLeakyRelu(linear(scaled, weight), bias) : linear(scaled, weight, bias);
}

export interface EqualConvOptions {
  readonly kernel: number;
  readonly stride?: number;
  readonly pad?: number;
}

/** Convolution without bias and with run-time scale `1/sqrt(in·k²)`. Key `weight [out,in,k,k]`. */
export function equalConv2d(keys: StateDict, x: Value, out: number, options: EqualConvOptions): Value {
  const { kernel, stride = 1, pad = 0 } = options;
  const channels = x.shape[1]!;
  const weight = mul(keys.get('weight', [out, channels, kernel, kernel]), 1 / Math.sqrt(channels * kernel * kernel));
  return conv2d(x, weight, { stride, pad });
}
