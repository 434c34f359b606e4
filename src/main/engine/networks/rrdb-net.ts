/** RRDBNet, the fourfold upscaler of RealESRGAN and of GPEN's RealESRNet (spec pipeline 6.2.3). */
import type { Value } from '#engine/tensor/graph.ts';
import { add, leakyRelu, mul } from '#engine/tensor/ops/elementwise.ts';
import { concat } from '#engine/tensor/ops/layout.ts';
import { resizeNearest } from '#engine/tensor/ops/spatial.ts';
import { convLayer } from './conv-layers.ts';
import type { StateDict } from './state-dict.ts';

const BLOCKS = 23;
/** Channels that each inner convolution of a dense block adds. */
const GROWTH = 32;
const RESIDUAL_SCALE = 0.2;

const conv3 = (keys: StateDict, name: string, x: Value, out: number): Value =>
  convLayer(keys.under(name), x, out, { kernel: 3 });
const activate = (x: Value): Value => leakyRelu(x, 0.2);
const residual = (y: Value, x: Value): Value => add(mul(y, RESIDUAL_SCALE), x);

/** Five convolutions, each of which sees the input and everything before it. Keys `conv{1..5}.*`. */
function denseBlock(keys: StateDict, x: Value): Value {
  let seen = x;
  for (let index = 1; index <= 4; index += 1)
    seen = concat([seen, activate(conv3(keys, `conv${index}`, seen, GROWTH))], 1);
  return residual(conv3(keys, 'conv5', seen, x.shape[1]!), x);
}

/**
 * Keys `conv_first`, `body.{0..22}.rdb{1,2,3}.*`, `conv_body`, `conv_up{1,2}`, `conv_hr`, `conv_last`.
 * @param image `[N,3,H,W]`, RGB in [0, 1] @param features channels of the trunk: 64 for x4plus, 32 for GPEN
 * @returns `[N,3,4H,4W]`, about [0, 1], not clamped
 */
export function rrdbNet(keys: StateDict, image: Value, features: 32 | 64): Value {
  const { graph } = image;
  const first = conv3(keys, 'conv_first', image, features);
  let body = first;
  for (let index = 0; index < BLOCKS; index += 1) {
    const block = keys.under(`body.${index}`);
    const dense = ['rdb1', 'rdb2', 'rdb3'].reduce((y, name) => denseBlock(block.under(name), y), body);
    body = graph.scope(`body.${index}`, () => residual(dense, body));
  }
  let x = add(first, conv3(keys, 'conv_body', body, features));
  for (const name of ['conv_up1', 'conv_up2']) {
    const [height, width] = x.shape.slice(2) as [number, number];
    x = activate(conv3(keys, name, resizeNearest(x, [2 * height, 2 * width]), features));
  }
  return conv3(keys, 'conv_last', activate(conv3(keys, 'conv_hr', x, features)), 3);
}
