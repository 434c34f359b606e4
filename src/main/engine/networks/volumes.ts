/**
 * Volumes of one sample, kept as `[D,C,H,W]`: depth stands where images have their batch. So every operation on images
 * works plane by plane, and a convolution over depth is a sum of convolutions of planes, which every provider has.
 */
import type { Value } from '#engine/tensor/graph.ts';
import { relu, sum } from '#engine/tensor/ops/elementwise.ts';
import { pad, reshape, select, slice, transpose } from '#engine/tensor/ops/layout.ts';
import { addChannelBias, conv2d } from '#engine/tensor/ops/spatial.ts';
import { batchNormLayer } from './conv-layers.ts';
import type { StateDict } from './state-dict.ts';

/** The channels of an image read as channels times depth, depth running faster: `[1,C·D,H,W]` → `[D,C,H,W]`. */
export function volumeOfImage(image: Value, depth: number): Value {
  const [, channels, height, width] = image.shape as [number, number, number, number];
  return transpose(reshape(image, [channels / depth, depth, height, width]), [1, 0, 2, 3]);
}

/** The inverse of `volumeOfImage`: `[D,C,H,W]` → `[1,C·D,H,W]`. */
export function imageOfVolume(volume: Value): Value {
  const [depth, channels, height, width] = volume.shape as [number, number, number, number];
  return reshape(transpose(volume, [1, 0, 2, 3]), [1, channels * depth, height, width]);
}

/** Convolution at constant size. Keys `weight [out,C,k,k,k]`, `bias [out]`. @param x `[D,C,H,W]` */
export function volumeConv(keys: StateDict, x: Value, out: number, kernel: 1 | 3 | 7): Value {
  const [depth, channels] = x.shape as [number, number];
  const radius = (kernel - 1) / 2;
  const weight = keys.get('weight', [out, channels, kernel, kernel, kernel]);
  const padded = pad(x, [radius, 0, 0, 0], [radius, 0, 0, 0]);
  const taps = Array.from({ length: kernel }, (_, tap) => {
    const planes = slice(padded, [{ axis: 0, start: tap, end: tap + depth }]);
    return conv2d(planes, select(weight, 2, tap), { pad: radius });
  });
  return addChannelBias(sum(taps), keys.get('bias', [out]));
}

/** 3×3×3 convolution, batch normalisation, ReLU. Keys `conv.*`, `norm.*`. */
export const volumeUnit = (keys: StateDict, x: Value, out: number): Value =>
  relu(batchNormLayer(keys.under('norm'), volumeConv(keys.under('conv'), x, out, 3)));
