/** Head pose and expression of face-vid2vid, and what they do to keypoints (spec pipeline 2.2, 2.5). */
import type { Value } from '#engine/tensor/graph.ts';
import { add, cos, full, mul, neg, relu, sin } from '#engine/tensor/ops/elementwise.ts';
import { concat, flatten, reshape, swapAxes } from '#engine/tensor/ops/layout.ts';
import { reduceMean, softmax } from '#engine/tensor/ops/reduction.ts';
import { linear, matmul, maxPool } from '#engine/tensor/ops/spatial.ts';
import { batchNormLayer, convLayer } from './conv-layers.ts';
import { KEYPOINTS } from './keypoint-detector.ts';
import type { StateDict } from './state-dict.ts';

/** An angle is a distribution over 66 bins of 3 degrees from -99. */
export const ANGLE_BINS = 66;
const BIN_DEGREES = 3;
const FIRST_DEGREES = -99;
/** Upstream converts degrees with this and trained with it. */
const PI_OF_UPSTREAM = 3.14;

/** After each widening 1×1 convolution: a bottleneck that halves the size (but for the first), then plain ones. */
const GROUPS = [
  { conv: 2, width: 256, halving: undefined, plain: 'block1.b1', count: 3 },
  { conv: 3, width: 512, halving: 'block2', plain: 'block3.b3', count: 3 },
  { conv: 4, width: 1024, halving: 'block4', plain: 'block5.b5', count: 5 },
  { conv: 5, width: 2048, halving: 'block6', plain: 'block7.b7', count: 2 },
] as const;

/** Convolution with bias, batch normalisation. Keys `conv<n>.*` (or `skip.*`), `norm<n>.*`. */
function convNorm(keys: StateDict, conv: string, norm: number, x: Value, out: number, kernel: number, stride = 1) {
  return batchNormLayer(keys.under(`norm${norm}`), convLayer(keys.under(conv), x, out, { kernel, stride }));
}

/** Keys `conv{1..3}`, `norm{1..3}`, and `skip`, `norm4` where the size halves. */
function bottleneck(keys: StateDict, x: Value, stride: 1 | 2): Value {
  const out = x.shape[1]!;
  const first = relu(convNorm(keys, 'conv1', 1, x, out / 4, 1));
  const second = relu(convNorm(keys, 'conv2', 2, first, out / 4, 3, stride));
  const third = convNorm(keys, 'conv3', 3, second, out, 1);
  return relu(add(third, stride === 1 ? x : convNorm(keys, 'skip', 4, x, out, 1, stride)));
}

export type HeadPose = {
  /** Logits of the angles' bins, `[N,66]` each. */
  readonly yaw_logits: Value;
  readonly pitch_logits: Value;
  readonly roll_logits: Value;
  /** Translation `[N,3]`. */
  readonly t: Value;
  /** Offsets of the keypoints `[N,45]`: x, y, z of each. */
  readonly exp: Value;
};

/** Keys `conv*`, `norm*`, `block*`, `fc_*`. @param image `[N,3,256,256]`, RGB in [0, 1] */
export function headPoseEstimator(keys: StateDict, image: Value): HeadPose {
  return image.graph.scope('he_estimator', () => {
    let x = relu(convNorm(keys, 'conv1', 1, image, 64, 7, 2));
    x = maxPool(x, { kernel: 3, stride: 2, pad: 1 });
    for (const { conv, width, halving, plain, count } of GROUPS) {
      x = relu(convNorm(keys, `conv${conv}`, conv, x, width, 1));
      if (halving !== undefined) x = bottleneck(keys.under(halving), x, 2);
      for (let index = 0; index < count; index += 1) x = bottleneck(keys.under(`${plain}_${index}`), x, 1);
    }
    const features = flatten(reduceMean(x, { axes: [2, 3] }));
    const head = (name: string, size: number): Value =>
      linear(features, keys.get(`${name}.weight`, [size, features.shape[1]!]), keys.get(`${name}.bias`, [size]));
    return {
      // Upstream stores the layer of each of these two angles under the other's name.
      yaw_logits: head('fc_roll', ANGLE_BINS),
      pitch_logits: head('fc_pitch', ANGLE_BINS),
      roll_logits: head('fc_yaw', ANGLE_BINS),
      t: head('fc_t', 3),
      exp: head('fc_exp', 3 * KEYPOINTS),
    };
  });
}

/** The expected angle in degrees: `[N,66]` → `[N,1]`. */
export function expectedDegrees(logits: Value): Value {
  const bins = Float32Array.from({ length: ANGLE_BINS }, (_, bin) => bin * BIN_DEGREES);
  const degrees = logits.graph.constant({ dims: [ANGLE_BINS, 1], data: bins });
  return add(matmul(softmax(logits, 1), degrees), FIRST_DEGREES);
}

/** A matrix per sample of nine values `[N,1]`, row by row: `[N,3,3]`. */
const matrix = (values: readonly Value[]): Value => reshape(concat(values, 1), [-1, 3, 3]);

/** Pitch · yaw · roll. @param degrees `[N,1]` each @returns `[N,3,3]` */
export function rotationMatrix(yaw: Value, pitch: Value, roll: Value): Value {
  const { graph } = yaw;
  const number = (value: number): Value => full(graph, yaw.shape, value);
  const [zero, one] = [number(0), number(1)];
  const turn = (degrees: Value) => {
    const angle = mul(degrees, PI_OF_UPSTREAM / 180);
    return { c: cos(angle), s: sin(angle), minus: neg(sin(angle)) };
  };
  const [p, y, r] = [turn(pitch), turn(yaw), turn(roll)];
  const aroundX = matrix([one, zero, zero, zero, p.c, p.minus, zero, p.s, p.c]);
  const aroundY = matrix([y.c, zero, y.s, zero, one, zero, y.minus, zero, y.c]);
  const aroundZ = matrix([r.c, r.minus, zero, r.s, r.c, zero, zero, zero, one]);
  return matmul(matmul(aroundX, aroundY), aroundZ);
}

/** Rotation, translation and expression. @param points `[N,K,3]` @param rotation `[N,3,3]` */
export function transformKeypoints(points: Value, rotation: Value, { t, exp }: Pick<HeadPose, 't' | 'exp'>): Value {
  const turned = matmul(points, swapAxes(rotation, 1, 2));
  return add(add(turned, reshape(t, [-1, 1, 3])), reshape(exp, [-1, points.shape[1]!, 3]));
}
