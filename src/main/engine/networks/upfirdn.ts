/**
 * `upfirdn2d`: insert zeros, pad, filter, keep every d-th sample, with the one kernel that StyleGAN2 uses,
 * [1,3,3,1] ⊗ [1,3,3,1]. Spec: rgi-core section 0. The kernel is symmetric, so correlation and convolution agree.
 */
import type { Graph, Value } from '#engine/tensor/graph.ts';
import { dilate, padImage, reshape } from '#engine/tensor/ops/layout.ts';
import { conv2d } from '#engine/tensor/ops/spatial.ts';

/** The blur taps along one axis, normalised to sum 1. */
export const BLUR_TAPS = [1, 3, 3, 1].map((tap) => tap / 8);

export interface UpfirdnOptions {
  /** Factor of the zero insertion; 1 or 2. */
  readonly up?: 1 | 2;
  readonly down?: 1 | 2;
  /** Zeros before and after, alike for both axes. */
  readonly pad: readonly [before: number, after: number];
  /** Multiplies the normalised kernel: `up²` keeps brightness when zeros were inserted. */
  readonly gain?: number;
}

/** The 4×4 blur kernel times `gain`, as a filter of each of `channels` channels: `[channels,1,4,4]`. */
function blurKernel(graph: Graph, channels: number, gain: number): Value {
  const kernel = BLUR_TAPS.flatMap((row) => BLUR_TAPS.map((column) => row * column * gain));
  const data = new Float32Array(channels * kernel.length);
  for (let channel = 0; channel < channels; channel++) data.set(kernel, channel * kernel.length);
  return graph.constant({ dims: [channels, 1, 4, 4], data });
}

/** @param x `[N,C,H,W]` @returns `[N,C,floor((H·up+p0+p1-4)/down)+1,…]` */
export function upfirdn2d(x: Value, options: UpfirdnOptions): Value {
  const { up = 1, down = 1, pad, gain = 1 } = options;
  const channels = x.shape[1]!;
  let spread = x;
  if (up > 1) {
    spread = dilate(spread, 2, up, 0, up - 1);
    spread = dilate(spread, 3, up, 0, up - 1);
  }
  const padded = padImage(spread, [pad[0], pad[0], pad[1], pad[1]]);
  // A filter of each channel by itself: as one image per channel where the channels are few, as groups where they are many.
  if (channels >= 8) return conv2d(padded, blurKernel(x.graph, channels, gain), { groups: channels, stride: down });
  const [batch, , height, width] = padded.shape as [number, number, number, number];
  const apart = reshape(padded, [batch * channels, 1, height, width]);
  const filtered = conv2d(apart, blurKernel(x.graph, 1, gain), { stride: down });
  return reshape(filtered, [batch, channels, filtered.shape[2]!, filtered.shape[3]!]);
}

/** The 2× upsampling of an RGB skip image (toRGB). */
export const upsampleSkip = (image: Value): Value => upfirdn2d(image, { up: 2, pad: [2, 1], gain: 4 });

/** The blur after a transposed convolution with stride 2: `2H+1` → `2H`. */
export const blurUpsampled = (x: Value): Value => upfirdn2d(x, { pad: [1, 1], gain: 4 });
