/** What the classic engine knows of one face: its aligned crop, its parse, and its shape free from pose. */
import { decompose, type Pose } from '#engine/face/pose.ts';
import type { AlignedFace } from '../aligned-face.ts';
import type { FaceParse } from './parse/parse-face.ts';

export interface ClassicFace {
  readonly aligned: AlignedFace;
  readonly parse: FaceParse;
  readonly pose: Pose;
  /** The mesh free from pose, 478 points in centimetres. */
  readonly shape: Float32Array;
}

/** Separates the face's shape from its pose. */
export const classicFace = (aligned: AlignedFace, parse: FaceParse): ClassicFace => ({
  aligned,
  parse,
  ...decompose(aligned.landmarks),
});
