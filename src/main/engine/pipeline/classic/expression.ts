/** Measures of expression on a mesh: how far mouth and eyes are open, how wide the mouth is. Free of scale. */
import { PARTS } from '#engine/face/mesh.ts';
import { planarDistance, VERTEX } from './contours.ts';

/** Gap between the lips over the width of the mouth: below 0.04 shut, above 0.06 open. */
export const mouthOpenness = (landmarks: Float32Array): number =>
  planarDistance(landmarks, VERTEX.upperInnerLip, VERTEX.lowerInnerLip) /
  planarDistance(landmarks, VERTEX.innerMouthRight, VERTEX.innerMouthLeft);

/** Width of the mouth over the distance of the outer eye corners. */
export const mouthWidth = (landmarks: Float32Array): number =>
  planarDistance(landmarks, VERTEX.mouthRight, VERTEX.mouthLeft) /
  planarDistance(landmarks, VERTEX.rightEyeOuter, VERTEX.leftEyeOuter);

/** Gap between the lids over the width of the eye: below 0.13 shut, above 0.18 open. */
export function lidOpenness(landmarks: Float32Array, eye: 'rightEye' | 'leftEye'): number {
  const ring = PARTS[eye];
  const gap = planarDistance(landmarks, ring[3], ring[13]) + planarDistance(landmarks, ring[5], ring[11]);
  return gap / (2 * planarDistance(landmarks, ring[0], ring[8]));
}
