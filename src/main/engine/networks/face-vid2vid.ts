/** Face-vid2vid as one graph, by absolute motion (spec pipeline 2.2): the face of one picture in the pose of another. */
import type { Value } from '#engine/tensor/graph.ts';
import { concat, reshape } from '#engine/tensor/ops/layout.ts';
import {
  expectedDegrees,
  type HeadPose,
  headPoseEstimator,
  rotationMatrix,
  transformKeypoints,
} from './head-pose-estimator.ts';
import { keypointDetector } from './keypoint-detector.ts';
import { type Reenactment, reenactmentGenerator } from './reenactment-generator.ts';
import type { StateDict } from './state-dict.ts';

/** What the networks say of one face's pose. */
export interface PosedFace {
  readonly head: HeadPose;
  /** Yaw, pitch, roll: `[3]`. */
  readonly degrees: Value;
  /** `[1,3,3]` */
  readonly rotation: Value;
  /** The canonical keypoints in this pose, with this expression: `[1,15,3]`. */
  readonly points: Value;
}

/** Keys of the estimator. @param canonical `[1,15,3]` @param image `[1,3,256,256]`, RGB in [0, 1] */
export function posedFace(keys: StateDict, canonical: Value, image: Value): PosedFace {
  const head = headPoseEstimator(keys, image);
  const [yaw, pitch, roll] = [head.yaw_logits, head.pitch_logits, head.roll_logits].map(expectedDegrees);
  const rotation = rotationMatrix(yaw!, pitch!, roll!);
  return {
    head,
    degrees: reshape(concat([yaw!, pitch!, roll!], 1), [3]),
    rotation,
    points: transformKeypoints(canonical, rotation, head),
  };
}

export interface FaceVid2Vid {
  /** Keypoints of the source, free of pose and expression: `[1,15,3]`. */
  readonly canonical: Value;
  readonly source: PosedFace;
  readonly driving: PosedFace;
  readonly reenactment: Reenactment;
}

/**
 * Keys `kp_detector.*`, `he_estimator.*`, `generator.*`, as the official checkpoint nests them.
 * @param source face to move, `[1,3,256,256]`, RGB in [0, 1] @param driving face that gives pose and expression, alike
 */
export function faceVid2Vid(keys: StateDict, source: Value, driving: Value): FaceVid2Vid {
  const canonical = keypointDetector(keys.under('kp_detector'), source);
  const still = posedFace(keys.under('he_estimator'), canonical, source);
  const moved = posedFace(keys.under('he_estimator'), canonical, driving);
  const reenactment = reenactmentGenerator(keys.under('generator'), source, moved.points, still.points);
  return { canonical, source: still, driving: moved, reenactment };
}
