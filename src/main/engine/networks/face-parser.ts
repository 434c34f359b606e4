/** The face parser: BiSeNet with a ResNet-18 context path, 19 labels (spec pipeline 3.1). */
import type { Value } from '#engine/tensor/graph.ts';
import { add, mul, relu, sigmoid } from '#engine/tensor/ops/elementwise.ts';
import { concat } from '#engine/tensor/ops/layout.ts';
import { reduceMean } from '#engine/tensor/ops/reduction.ts';
import { conv2d, maxPool, resizeBilinear, resizeNearest } from '#engine/tensor/ops/spatial.ts';
import { convBatchNorm } from './conv-batch-norm.ts';
import type { StateDict } from './state-dict.ts';

/** Labels of the parser. */
export const PARSER_LABELS = 19;

const STAGES = [
  { name: 'layer1', width: 64, stride: 1 },
  { name: 'layer2', width: 128, stride: 2 },
  { name: 'layer3', width: 256, stride: 2 },
  { name: 'layer4', width: 512, stride: 2 },
] as const;

interface Window {
  readonly kernel: 1 | 3 | 7;
  readonly stride?: number;
}

/** Convolution without bias, batch normalisation. Keys `<conv>.weight`, `<norm>.*`. */
function convNorm(keys: StateDict, conv: string, norm: string, x: Value, out: number, window: Window): Value {
  const pad = (window.kernel - 1) / 2;
  return convBatchNorm(keys.under(conv), keys.under(norm), x, { out, pad, ...window });
}

/** The same with ReLU at a constant size. Keys `conv.weight`, `bn.*`. */
function convRelu(keys: StateDict, x: Value, out: number, kernel: 1 | 3): Value {
  return relu(convNorm(keys, 'conv', 'bn', x, out, { kernel }));
}

/** Keys `conv1.weight bn1.* conv2.weight bn2.*`, and `downsample.{0,1}.*` where size or channels change. */
function basicBlock(keys: StateDict, x: Value, out: number, stride: number): Value {
  const conv = (index: 1 | 2, input: Value, step: number): Value =>
    convNorm(keys, `conv${index}`, `bn${index}`, input, out, { kernel: 3, stride: step });
  const residual = conv(2, relu(conv(1, x, stride)), 1);
  const same = stride === 1 && x.shape[1] === out;
  const shortcut = same ? x : convNorm(keys, 'downsample.0', 'downsample.1', x, out, { kernel: 1, stride });
  return relu(add(shortcut, residual));
}

/** ResNet-18 without its head: features at an eighth (128), a sixteenth (256) and a 32nd (512) of the size. */
function resnet18(keys: StateDict, image: Value): [Value, Value, Value] {
  const stem = convNorm(keys, 'conv1', 'bn1', image, 64, { kernel: 7, stride: 2 });
  let x = maxPool(relu(stem), { kernel: 3, stride: 2, pad: 1 });
  const [, feat8, feat16, feat32] = STAGES.map(({ name, width, stride }) => {
    x = basicBlock(keys.under(`${name}.0`), x, width, stride);
    x = basicBlock(keys.under(`${name}.1`), x, width, 1);
    return x;
  }) as [Value, Value, Value, Value];
  return [feat8, feat16, feat32];
}

const globalAverage = (x: Value): Value => reduceMean(x, { axes: [2, 3], keepDims: true });
const sizeOf = (x: Value): [number, number] => [x.shape[2]!, x.shape[3]!];

/** Attention refinement to 128 channels. Keys `conv.*`, `conv_atten.weight`, `bn_atten.*`. */
function attentionRefinement(keys: StateDict, x: Value): Value {
  const feature = convRelu(keys.under('conv'), x, 128, 3);
  const attention = convNorm(keys, 'conv_atten', 'bn_atten', globalAverage(feature), 128, { kernel: 1 });
  return mul(feature, sigmoid(attention));
}

/** Keys `resnet.*`, `conv_avg.*`, `arm{16,32}.*`, `conv_head{16,32}.*`. */
function contextPath(keys: StateDict, image: Value): { feat8: Value; context8: Value; context16: Value } {
  const [feat8, feat16, feat32] = resnet18(keys.under('resnet'), image);
  const average = convRelu(keys.under('conv_avg'), globalAverage(feat32), 128, 1);
  const raise = (name: string, x: Value, size: [number, number]): Value =>
    convRelu(keys.under(name), resizeNearest(x, size), 128, 3);
  const refined32 = add(attentionRefinement(keys.under('arm32'), feat32), average);
  const context16 = raise('conv_head32', refined32, sizeOf(feat16));
  const refined16 = add(attentionRefinement(keys.under('arm16'), feat16), context16);
  return { feat8, context8: raise('conv_head16', refined16, sizeOf(feat8)), context16 };
}

/** Joins details and context; keys `convblk.*`, `conv{1,2}.weight`. */
function featureFusion(keys: StateDict, details: Value, context: Value): Value {
  const feature = convRelu(keys.under('convblk'), concat([details, context], 1), 256, 1);
  const hidden = relu(conv2d(globalAverage(feature), keys.get('conv1.weight', [64, 256, 1, 1])));
  const attention = sigmoid(conv2d(hidden, keys.get('conv2.weight', [256, 64, 1, 1])));
  return add(mul(feature, attention), feature);
}

/** Keys `conv.*`, `conv_out.weight`. */
function head(keys: StateDict, x: Value, middle: number): Value {
  const hidden = convRelu(keys.under('conv'), x, middle, 3);
  return conv2d(hidden, keys.get('conv_out.weight', [PARSER_LABELS, middle, 1, 1]));
}

export interface ParserLogits {
  /** What the labels are the largest of; in `parserHeads` at an eighth of the size. */
  readonly out: Value;
  /** Heads of training, on the context at an eighth and at a sixteenth of the size. */
  readonly out16: Value;
  readonly out32: Value;
}

/**
 * Logits at the sizes of their features; what is not used costs nothing. Keys `cp.*`, `ffm.*`, `conv_out{,16,32}.*`.
 * @param image `[N,3,H,W]`, normalised as for ImageNet; the studio parses at 512² @returns `[N,19,h,w]` each
 */
export function parserHeads(keys: StateDict, image: Value): ParserLogits {
  return image.graph.scope('face-parser', () => {
    const { feat8, context8, context16 } = contextPath(keys.under('cp'), image);
    return {
      out: head(keys.under('conv_out'), featureFusion(keys.under('ffm'), feat8, context8), 256),
      out16: head(keys.under('conv_out16'), context8, 64),
      out32: head(keys.under('conv_out32'), context16, 64),
    };
  });
}

/** The same at the size of the image: bilinear, corners on corners. @returns `[N,19,H,W]` each */
export function parserLogits(keys: StateDict, image: Value): ParserLogits {
  const { out, out16, out32 } = parserHeads(keys, image);
  const enlarge = (logits: Value): Value => resizeBilinear(logits, sizeOf(image), true);
  return { out: enlarge(out), out16: enlarge(out16), out32: enlarge(out32) };
}
