/**
 * Convolution with batch normalisation behind it, as one convolution: the normalisation goes into its weight and bias,
 * which the runtime folds into constants when the model is opened.
 */
import type { Value } from '#engine/tensor/graph.ts';
import { add, mul, rsqrt, sub } from '#engine/tensor/ops/elementwise.ts';
import { reshape } from '#engine/tensor/ops/layout.ts';
import { type ConvolutionOptions, conv2d } from '#engine/tensor/ops/spatial.ts';
import type { StateDict } from './state-dict.ts';

export interface ConvBatchNormOptions extends Omit<ConvolutionOptions, 'bias'> {
  readonly out: number;
  readonly kernel: number;
  /** Whether the convolution has a bias of its own. Default false. */
  readonly bias?: boolean;
  readonly epsilon?: number;
}

/**
 * Keys `weight [out,in,k,k]` (and `bias [out]`) below `conv`; `weight bias running_mean running_var`, each `[out]`,
 * below `norm`. @param x `[N,C,H,W]`
 */
export function convBatchNorm(conv: StateDict, norm: StateDict, x: Value, options: ConvBatchNormOptions): Value {
  const { out, kernel, bias, epsilon = 1e-5, ...window } = options;
  const weight = conv.get('weight', [out, x.shape[1]!, kernel, kernel]);
  const scale = mul(norm.get('weight', [out]), rsqrt(add(norm.get('running_var', [out]), epsilon)));
  const mean = norm.get('running_mean', [out]);
  const centre = bias ? sub(conv.get('bias', [out]), mean) : mul(mean, -1);
  return conv2d(x, mul(weight, reshape(scale, [out, 1, 1, 1])), {
    ...window,
    bias: add(norm.get('bias', [out]), mul(centre, scale)),
  });
}
