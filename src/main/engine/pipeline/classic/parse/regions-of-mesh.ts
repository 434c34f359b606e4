/** Coverage maps of the facial features, drawn from the mesh's contours. */

import { PARTS } from '#engine/face/mesh.ts';
import { fillPolygon, growPolygon, type Point } from '#engine/image/polygon.ts';
import { contourPoints } from '../contours.ts';

/** The features whose texture differs from skin, each with the factor by which its zone exceeds its contour. */
export const FEATURE_ZONES = [
  { name: 'rightEye', factor: 1.8 },
  { name: 'leftEye', factor: 1.8 },
  { name: 'rightBrow', factor: 1.5 },
  { name: 'leftBrow', factor: 1.5 },
  { name: 'outerLips', factor: 1.15 },
] as const;

/** One zone as a coverage map of size x size; `landmarks` in its pixels. */
export function zoneMap(
  landmarks: Float32Array,
  zone: (typeof FEATURE_ZONES)[number],
  size: number,
): Float32Array<ArrayBuffer> {
  return fillPolygon(growPolygon(contourPoints(landmarks, PARTS[zone.name]), zone.factor), size, size);
}

/** The face's outline as a polygon, scaled about its middle. */
export const outline = (landmarks: Float32Array, factor = 1): Point[] =>
  growPolygon(contourPoints(landmarks, PARTS.oval), factor);
