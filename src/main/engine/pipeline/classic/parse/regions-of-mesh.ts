/** Coverage maps of the facial features, drawn from the mesh's contours. */
import { PARTS } from '#engine/face/mesh.ts';
import { growPolygon, type Point } from '#engine/image/polygon.ts';
import { contourPoints } from '../contours.ts';
import { type BoxedMask, featureMask } from '../feature-masks.ts';

/** The features whose texture differs from skin, each with the factor by which its zone exceeds its contour. */
export const FEATURE_ZONES = [
  { name: 'rightEye', factor: 1.8 },
  { name: 'leftEye', factor: 1.8 },
  { name: 'rightBrow', factor: 1.5 },
  { name: 'leftBrow', factor: 1.5 },
  { name: 'outerLips', factor: 1.15 },
] as const;

/** The coverage of one zone in a size x size map; `landmarks` in its pixels. */
export const zoneMap = (landmarks: Float32Array, zone: (typeof FEATURE_ZONES)[number], size: number): BoxedMask =>
  featureMask(landmarks, [zone.name], size, size, zone.factor);

/** The face's outline as a polygon, scaled about its middle. */
export const outline = (landmarks: Float32Array, factor = 1): Point[] =>
  growPolygon(contourPoints(landmarks, PARTS.oval), factor);
