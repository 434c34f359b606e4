/** The generator of face-vid2vid in its SPADE form (spec pipeline 2.7): the source face, moved by keypoints. */
import type { Value } from '#engine/tensor/graph.ts';
import { add, leakyRelu, mul, relu, sigmoid } from '#engine/tensor/ops/elementwise.ts';
import { reshape } from '#engine/tensor/ops/layout.ts';
import { resizeNearest } from '#engine/tensor/ops/spatial.ts';
import { batchNormLayer, convLayer } from './conv-layers.ts';
import { type DenseMotion, denseMotion } from './dense-motion.ts';
import { downBlock, VOLUME_DEPTH } from './keypoint-detector.ts';
import { spadeBlock } from './spade.ts';
import type { StateDict } from './state-dict.ts';
import { sampleVolume } from './volume-sampling.ts';
import { imageOfVolume, volumeConv, volumeOfImage } from './volumes.ts';

const WIDTH = 64;
const VOLUME_CHANNELS = 32;
const VOLUME_BLOCKS = 6;
const MIDDLE_BLOCKS = 6;

/** Pre-activation residual block. Keys `norm1`, `conv1`, `norm2`, `conv2`. @param x `[D,C,H,W]` */
function volumeResidual(keys: StateDict, x: Value): Value {
  const step = (index: 1 | 2, y: Value): Value =>
    volumeConv(keys.under(`conv${index}`), relu(batchNormLayer(keys.under(`norm${index}`), y)), x.shape[1]!, 3);
  return add(step(2, step(1, x)), x);
}

/** Convolution 3×3, batch normalisation. Keys `conv.*`, `norm.*`. */
const sameBlock = (keys: StateDict, x: Value, out: number): Value =>
  batchNormLayer(keys.under('norm'), convLayer(keys.under('conv'), x, out, { kernel: 3 }));

/** The source as a volume of features `[16,32,64,64]`; it does not depend on the pose. @param source `[1,3,256,256]` */
export function appearanceVolume(keys: StateDict, source: Value): Value {
  return source.graph.scope('appearance', () => {
    let x = relu(sameBlock(keys.under('first'), source, WIDTH));
    [2 * WIDTH, 4 * WIDTH].forEach((width, index) => {
      x = downBlock(keys.under(`down_blocks.${index}`), x, width);
    });
    const flat = convLayer(keys.under('second'), x, VOLUME_CHANNELS * VOLUME_DEPTH, { kernel: 1 });
    let volume = volumeOfImage(flat, VOLUME_DEPTH);
    for (let index = 0; index < VOLUME_BLOCKS; index += 1)
      volume = volumeResidual(keys.under(`resblocks_3d.3dr${index}`), volume);
    return volume;
  });
}

/** Keys `fc`, `G_middle_{0..5}`, `up_{0,1}`, `conv_img`. @param map `[1,256,64,64]` @returns `[1,3,256,256]` in 0..1 */
function spadeDecoder(keys: StateDict, map: Value): Value {
  const { graph } = map;
  const double = (x: Value): Value => resizeNearest(x, [2 * x.shape[2]!, 2 * x.shape[3]!]);
  const block = (name: string, x: Value, out: number): Value =>
    graph.scope(name, () => spadeBlock(keys.under(name), x, map, out, 'zeros'));
  let x = convLayer(keys.under('fc'), map, 8 * WIDTH, { kernel: 3 });
  for (let index = 0; index < MIDDLE_BLOCKS; index += 1) x = block(`G_middle_${index}`, x, 8 * WIDTH);
  x = block('up_0', double(x), 4 * WIDTH);
  x = block('up_1', double(x), WIDTH);
  return sigmoid(convLayer(keys.under('conv_img'), leakyRelu(x, 0.2), 3, { kernel: 3 }));
}

export interface Reenactment extends DenseMotion {
  /** `[1,3,256,256]`, RGB in [0, 1]. */
  readonly prediction: Value;
}

/**
 * The part that depends on the pose. Keys `dense_motion_network`, `third`, `fourth`, `decoder`.
 * @param volume what `appearanceVolume` makes of the source @param drivingPoints `[1,15,3]`
 * @param sourcePoints `[1,15,3]`
 */
export function movedAppearance(
  keys: StateDict,
  volume: Value,
  drivingPoints: Value,
  sourcePoints: Value,
): Reenactment {
  const motion = denseMotion(keys.under('dense_motion_network'), volume, drivingPoints, sourcePoints);
  const moved = imageOfVolume(sampleVolume(volume, reshape(motion.deformation, motion.deformation.shape.slice(1))));
  const third = leakyRelu(sameBlock(keys.under('third'), moved, 4 * WIDTH), 0.01);
  const fourth = convLayer(keys.under('fourth'), third, 4 * WIDTH, { kernel: 1 });
  const prediction = volume.graph.scope('decoder', () =>
    spadeDecoder(keys.under('decoder'), mul(fourth, motion.occlusion)),
  );
  return { ...motion, prediction };
}

/**
 * Keys `first`, `down_blocks`, `second`, `resblocks_3d`, `dense_motion_network`, `third`, `fourth`, `decoder`.
 * @param source `[1,3,256,256]`, RGB in [0, 1] @param drivingPoints `[1,15,3]` @param sourcePoints `[1,15,3]`
 */
export function reenactmentGenerator(
  keys: StateDict,
  source: Value,
  drivingPoints: Value,
  sourcePoints: Value,
): Reenactment {
  return movedAppearance(keys, appearanceVolume(keys, source), drivingPoints, sourcePoints);
}
