/**
 * Strands of hair across one cheek. Their colour may be that of skin, so the parse misses them; but they are lines, and
 * wrinkles and beards lie on both halves of a face, strands mostly on one.
 */
import { type FacePart, PARTS } from '#engine/face/mesh.ts';
import { newPlane } from '#engine/image/planes.ts';
import { fillPolygon, growPolygon } from '#engine/image/polygon.ts';
import { contourPoints, VERTEX } from './contours.ts';
import { forBox } from './feature-masks.ts';
import { faceLines } from './lines.ts';
import type { FaceParse } from './parse/parse-face.ts';

export interface Strands {
  readonly found: boolean;
  /** Share of each cheek under lines: the half on the picture's left, and on its right. */
  readonly shares: readonly [number, number];
  /** Lines on the half with strands, at the parse's size; 0 elsewhere. */
  readonly lines: Float32Array<ArrayBuffer>;
}

const LINE = 0.05;
const LEAST_SHARE = 0.12;
const LEAST_RATIO = 2.5;
/** Pixels (of the parse) below the eyes at which the cheeks begin. */
const BELOW_EYES = 18;
const NOT_CHEEK: readonly { part: FacePart; factor: number }[] = [
  { part: 'nose', factor: 1.25 },
  { part: 'outerLips', factor: 1.35 },
];
const NOSE_TIP = 1;
const NASION = 168;

/** @param landmarks in pixels of a crop of side `cropSize` */
export function findStrands(parse: FaceParse, landmarks: Float32Array, cropSize: number): Strands {
  const { size, hair, faceBox } = parse;
  const scale = size / cropSize;
  const at = (i: number, k: number) => landmarks[3 * i + k]! * scale;
  const face = fillPolygon(growPolygon(contourPoints(landmarks, PARTS.oval, scale), 0.9), size, size);
  const others = newPlane(size * size);
  for (const { part, factor } of NOT_CHEEK) {
    fillPolygon(growPolygon(contourPoints(landmarks, PARTS[part], scale), factor), size, size, others);
  }
  const eyeLine = (at(VERTEX.rightEyeOuter, 1) + at(VERTEX.leftEyeOuter, 1)) / 2;
  const middle = (at(NOSE_TIP, 0) + at(NASION, 0)) / 2;
  const strength = faceLines(parse);
  const under = [0, 0];
  const all = [1e-6, 1e-6];
  const firstRow = Math.max(faceBox.y, Math.ceil(eyeLine + BELOW_EYES));
  for (let y = firstRow; y < faceBox.y + faceBox.height; y++) {
    for (let x = faceBox.x, i = y * size + x; x < faceBox.x + faceBox.width; x++, i++) {
      if (!(face[i]! > 0.5) || others[i]! > 0.5 || hair[i]! >= 0.4) continue;
      const half = x < middle ? 0 : 1;
      all[half]!++;
      if (strength[i]! > LINE) under[half]!++;
    }
  }
  const shares = [under[0]! / all[0]!, under[1]! / all[1]!] as const;
  const side = shares[0] > shares[1] ? 0 : 1;
  const found = shares[side] > LEAST_SHARE && shares[side] > LEAST_RATIO * shares[1 - side]!;
  const lines = newPlane(size * size);
  if (found) {
    forBox(faceBox, size, (i) => {
      const half = i % size < middle ? 0 : 1;
      if (half === side && face[i]! > 0.5) lines[i] = strength[i]!;
    });
  }
  return { found, shares, lines };
}
