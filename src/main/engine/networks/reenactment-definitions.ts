/** Rows of face-vid2vid: the whole chain from two faces to the driven one, and its networks one by one. */
import type { TensorData } from '#engine/tensor/data.ts';
import { Graph, type Value } from '#engine/tensor/graph.ts';
import type { WeightsId } from '#engine/weights/manifests.ts';
import type { NetworkDefinition, NetworkWeights, TensorNote } from './definition.ts';
import { faceVid2Vid } from './face-vid2vid.ts';
import { ANGLE_BINS, headPoseEstimator } from './head-pose-estimator.ts';
import { KEYPOINTS, keypointDetector, REENACTMENT_SIZE, VOLUME_DEPTH } from './keypoint-detector.ts';
import { type Reenactment, reenactmentGenerator } from './reenactment-generator.ts';
import { StateDict } from './state-dict.ts';

type Notes = Readonly<Record<string, TensorNote>>;

const FACE = { shape: [1, 3, REENACTMENT_SIZE, REENACTMENT_SIZE], note: 'RGB in [0, 1]' } as const;
const POINTS = { shape: [1, KEYPOINTS, 3], note: 'x, y, z in -1..1' } as const;
const LOGITS = { shape: [1, ANGLE_BINS], note: 'bins of 3 degrees from -99' } as const;
const TRANSLATION = { shape: [1, 3], note: 'translation of the keypoints' } as const;
const EXPRESSION = { shape: [1, 3 * KEYPOINTS], note: 'offsets of the keypoints' } as const;
const DEGREES = { shape: [3], note: 'yaw, pitch, roll in degrees' } as const;
const [MAP, PLANES] = [REENACTMENT_SIZE / 4, VOLUME_DEPTH];
const MOTION: Notes = {
  dense_mask: { shape: [1, KEYPOINTS + 1, PLANES, MAP, MAP], note: 'share of every candidate motion' },
  deformation: { shape: [1, PLANES, MAP, MAP, 3], note: 'places in the source: x, y, z' },
  occlusion: { shape: [1, 1, MAP, MAP], note: 'what the source shows, 0 to 1' },
  prediction: FACE,
};

/** A row whose graph has the inputs of its notes. */
function row(
  name: string,
  summary: string,
  inputs: Notes,
  outputs: Notes,
  weights: readonly NetworkWeights[],
  build: (graph: Graph, given: Readonly<Record<string, Value>>) => Readonly<Record<string, Value>>,
): NetworkDefinition {
  return {
    name,
    summary,
    inputs,
    outputs,
    weights,
    prepare(feeds) {
      const graph = new Graph(name);
      const given = Object.fromEntries(
        Object.keys(inputs).map((key) => [key, graph.input(key, (feeds[key] as TensorData).dims)]),
      );
      return { graph, outputs: build(graph, given), feeds };
    },
  };
}

const alone = (network: WeightsId): NetworkWeights[] => [{ network, prefix: '' }];

/** The chain with its outputs as the reference numbers name them. */
function chain(graph: Graph, source: Value, driving: Value): Record<string, Value> {
  const made = faceVid2Vid(new StateDict(graph), source, driving);
  return {
    kp_canonical: made.canonical,
    he_source_yaw_logits: made.source.head.yaw_logits,
    he_source_t: made.source.head.t,
    he_source_exp: made.source.head.exp,
    degrees_source_yaw_pitch_roll: made.source.degrees,
    degrees_driving_yaw_pitch_roll: made.driving.degrees,
    rotation_source: made.source.rotation,
    kp_source: made.source.points,
    kp_driving: made.driving.points,
    ...motionOutputs(made.reenactment),
  };
}

const motionOutputs = ({ mask, ...others }: Reenactment): Record<string, Value> => ({ dense_mask: mask, ...others });

export const REENACTMENT_NETWORKS: readonly NetworkDefinition[] = [
  row(
    'facevid2vid',
    'a face in the pose and with the expression of another: all of face-vid2vid',
    { source: FACE, driving: FACE },
    {
      kp_canonical: POINTS,
      he_source_yaw_logits: LOGITS,
      he_source_t: TRANSLATION,
      he_source_exp: EXPRESSION,
      degrees_source_yaw_pitch_roll: DEGREES,
      degrees_driving_yaw_pitch_roll: DEGREES,
      rotation_source: { shape: [1, 3, 3], note: 'rotation of the head' },
      kp_source: POINTS,
      kp_driving: POINTS,
      ...MOTION,
    },
    [
      { network: 'facevid2vid-generator', prefix: 'generator.' },
      { network: 'facevid2vid-kp-detector', prefix: 'kp_detector.' },
      { network: 'facevid2vid-he-estimator', prefix: 'he_estimator.' },
    ],
    (graph, { source, driving }) => chain(graph, source!, driving!),
  ),
  row(
    'facevid2vid-kp-detector',
    'keypoints of a face, free of pose and expression',
    { source: FACE },
    { kp_canonical: POINTS },
    alone('facevid2vid-kp-detector'),
    (graph, { source }) => ({ kp_canonical: keypointDetector(new StateDict(graph), source!) }),
  ),
  row(
    'facevid2vid-he-estimator',
    'pose and expression of a face',
    { source: FACE },
    { yaw_logits: LOGITS, pitch_logits: LOGITS, roll_logits: LOGITS, t: TRANSLATION, exp: EXPRESSION },
    alone('facevid2vid-he-estimator'),
    (graph, { source }) => headPoseEstimator(new StateDict(graph), source!),
  ),
  row(
    'facevid2vid-generator',
    'a face moved by keypoints',
    { source: FACE, kp_source: POINTS, kp_driving: POINTS },
    MOTION,
    alone('facevid2vid-generator'),
    (graph, { source, kp_source, kp_driving }) => {
      return motionOutputs(reenactmentGenerator(new StateDict(graph), source!, kp_driving!, kp_source!));
    },
  ),
];
