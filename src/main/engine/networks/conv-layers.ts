/** Convolutions and batch normalisation as most published networks name them: `<name>.weight`, `<name>.bias`. */
import type { Value } from '#engine/tensor/graph.ts';
import { batchNorm } from '#engine/tensor/ops/reduction.ts';
import { conv2d } from '#engine/tensor/ops/spatial.ts';
import type { StateDict } from './state-dict.ts';

export interface ConvLayerOptions {
  readonly kernel: number;
  /** Default 1. */
  readonly stride?: number;
  /** Zeros on every side; default is what keeps the size at stride 1. */
  readonly pad?: number;
  /** Default true. */
  readonly bias?: boolean;
}

/** Keys `weight [out,C,k,k]`, `bias [out]`. @param x `[N,C,H,W]` */
export function convLayer(keys: StateDict, x: Value, out: number, options: ConvLayerOptions): Value {
  const { kernel, stride = 1, pad = (kernel - 1) / 2, bias = true } = options;
  const weight = keys.get('weight', [out, x.shape[1]!, kernel, kernel]);
  return conv2d(x, weight, { stride, pad, bias: bias ? keys.get('bias', [out]) : undefined });
}

/**
 * Batch normalisation with running statistics, epsilon 1e-5, as one factor and one term per channel, which the runtime
 * moves into the convolution before it. Keys `weight bias running_mean running_var`, each `[C]`. @param x `[N,C,…]`
 */
export function batchNormLayer(keys: StateDict, x: Value): Value {
  const get = (key: string): Value => keys.get(key, [x.shape[1]!]);
  return batchNorm(x, {
    weight: get('weight'),
    bias: get('bias'),
    runningMean: get('running_mean'),
    runningVar: get('running_var'),
  });
}
