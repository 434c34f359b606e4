/** The StyleGAN2 residual discriminator (spec rgi-core 3), used by the adversarial loss only. */
import type { Value } from '#engine/tensor/graph.ts';
import { add, mul, sqrt, square, sub } from '#engine/tensor/ops/elementwise.ts';
import { concat, expand, flatten, reshape } from '#engine/tensor/ops/layout.ts';
import { reduceMean } from '#engine/tensor/ops/reduction.ts';
import { equalConv2d, equalLinear, fusedLeakyRelu } from './equalized.ts';
import type { StateDict } from './state-dict.ts';
import { upfirdn2d } from './upfirdn.ts';

/** Channels at each resolution, from the image down. */
const CHANNELS: Readonly<Record<number, number>> = {
  1024: 32,
  512: 64,
  256: 128,
  128: 256,
  64: 512,
  32: 512,
  16: 512,
  8: 512,
  4: 512,
};

/** Keys `conv1.*`, `conv2.*`, `skip.*`. @param x `[N,C,H,W]` @returns `[N,out,H/2,W/2]` */
export function discriminatorBlock(keys: StateDict, x: Value, out: number): Value {
  const channels = x.shape[1]!;
  const first = fusedLeakyRelu(
    equalConv2d(keys.under('conv1.0'), x, channels, { kernel: 3, pad: 1 }),
    keys.get('conv1.1.bias', [channels]),
  );
  const blurred = upfirdn2d(first, { pad: [2, 2] });
  const second = fusedLeakyRelu(
    equalConv2d(keys.under('conv2.1'), blurred, out, { kernel: 3, stride: 2 }),
    keys.get('conv2.2.bias', [out]),
  );
  const skip = equalConv2d(keys.under('skip.1'), upfirdn2d(x, { pad: [1, 1] }), out, { kernel: 1, stride: 2 });
  return mul(add(second, skip), Math.SQRT1_2);
}

/**
 * One channel with the spread of the features over a group of samples. Sample `n = q·M + m` is member q of group m.
 * @param x `[N,C,H,W]`, N divisible by min(N, 4) @returns `[N,1,H,W]`
 */
export function minibatchStddev(x: Value): Value {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const group = Math.min(batch, 4);
  const groups = batch / group;
  const members = reshape(x, [group, groups, channels, height, width]);
  const centred = sub(members, reduceMean(members, { axes: [0], keepDims: true }));
  const deviation = sqrt(add(reduceMean(square(centred), { axes: [0] }), 1e-8));
  const spread = reshape(reduceMean(deviation, { axes: [1, 2, 3] }), [1, groups, 1, 1, 1]);
  return reshape(expand(spread, [group, groups, 1, height, width]), [batch, 1, height, width]);
}

/** @param image `[N,3,size,size]`, size 8 to 1024 @returns raw logits `[N,1]` */
export function discriminator(keys: StateDict, image: Value): Value {
  const { graph } = image;
  return graph.scope('D', () => {
    let size = image.shape[2]!;
    let x = fusedLeakyRelu(
      equalConv2d(keys.under('convs.0.0'), image, CHANNELS[size]!, { kernel: 1 }),
      keys.get('convs.0.1.bias', [CHANNELS[size]!]),
    );
    for (let index = 1; size > 4; index += 1) {
      size /= 2;
      const out = CHANNELS[size]!;
      x = graph.scope(`convs.${index}`, () => discriminatorBlock(keys.under(`convs.${index}`), x, out));
    }
    const spread = concat([x, minibatchStddev(x)], 1);
    const last = fusedLeakyRelu(
      equalConv2d(keys.under('final_conv.0'), spread, 512, { kernel: 3, pad: 1 }),
      keys.get('final_conv.1.bias', [512]),
    );
    const hidden = equalLinear(keys.under('final_linear.0'), flatten(last), 512, { activation: 'fused' });
    return equalLinear(keys.under('final_linear.1'), hidden, 1);
  });
}
