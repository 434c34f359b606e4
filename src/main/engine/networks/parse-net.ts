/** ParseNet, which finds the face in GPEN's results (spec pipeline 6.2.3). */
import type { Value } from '#engine/tensor/graph.ts';
import { add, leakyRelu } from '#engine/tensor/ops/elementwise.ts';
import { padImage } from '#engine/tensor/ops/layout.ts';
import { resizeNearest } from '#engine/tensor/ops/spatial.ts';
import { batchNormLayer, convLayer } from './conv-layers.ts';
import type { StateDict } from './state-dict.ts';

/** Channels after the stem and after each of the four steps down; the way up is the same, backwards. */
const WIDTHS = [64, 128, 256, 256, 256];
const BODY_BLOCKS = 10;

type Scale = 'none' | 'down' | 'up';

interface LayerOptions {
  readonly scale?: Scale;
  /** With normalisation the convolution has no bias. */
  readonly norm?: boolean;
  readonly active?: boolean;
}

/** Nearest doubling if `up`, reflection padding, 3×3 convolution. Keys `conv2d.*`, `norm.norm.*`. */
function convNormLayer(keys: StateDict, x: Value, out: number, options: LayerOptions): Value {
  const { scale = 'none', norm = false, active = false } = options;
  const [height, width] = x.shape.slice(2) as [number, number];
  const sized = scale === 'up' ? resizeNearest(x, [2 * height, 2 * width]) : x;
  const padded = padImage(sized, [1, 1, 1, 1], { mode: 'reflect' });
  const stride = scale === 'down' ? 2 : 1;
  const conv = convLayer(keys.under('conv2d'), padded, out, { kernel: 3, stride, pad: 0, bias: !norm });
  const y = norm ? batchNormLayer(keys.under('norm.norm'), conv) : conv;
  return active ? leakyRelu(y, 0.2) : y;
}

/** No activation after the sum. Keys `shortcut_func.*` where the size changes, `conv1.*`, `conv2.*`. */
function residualBlock(keys: StateDict, x: Value, out: number, scale: Scale): Value {
  return x.graph.scope(keys.prefix, () => {
    const shortcut = scale === 'none' ? x : convNormLayer(keys.under('shortcut_func'), x, out, { scale });
    const first = { scale: scale === 'up' ? scale : 'none', norm: true, active: true } as const;
    const second = { scale: scale === 'down' ? scale : 'none', norm: true } as const;
    const y = convNormLayer(keys.under('conv1'), x, out, first);
    return add(shortcut, convNormLayer(keys.under('conv2'), y, out, second));
  });
}

/**
 * Keys `encoder.*`, `body.*`, `decoder.*`, `out_mask_conv.*`, `out_img_conv.*`.
 * @param image `[N,3,H,W]`, RGB in [-1, 1]; sides are multiples of 16 and at least 32
 * @returns `mask` `[N,19,H,W]`: logits in the label order of CelebAMask-HQ; `img` `[N,3,H,W]`, a by-product of training
 */
export function parseNet(keys: StateDict, image: Value): { readonly mask: Value; readonly img: Value } {
  const [stem, ...down] = WIDTHS as [number, ...number[]];
  let x = convNormLayer(keys.under('encoder.0'), image, stem, {});
  down.forEach((width, index) => {
    x = residualBlock(keys.under(`encoder.${index + 1}`), x, width, 'down');
  });
  const encoded = x;
  for (let index = 0; index < BODY_BLOCKS; index += 1)
    x = residualBlock(keys.under(`body.${index}`), x, x.shape[1]!, 'none');
  x = add(encoded, x);
  WIDTHS.toReversed()
    .slice(1)
    .forEach((width, index) => {
      x = residualBlock(keys.under(`decoder.${index}`), x, width, 'up');
    });
  return {
    mask: convNormLayer(keys.under('out_mask_conv'), x, 19, {}),
    img: convNormLayer(keys.under('out_img_conv'), x, 3, {}),
  };
}
