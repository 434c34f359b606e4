/** Measures on the face mesh: single vertices with a meaning, outlines as polygons. "Left" is the person's own left. */
import { MESH_POINTS } from '#engine/face/mesh.ts';
import type { Point } from '#engine/image/polygon.ts';

export const VERTEX = {
  foreheadTop: 10,
  chin: 152,
  rightCheek: 234,
  leftCheek: 454,
  rightEyeOuter: 33,
  rightEyeInner: 133,
  leftEyeInner: 362,
  leftEyeOuter: 263,
  rightIris: 468,
  leftIris: 473,
  mouthRight: 61,
  mouthLeft: 291,
  innerMouthRight: 78,
  innerMouthLeft: 308,
  upperInnerLip: 13,
  lowerInnerLip: 14,
} as const;

/** Number of vertices of the face surface; those after it are the irises. */
export const SURFACE_VERTICES = MESH_POINTS;

/** The corners of an outline in the plane, multiplied by `scale`. `landmarks` is x y z interleaved. */
export const contourPoints = (landmarks: Float32Array, outline: readonly number[], scale = 1): Point[] =>
  outline.map((i): Point => [landmarks[3 * i]! * scale, landmarks[3 * i + 1]! * scale]);

/** Distance of two vertices in the picture plane. */
export const planarDistance = (landmarks: Float32Array, a: number, b: number): number =>
  Math.hypot(landmarks[3 * a]! - landmarks[3 * b]!, landmarks[3 * a + 1]! - landmarks[3 * b + 1]!);
