/** Dense motion of face-vid2vid (spec pipeline 2.6): where in the source volume every place of the driven one is found. */
import type { Value } from '#engine/tensor/graph.ts';
import { add, exp, mul, relu, sigmoid, square, sub } from '#engine/tensor/ops/elementwise.ts';
import { concat, expand, pad, reshape, select, stack, transpose } from '#engine/tensor/ops/layout.ts';
import { softmax } from '#engine/tensor/ops/reduction.ts';
import { averagePool, conv2d, matmul } from '#engine/tensor/ops/spatial.ts';
import { batchNormLayer } from './conv-layers.ts';
import { volumeUpBlock } from './keypoint-detector.ts';
import type { StateDict } from './state-dict.ts';
import { gridCoordinates, shiftVolume } from './volume-sampling.ts';
import { volumeConv, volumeUnit } from './volumes.ts';

const COMPRESSED = 4;
const HEAT_VARIANCE = 0.01;
const DOWN_WIDTHS = [64, 128, 256, 512, 1024];
const UP_WIDTHS = [512, 256, 128, 64, 32];

export interface DenseMotion {
  /** Share of every candidate motion at every place: `[1,K+1,D,H,W]`. */
  readonly mask: Value;
  /** Places in the source, x, y, z in -1..1: `[1,D,H,W,3]`. */
  readonly deformation: Value;
  /** What can be seen in the source: `[1,1,H,W]`, 0..1. */
  readonly occlusion: Value;
}

const axisValues = (like: Value, size: number, dims: readonly number[]): Value =>
  like.graph.constant({ dims, data: Float32Array.from(gridCoordinates(size)) });

/** `exp(-|grid - point|² / (2·0.01))` as a product over the axes. @param points `[K,3]` @returns `[K,D,H,W]` */
function gaussians(points: Value, [depth, height, width]: readonly [number, number, number]): Value {
  const along = (axis: number, size: number, place: number): Value => {
    const dims = [1, 1, 1, 1].with(place, size);
    const distance = sub(axisValues(points, size, dims), reshape(select(points, 1, axis), [-1, 1, 1, 1]));
    return exp(mul(square(distance), -0.5 / HEAT_VARIANCE));
  };
  return mul(mul(along(2, depth, 1), along(1, height, 2)), along(0, width, 3));
}

/** Five steps down and up again, each joined with its counterpart. @param x `[D,80,H,W]` @returns `[D,112,H,W]` */
function hourglass(keys: StateDict, x: Value): Value {
  const stages = [x];
  DOWN_WIDTHS.forEach((width, index) => {
    const own = keys.under(`encoder.down_blocks.${index}`);
    stages.push(averagePool(volumeUnit(own, stages[index]!, width), { kernel: 2 }));
  });
  const decoder = keys.under('decoder');
  const joined = UP_WIDTHS.reduce((y, width, index) => {
    const raised = volumeUpBlock(decoder.under(`up_blocks.${index}`), y, width);
    return concat([raised, stages[UP_WIDTHS.length - 1 - index]!], 1);
  }, stages.at(-1)!);
  return volumeUnit(decoder, joined, joined.shape[1]!);
}

/** Keys `compress.*`, `norm.*`, `hourglass.*`, `mask.*`, `occlusion.*`. @param feature `[D,C,H,W]` @param points `[1,K,3]` */
export function denseMotion(keys: StateDict, feature: Value, driving: Value, source: Value): DenseMotion {
  return feature.graph.scope('dense_motion_network', () => {
    const [depth, , height, width] = feature.shape as [number, number, number, number];
    const size = [depth, height, width] as const;
    const count = driving.shape[1]!;
    const [to, from] = [reshape(driving, [count, 3]), reshape(source, [count, 3])];
    // Candidate 0 stays where it is.
    const shifts = pad(sub(from, to), [1, 0], [0, 0]);
    const compressed = volumeConv(keys.under('compress'), feature, COMPRESSED, 1);
    const moved = shiftVolume(relu(batchNormLayer(keys.under('norm'), compressed)), shifts);
    const heat = pad(sub(gaussians(to, size), gaussians(from, size)), [1, 0, 0, 0], [0, 0, 0, 0]);
    const candidates = concat([reshape(heat, [count + 1, depth, 1, height, width]), moved], 2);
    const input = reshape(transpose(candidates, [1, 0, 2, 3, 4]), [depth, -1, height, width]);
    const features = hourglass(keys.under('hourglass'), input);
    const mask = softmax(volumeConv(keys.under('mask'), features, count + 1, 7), 1);
    return {
      mask: reshape(transpose(mask, [1, 0, 2, 3]), [1, count + 1, ...size]),
      deformation: reshape(add(identityGrid(mask, size), matmul(transpose(mask, [0, 2, 3, 1]), shifts)), [
        1,
        ...size,
        3,
      ]),
      occlusion: occlusionMap(keys.under('occlusion'), features),
    };
  });
}

/** `[D,H,W,3]`: x, y, z. */
function identityGrid(like: Value, size: readonly [number, number, number]): Value {
  const axes = [2, 1, 0].map((axis) => expand(axisValues(like, size[axis]!, [1, 1, 1].with(axis, size[axis]!)), size));
  return stack(axes, 3);
}

/** 7×7 convolution of all planes at once, sigmoid. Keys `weight [1,C·D,7,7]`, `bias [1]`. @param features `[D,C,H,W]` */
function occlusionMap(keys: StateDict, features: Value): Value {
  const [depth, channels, height, width] = features.shape as [number, number, number, number];
  const stored = reshape(keys.get('weight', [1, channels * depth, 7, 7]), [channels, depth, 7, 7]);
  const weight = reshape(transpose(stored, [1, 0, 2, 3]), [1, depth * channels, 7, 7]);
  const planes = reshape(features, [1, depth * channels, height, width]);
  return sigmoid(conv2d(planes, weight, { pad: 3, bias: keys.get('bias', [1]) }));
}
