/** The canonical keypoints of face-vid2vid (spec pipeline 2.4): fifteen points in space, free of pose and expression. */
import type { Graph, Value } from '#engine/tensor/graph.ts';
import { mul, relu } from '#engine/tensor/ops/elementwise.ts';
import { concat, reshape, transpose } from '#engine/tensor/ops/layout.ts';
import { reduceSum, softmax } from '#engine/tensor/ops/reduction.ts';
import { averagePool, conv2d, matmul, resizeNearest } from '#engine/tensor/ops/spatial.ts';
import { batchNormLayer, convLayer } from './conv-layers.ts';
import type { StateDict } from './state-dict.ts';
import { gridCoordinates } from './volume-sampling.ts';
import { volumeConv, volumeOfImage, volumeUnit } from './volumes.ts';

export const REENACTMENT_SIZE = 256;
export const KEYPOINTS = 15;
/** Planes of every volume. */
export const VOLUME_DEPTH = 16;

const DOWN_WIDTHS = [64, 128, 256, 512, 1024];
const UP_WIDTHS = [512, 256, 128, 64, 32];
const TEMPERATURE = 0.1;

/** 3×3 convolution, batch normalisation, ReLU, mean of 2×2. Keys `conv.*`, `norm.*`. */
export function downBlock(keys: StateDict, x: Value, out: number): Value {
  const y = relu(batchNormLayer(keys.under('norm'), convLayer(keys.under('conv'), x, out, { kernel: 3 })));
  return averagePool(y, { kernel: 2 });
}

/** Nearest doubling of height and width, then a unit. @param x `[D,C,H,W]` */
export function volumeUpBlock(keys: StateDict, x: Value, out: number): Value {
  const [height, width] = x.shape.slice(2) as [number, number];
  return volumeUnit(keys, resizeNearest(x, [2 * height, 2 * width]), out);
}

/** Gaussian of deviation 1.5 over 13×13, `[1,1,13,13]`; upstream stores it as `down.weight`. */
function antialiasKernel(graph: Graph): Value {
  const taps = Array.from({ length: 13 }, (_, index) => Math.exp(-((index - 6) ** 2) / (2 * 1.5 ** 2)));
  const total = taps.reduce((a, b) => a + b);
  const data = Float32Array.from(taps.flatMap((row) => taps.map((column) => (row * column) / total ** 2)));
  return graph.constant({ dims: [1, 1, 13, 13], data });
}

/** A quarter of the size, antialiased, zeros outside. @param image `[1,3,H,W]` */
function shrink(image: Value): Value {
  const [batch, channels, height, width] = image.shape as [number, number, number, number];
  const apart = reshape(image, [batch * channels, 1, height, width]);
  const blurred = conv2d(apart, antialiasKernel(image.graph), { stride: 4, pad: 6 });
  return reshape(blurred, [batch, channels, ...blurred.shape.slice(2)]);
}

/** Expected position under a softmax over the volume. @param logits `[D,K,H,W]` @returns `[1,K,3]`: x, y, z in -1..1 */
function expectedPosition(logits: Value): Value {
  const [depth, count, height, width] = logits.shape as [number, number, number, number];
  const byPoint = reshape(transpose(logits, [1, 0, 2, 3]), [count, -1]);
  const heat = reshape(softmax(mul(byPoint, 1 / TEMPERATURE), 1), [count, depth, height, width]);
  const along = (axis: number, others: readonly number[]): Value => {
    const size = heat.shape[axis]!;
    const data = Float32Array.from(gridCoordinates(size));
    return matmul(reduceSum(heat, { axes: others }), logits.graph.constant({ dims: [size, 1], data }));
  };
  return reshape(concat([along(3, [1, 2]), along(2, [1, 3]), along(1, [2, 3])], 1), [1, count, 3]);
}

/** Keys `predictor.*`, `kp.*`. @param image `[1,3,256,256]`, RGB in [0, 1] @returns `[1,15,3]`: x, y, z in -1..1 */
export function keypointDetector(keys: StateDict, image: Value): Value {
  return image.graph.scope('kp_detector', () => {
    const predictor = keys.under('predictor');
    const deep = DOWN_WIDTHS.reduce(
      (x, width, index) => downBlock(predictor.under(`down_blocks.down${index}`), x, width),
      shrink(image),
    );
    const [deepest] = DOWN_WIDTHS.slice(-1) as [number];
    const flat = convLayer(predictor.under('conv'), deep, deepest * VOLUME_DEPTH, { kernel: 1 });
    const volume = UP_WIDTHS.reduce(
      (x, width, index) => volumeUpBlock(predictor.under(`up_blocks.up${index}`), x, width),
      volumeOfImage(flat, VOLUME_DEPTH),
    );
    return expectedPosition(volumeConv(keys.under('kp'), volume, KEYPOINTS, 3));
  });
}
