/** RetinaFace on a ResNet-50: raw detections of faces for GPEN (spec pipeline 6.2.2). */
import type { Value } from '#engine/tensor/graph.ts';
import { add, relu } from '#engine/tensor/ops/elementwise.ts';
import { concat, reshape, transpose } from '#engine/tensor/ops/layout.ts';
import { softmax } from '#engine/tensor/ops/reduction.ts';
import { maxPool, resizeNearest } from '#engine/tensor/ops/spatial.ts';
import { batchNormLayer, convLayer } from './conv-layers.ts';
import type { StateDict } from './state-dict.ts';

/** The four stages of the ResNet-50: bottlenecks and their inner width; a stage gives four times as many channels. */
const STAGES = [
  { name: 'layer1', blocks: 3, width: 64 },
  { name: 'layer2', blocks: 4, width: 128 },
  { name: 'layer3', blocks: 6, width: 256 },
  { name: 'layer4', blocks: 3, width: 512 },
] as const;
const PYRAMID_WIDTH = 256;
/** Anchors in each cell. */
const ANCHORS = 2;

/** Keys `<conv>.weight`, `<norm>.*`. */
function convNorm(
  keys: StateDict,
  conv: string,
  norm: string,
  x: Value,
  out: number,
  kernel: 1 | 3,
  stride = 1,
): Value {
  return batchNormLayer(keys.under(norm), convLayer(keys.under(conv), x, out, { kernel, stride, bias: false }));
}

/** Torchvision's bottleneck, its stride in the 3×3 convolution. Keys `conv{1..3}`, `bn{1..3}`, `downsample.{0,1}`. */
function bottleneck(keys: StateDict, x: Value, width: number, stride: 1 | 2): Value {
  const out = 4 * width;
  const first = relu(convNorm(keys, 'conv1', 'bn1', x, width, 1));
  const second = relu(convNorm(keys, 'conv2', 'bn2', first, width, 3, stride));
  const third = convNorm(keys, 'conv3', 'bn3', second, out, 1);
  const direct = x.shape[1] === out ? x : convNorm(keys, 'downsample.0', 'downsample.1', x, out, 1, stride);
  return relu(add(third, direct));
}

/** Features at 1/8, 1/16 and 1/32 of the size: 512, 1024 and 2048 channels. */
function resnet50(keys: StateDict, image: Value): [Value, Value, Value] {
  const stem = convLayer(keys.under('conv1'), image, 64, { kernel: 7, stride: 2, bias: false });
  let x = maxPool(relu(batchNormLayer(keys.under('bn1'), stem)), { kernel: 3, stride: 2, pad: 1 });
  const levels = STAGES.map(({ name, blocks, width }) => {
    for (let index = 0; index < blocks; index += 1) {
      const stride = index === 0 && name !== 'layer1' ? 2 : 1;
      x = x.graph.scope(`${name}.${index}`, () => bottleneck(keys.under(`${name}.${index}`), x, width, stride));
    }
    return x;
  });
  return levels.slice(1) as [Value, Value, Value];
}

/** Keys `output{1..3}.{0,1}`, `merge{1,2}.{0,1}`. */
function featurePyramid(keys: StateDict, levels: readonly [Value, Value, Value]): [Value, Value, Value] {
  const unit = (name: string, x: Value, kernel: 1 | 3): Value =>
    relu(convNorm(keys, `${name}.0`, `${name}.1`, x, PYRAMID_WIDTH, kernel));
  const onto = (coarse: Value, fine: Value): Value =>
    add(fine, resizeNearest(coarse, fine.shape.slice(2) as [number, number]));
  const [fine, middle, coarse] = levels.map((level, index) => unit(`output${index + 1}`, level, 1));
  const second = unit('merge2', onto(coarse!, middle!), 3);
  return [unit('merge1', onto(second, fine!), 3), second, coarse!];
}

/** Context of three sizes. Keys `conv3X3`, `conv5X5_{1,2}`, `conv7X7_2`, `conv7x7_3`, each `.{0,1}`. */
function contextModule(keys: StateDict, x: Value): Value {
  const unit = (name: string, input: Value, out: number): Value =>
    convNorm(keys, `${name}.0`, `${name}.1`, input, out, 3);
  const half = PYRAMID_WIDTH / 2;
  const quarter = PYRAMID_WIDTH / 4;
  const shared = relu(unit('conv5X5_1', x, quarter));
  const widest = unit('conv7x7_3', relu(unit('conv7X7_2', shared, quarter)), quarter);
  return relu(concat([unit('conv3X3', x, half), unit('conv5X5_2', shared, quarter), widest], 1));
}

export type RetinaFaceOutputs = {
  /** Offsets of the boxes' centres and sizes from their anchors: `[N,anchors,4]`. */
  readonly loc: Value;
  /** Probabilities of background and face: `[N,anchors,2]`. */
  readonly conf: Value;
  /** Offsets of five landmarks from the anchors' centres: `[N,anchors,10]`. */
  readonly landms: Value;
};

/**
 * Anchors run level by level (1/8, 1/16, 1/32), row by row, cell by cell, small before large.
 * Keys `body.*`, `fpn.*`, `ssh{1..3}.*`, `{ClassHead,BboxHead,LandmarkHead}.{0..2}.conv1x1.*`.
 * @param image `[N,3,H,W]`: B, G, R in 0..255 less (104, 117, 123)
 */
export function retinaFace(keys: StateDict, image: Value): RetinaFaceOutputs {
  const levels = featurePyramid(keys.under('fpn'), resnet50(keys.under('body'), image)).map((level, index) =>
    contextModule(keys.under(`ssh${index + 1}`), level),
  );
  const head = (name: string, size: number): Value => {
    const parts = levels.map((level, index) => {
      const y = convLayer(keys.under(`${name}.${index}.conv1x1`), level, ANCHORS * size, { kernel: 1 });
      return reshape(transpose(y, [0, 2, 3, 1]), [image.shape[0]!, -1, size]);
    });
    return concat(parts, 1);
  };
  return { loc: head('BboxHead', 4), conf: softmax(head('ClassHead', 2), -1), landms: head('LandmarkHead', 10) };
}
