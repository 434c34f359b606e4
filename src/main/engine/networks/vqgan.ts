/** Blocks of the VQ autoencoder that CodeFormer is built around (spec pipeline 6.3). */
import type { Value } from '#engine/tensor/graph.ts';
import { add, mul, rsqrt, silu, square, sub } from '#engine/tensor/ops/elementwise.ts';
import { padImage, reshape, transpose } from '#engine/tensor/ops/layout.ts';
import { reduceMean, softmax } from '#engine/tensor/ops/reduction.ts';
import { matmul, resizeNearest } from '#engine/tensor/ops/spatial.ts';
import { convLayer } from './conv-layers.ts';
import type { StateDict } from './state-dict.ts';

const GROUPS = 32;

/** Normalisation over 32 groups of channels, epsilon 1e-6, biased variance. Keys `weight`, `bias`, each `[C]`. */
export function groupNorm(keys: StateDict, x: Value): Value {
  const channels = x.shape[1]!;
  const groups = reshape(x, [x.shape[0]!, GROUPS, -1]);
  const centred = sub(groups, reduceMean(groups, { axes: [2], keepDims: true }));
  const variance = reduceMean(square(centred), { axes: [2], keepDims: true });
  const normalised = reshape(mul(centred, rsqrt(add(variance, 1e-6))), x.shape);
  const perChannel = (key: string): Value => reshape(keys.get(key, [channels]), [1, channels, 1, 1]);
  return add(mul(normalised, perChannel('weight')), perChannel('bias'));
}

/** Twice normalisation, swish and convolution, plus the input. Keys `norm{1,2}.*`, `conv{1,2}.*`, `conv_out.*`. */
export function resBlock(keys: StateDict, x: Value, out: number): Value {
  const step = (index: 1 | 2, y: Value): Value =>
    convLayer(keys.under(`conv${index}`), silu(groupNorm(keys.under(`norm${index}`), y)), out, { kernel: 3 });
  const residual = step(2, step(1, x));
  const same = x.shape[1] === out;
  return add(same ? x : convLayer(keys.under('conv_out'), x, out, { kernel: 1 }), residual);
}

/** Attention of every position to all, plus the input. Keys `norm.*`, `{q,k,v}.*`, `proj_out.*`. */
export function attentionBlock(keys: StateDict, x: Value): Value {
  const [batch, channels] = x.shape as [number, number, number, number];
  const normalised = groupNorm(keys.under('norm'), x);
  const [q, k, v] = ['q', 'k', 'v'].map((name) =>
    reshape(convLayer(keys.under(name), normalised, channels, { kernel: 1 }), [batch, channels, -1]),
  ) as [Value, Value, Value];
  const weights = softmax(matmul(transpose(mul(q, channels ** -0.5), [0, 2, 1]), k), 2);
  const attended = reshape(matmul(v, transpose(weights, [0, 2, 1])), x.shape);
  return add(x, convLayer(keys.under('proj_out'), attended, channels, { kernel: 1 }));
}

/** Half the size: zeros to the right and below, then a convolution with stride 2. Keys `conv.*`. */
export function downsample(keys: StateDict, x: Value): Value {
  return convLayer(keys.under('conv'), padImage(x, [0, 0, 1, 1]), x.shape[1]!, { kernel: 3, stride: 2, pad: 0 });
}

/** Twice the size: nearest neighbours, then a convolution. Keys `conv.*`. */
export function upsample(keys: StateDict, x: Value): Value {
  const [, channels, height, width] = x.shape as [number, number, number, number];
  return convLayer(keys.under('conv'), resizeNearest(x, [2 * height, 2 * width]), channels, { kernel: 3 });
}

/** One block of an encoder or generator; `conv` and `res` give their number of output channels. */
export type VqganBlock =
  | { readonly kind: 'conv' | 'res'; readonly out: number }
  | { readonly kind: 'attention' | 'norm' | 'down' | 'up' };

/** @param keys of the block, for example `encoder.blocks.4.` */
export function vqganBlock(keys: StateDict, x: Value, block: VqganBlock): Value {
  switch (block.kind) {
    case 'conv':
      return convLayer(keys, x, block.out, { kernel: 3 });
    case 'res':
      return resBlock(keys, x, block.out);
    case 'attention':
      return attentionBlock(keys, x);
    case 'norm':
      return groupNorm(keys, x);
    case 'down':
      return downsample(keys, x);
    case 'up':
      return upsample(keys, x);
  }
}
