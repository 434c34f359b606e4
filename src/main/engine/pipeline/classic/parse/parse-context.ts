import { labPixels } from '#engine/image/color.ts';
import type { RgbImage } from '#engine/image/picture.ts';
import { newPlane } from '#engine/image/planes.ts';
import { fillPolygon } from '#engine/image/polygon.ts';
import { type BoxedMask, forBox } from '../feature-masks.ts';
import { type ColorCells, colorCells } from './color-cells.ts';
import { type FaceFrame, faceFrame } from './face-frame.ts';
import { FEATURE_ZONES, outline, zoneMap } from './regions-of-mesh.ts';

/** Everything that the steps of the parse look at; all maps are `size` x `size`. */
export interface ParseContext {
  readonly size: number;
  /** Lab, pixel-interleaved. */
  readonly lab: Float32Array;
  /** The same colours, each listed once. */
  readonly cells: ColorCells;
  /** L / 100. */
  readonly lightness: Float32Array;
  readonly frame: FaceFrame;
  /** Coverage of the face's outline, of its inner 82 %, and of the features' zones. */
  readonly oval: Float32Array;
  readonly core: Float32Array;
  readonly features: Float32Array;
  readonly zones: readonly BoxedMask[];
  /** Probability that a pixel belongs to a person. */
  readonly person: Float32Array;
  readonly landmarks: Float32Array;
}

/** Prepares the maps for a small square crop; `landmarks` in its pixels, `person` of its size. */
export function parseContext(crop: RgbImage, landmarks: Float32Array, person: Float32Array): ParseContext {
  const size = crop.width;
  const n = size * size;
  const lab = labPixels(crop.data, n);
  const zones = FEATURE_ZONES.map((zone) => zoneMap(landmarks, zone, size));
  const features = newPlane(n);
  for (const { box, data } of zones) {
    forBox(box, size, (i, j) => {
      features[i] = Math.max(features[i]!, data[j]!);
    });
  }
  const lightness = newPlane(n);
  for (let i = 0; i < n; i++) lightness[i] = lab[3 * i]! / 100;
  return {
    size,
    lab,
    cells: colorCells(lab),
    lightness,
    frame: faceFrame(landmarks, size),
    oval: fillPolygon(outline(landmarks), size, size),
    core: fillPolygon(outline(landmarks, 0.82), size, size),
    features,
    zones,
    person,
    landmarks,
  };
}
