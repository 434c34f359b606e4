/** Finds the frames of glasses: thin dark or bright lines round the eyes and over the bridge of the nose. */
import { type FacePart, PARTS } from '#engine/face/mesh.ts';
import { newPlane } from '#engine/image/planes.ts';
import { fillPolygon, growPolygon } from '#engine/image/polygon.ts';
import { contourPoints, planarDistance, VERTEX } from './contours.ts';
import { faceLines } from './lines.ts';
import type { FaceParse } from './parse/parse-face.ts';

export interface Glasses {
  readonly found: boolean;
  /** Share of the skin below the eyes that lies under lines, and the strongest line over the bridge (lightness, 0..1). */
  readonly rims: number;
  readonly bridge: number;
  /** Strength of lines in the band of the eyes, at the parse's size. */
  readonly lines: Float32Array<ArrayBuffer>;
}

/** Lightness by which a frame differs from the skin beside it. */
const LINE = 0.07;
const LEAST_RIMS = 0.12;
const LEAST_BRIDGE = 0.15;
/** Half height of the band of the eyes, in distances of the outer eye corners. */
const BAND = 0.36;
const FEATURES: readonly { part: FacePart; factor: number }[] = [
  { part: 'rightEye', factor: 1.35 },
  { part: 'leftEye', factor: 1.35 },
  { part: 'rightBrow', factor: 1.3 },
  { part: 'leftBrow', factor: 1.3 },
];
/** Between the brows, and the middle of the nose's back. */
const BRIDGE_FROM = 8;
const BRIDGE_TO = 195;

/** @param landmarks in pixels of a crop of side `cropSize` */
export function findGlasses(parse: FaceParse, landmarks: Float32Array, cropSize: number): Glasses {
  const { size } = parse;
  const scale = size / cropSize;
  const at = (i: number, k: number) => landmarks[3 * i + k]! * scale;
  const span = planarDistance(landmarks, VERTEX.rightEyeOuter, VERTEX.leftEyeOuter) * scale;
  const eyeLine = (at(VERTEX.rightEyeOuter, 1) + at(VERTEX.leftEyeOuter, 1)) / 2;
  const lines = faceLines(parse).slice();
  const oval = fillPolygon(contourPoints(landmarks, PARTS.oval, scale), size, size);
  const features = newPlane(size * size);
  for (const { part, factor } of FEATURES) {
    fillPolygon(growPolygon(contourPoints(landmarks, PARTS[part], scale), factor), size, size, features);
  }
  let rims = 0;
  let below = 0;
  for (let i = 0; i < lines.length; i++) {
    const down = Math.floor(i / size) + 0.5 - eyeLine;
    if (Math.abs(down) > BAND * span || oval[i]! < 0.5 || features[i]! > 0.5) {
      lines[i] = 0;
      continue;
    }
    if (down < 0.1 * span) continue;
    below++;
    if (lines[i]! > LINE) rims++;
  }
  let bridge = 0;
  const steps = 24;
  for (let s = 0; s <= steps; s++) {
    const t = s / steps;
    const x = Math.round(at(BRIDGE_FROM, 0) + t * (at(BRIDGE_TO, 0) - at(BRIDGE_FROM, 0)));
    const y = Math.round(at(BRIDGE_FROM, 1) + t * (at(BRIDGE_TO, 1) - at(BRIDGE_FROM, 1)));
    if (x >= 0 && y >= 0 && x < size && y < size) bridge = Math.max(bridge, lines[y * size + x]!);
  }
  const share = rims / Math.max(1, below);
  return { found: share > LEAST_RIMS && bridge > LEAST_BRIDGE, rims: share, bridge, lines };
}
