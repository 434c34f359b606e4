/**
 * SPADE: instance normalisation whose scale and shift come from a map, and the residual block made of it. The SPADE
 * generator of face-vid2vid pads with zeros (spec pipeline 2.7), the re-colouring network by reflection (5.3).
 */
import type { Value } from '#engine/tensor/graph.ts';
import { add, leakyRelu, mul, relu } from '#engine/tensor/ops/elementwise.ts';
import { padImage } from '#engine/tensor/ops/layout.ts';
import { instanceNorm } from '#engine/tensor/ops/reduction.ts';
import { conv2d, resizeNearest } from '#engine/tensor/ops/spatial.ts';
import { spectralWeight } from './spectral-norm.ts';
import type { StateDict } from './state-dict.ts';

/** What stands around a map before a 3×3 convolution. */
export type SpadePadding = 'zeros' | 'reflect';

/** Channels between the map and its scale and shift. */
const HIDDEN = 128;

/** A 3×3 convolution that keeps the size. */
function conv3(x: Value, weight: Value, bias: Value, padding: SpadePadding): Value {
  if (padding === 'zeros') return conv2d(x, weight, { pad: 1, bias });
  return conv2d(padImage(x, [1, 1, 1, 1], { mode: 'reflect' }), weight, { bias });
}

/**
 * `IN(x) · (1 + gamma(map)) + beta(map)`. Keys `mlp_shared.0.*` (`mlp_shared.1.*` after reflection, which is layer 0
 * there), `mlp_gamma.*`, `mlp_beta.*`.
 * @param x `[N,C,H,W]` @param map `[N,M,h,w]`, brought to the size of `x` by nearest neighbours
 */
export function spadeNorm(keys: StateDict, x: Value, map: Value, padding: SpadePadding): Value {
  const [, channels, height, width] = x.shape as [number, number, number, number];
  const conv = (name: string, input: Value, out: number): Value =>
    conv3(input, keys.get(`${name}.weight`, [out, input.shape[1]!, 3, 3]), keys.get(`${name}.bias`, [out]), padding);
  const shared = padding === 'zeros' ? 'mlp_shared.0' : 'mlp_shared.1';
  const fitted = resizeNearest(map, [height, width]);
  const hidden = relu(conv(shared, fitted, HIDDEN));
  const scale = add(conv('mlp_gamma', hidden, channels), 1);
  return add(mul(instanceNorm(x), scale), conv('mlp_beta', hidden, channels));
}

/**
 * Twice SPADE, leaky ReLU and spectrally normalised convolution, plus the input (through SPADE and a 1×1 convolution
 * when channels change). Keys `norm_{0,1,s}.*`, `conv_{0,1,s}.*`. @param map as in `spadeNorm` @returns `[N,out,H,W]`
 */
export function spadeBlock(keys: StateDict, x: Value, map: Value, out: number, padding: SpadePadding): Value {
  const channels = x.shape[1]!;
  const middle = Math.min(channels, out);
  const step = (index: 0 | 1, input: Value, width: number): Value => {
    const conv = keys.under(`conv_${index}`);
    const active = leakyRelu(spadeNorm(keys.under(`norm_${index}`), input, map, padding), 0.2);
    const weight = spectralWeight(conv, [width, input.shape[1]!, 3, 3]);
    return conv3(active, weight, conv.get('bias', [width]), padding);
  };
  const residual = step(1, step(0, x, middle), out);
  if (channels === out) return add(x, residual);
  const direct = spadeNorm(keys.under('norm_s'), x, map, padding);
  return add(conv2d(direct, spectralWeight(keys.under('conv_s'), [out, channels, 1, 1])), residual);
}
