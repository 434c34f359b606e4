/** LPIPS v0.1 on AlexNet features (spec rgi-core 4.2). */
import type { Value } from '#engine/tensor/graph.ts';
import { add, div, relu, sqrt, square, sub } from '#engine/tensor/ops/elementwise.ts';
import { reshape } from '#engine/tensor/ops/layout.ts';
import { reduceMean, reduceSum } from '#engine/tensor/ops/reduction.ts';
import { conv2d, maxPool } from '#engine/tensor/ops/spatial.ts';
import type { StateDict } from './state-dict.ts';

const MEAN = [-0.03, -0.088, -0.188];
const DEVIATION = [0.458, 0.448, 0.45];

/** The five convolutions: key index in `net.layers`, width, kernel, stride, padding, and whether pooling comes first. */
const LAYERS = [
  { key: 0, width: 64, kernel: 11, stride: 4, pad: 2, pooled: false },
  { key: 3, width: 192, kernel: 5, stride: 1, pad: 2, pooled: true },
  { key: 6, width: 384, kernel: 3, stride: 1, pad: 1, pooled: true },
  { key: 8, width: 256, kernel: 3, stride: 1, pad: 1, pooled: false },
  { key: 10, width: 256, kernel: 3, stride: 1, pad: 1, pooled: false },
] as const;

/** `x / (sqrt(Σ_c x² + 1e-16) + 1e-10)`. @param x `[N,C,H,W]` */
export function normaliseChannels(x: Value): Value {
  const energy = reduceSum(square(x), { axes: [1], keepDims: true });
  return div(x, add(sqrt(add(energy, 1e-16)), 1e-10));
}

/** The five channel-normalised ReLU outputs. Keys `net.layers.{0,3,6,8,10}.*`. @param image `[N,3,H,W]` in [-1, 1] */
export function lpipsFeatures(keys: StateDict, image: Value): Value[] {
  const { graph } = image;
  const perChannel = (values: readonly number[]): Value =>
    graph.constant({ dims: [1, 3, 1, 1], data: Float32Array.from(values) });
  return graph.scope('lpips', () => {
    let x = div(sub(image, perChannel(MEAN)), perChannel(DEVIATION));
    return LAYERS.map(({ key, width, kernel, stride, pad, pooled }) => {
      const input = pooled ? maxPool(x, { kernel: 3, stride: 2 }) : x;
      const weight = keys.get(`net.layers.${key}.weight`, [width, input.shape[1]!, kernel, kernel]);
      x = relu(conv2d(input, weight, { stride, pad, bias: keys.get(`net.layers.${key}.bias`, [width]) }));
      return normaliseChannels(x);
    });
  });
}

/**
 * The distance of two lists of features: weighted squared differences, mean over pixels, sum over taps, mean over the
 * batch. Keys `lin.{0..4}.1.weight [1,C,1,1]`. @returns a scalar
 */
export function lpipsDistance(keys: StateDict, first: readonly Value[], second: readonly Value[]): Value {
  return first
    .map((feature, tap) => {
      const weight = keys.get(`lin.${tap}.1.weight`, [1, feature.shape[1]!, 1, 1]);
      return reduceMean(conv2d(square(sub(feature, second[tap]!)), weight));
    })
    .reduce((total, distance) => add(total, reshape(distance, [])));
}
