/** What lies over a face, as soft masks: over the target (it stays in front) and over the source (it must not travel). */

import { type FacePart, PARTS } from '#engine/face/mesh.ts';
import { gaussianBlur } from '#engine/image/blur.ts';
import { lumaPlane } from '#engine/image/color.ts';
import { guidedUpsample } from '#engine/image/guided-filter.ts';
import { clamp } from '#engine/image/math.ts';
import { connectedTo, dilate } from '#engine/image/morphology.ts';
import type { RgbImage } from '#engine/image/picture.ts';
import { fillPolygon, growPolygon } from '#engine/image/polygon.ts';
import { halfPlane, resizePlane } from '#engine/image/resize.ts';
import { memoOn } from '../memo.ts';
import { contourPoints, VERTEX } from './contours.ts';
import type { FaceParse } from './parse/parse-face.ts';
import { outline } from './parse/regions-of-mesh.ts';

/**
 * Probability of bare skin, smoothed a little: it is read at two different grids (source and target), which must not
 * make a difference.
 */
export const softSkin = memoOn(({ skin, size }: FaceParse) => gaussianBlur(skin, size, size, 1.5));

const MATTE_RADIUS = 7;
const MATTE_EPS = 6e-4;

/**
 * Opacity of what covers the target's face (hair, frames, hands), at the size of the crop. The small map is enlarged
 * along the crop's edges, so single strands come out.
 */
export function occluderMatte(crop: RgbImage, parse: FaceParse): Float32Array<ArrayBuffer> {
  const { size, skin, hair } = parse;
  const covered = Float32Array.from(skin, (s, i) => 1 - s / Math.max(1e-3, s + hair[i]!, 0.5));
  const soft = gaussianBlur(covered, size, size, 0.7);
  const n = crop.width * crop.height;
  const guide = lumaPlane(crop.data, n);
  const small = halfPlane({ width: crop.width, height: crop.height, data: guide });
  const map = resizePlane(soft, size, size, small.width, small.height);
  const radius = (MATTE_RADIUS * crop.width) / 1024;
  const matte = guidedUpsample(
    { guide: small.data, map, width: small.width, height: small.height },
    guide,
    crop.width,
    crop.height,
    Math.max(2, radius),
    MATTE_EPS,
  );
  for (let i = 0; i < n; i++) matte[i] = clamp((matte[i]! - 0.2) / 0.55, 0, 1);
  return matte;
}

/** Features that keep their texture unless most of them is covered, with the growth of their zone. */
const KEPT: readonly { contour: FacePart; factor: number; measured: boolean }[] = [
  { contour: 'rightEye', factor: 1.3, measured: true },
  { contour: 'leftEye', factor: 1.3, measured: true },
  { contour: 'rightBrow', factor: 1.3, measured: true },
  { contour: 'leftBrow', factor: 1.3, measured: true },
  { contour: 'nose', factor: 1.25, measured: false },
  { contour: 'outerLips', factor: 1.3, measured: false },
];
const LARGEST_COVERED_SHARE = 0.3;
/** Unexplained pixels in the band of the eyes count as a frame from this share of the map on. */
const FRAME_SHARE = 0.012;

/**
 * Where the source's own texture is hidden: hair hanging in from outside and glasses, generously dilated.
 * @returns a map of the parse's size, 1 = hidden
 */
export function sourceCover(parse: FaceParse, landmarks: Float32Array, cropSize: number): Float32Array<ArrayBuffer> {
  const { size, hair } = parse;
  const n = size * size;
  const scale = size / cropSize;
  const points = (name: FacePart) => contourPoints(landmarks, PARTS[name], scale);
  const oval = fillPolygon(
    outline(landmarks).map(([x, y]) => [x * scale, y * scale] as const),
    size,
    size,
  );
  const hanging = connectedTo(
    size,
    size,
    (i) => oval[i]! < 0.2,
    (i) => hair[i]! > 0.35,
  );
  const cover = Float32Array.from(hanging);
  markFrames(cover, parse, oval, landmarks, scale);
  const grown = dilate(cover, size, size, 3);
  for (const { contour, factor, measured } of KEPT) {
    if (measured) {
      const feature = fillPolygon(points(contour), size, size);
      let all = 0;
      let hidden = 0;
      for (let i = 0; i < n; i++) {
        if (feature[i]! <= 0.5) continue;
        all++;
        if (hair[i]! >= 0.5) hidden++;
      }
      if (hidden > LARGEST_COVERED_SHARE * all) continue;
    }
    const zone = fillPolygon(growPolygon(points(contour), factor), size, size);
    for (let i = 0; i < n; i++) grown[i] = Math.max(0, grown[i]! - zone[i]!);
  }
  return gaussianBlur(grown, size, size, 1);
}

function markFrames(
  cover: Float32Array,
  parse: FaceParse,
  oval: Float32Array,
  landmarks: Float32Array,
  scale: number,
): void {
  const { size, skin } = parse;
  const lips = fillPolygon(contourPoints(landmarks, PARTS.outerLips, scale), size, size);
  const at = (i: number, k: number) => landmarks[3 * i + k]! * scale;
  const eyeLine = (at(VERTEX.rightEyeOuter, 1) + at(VERTEX.leftEyeOuter, 1)) / 2;
  const span = Math.hypot(
    at(VERTEX.rightEyeOuter, 0) - at(VERTEX.leftEyeOuter, 0),
    at(VERTEX.rightEyeOuter, 1) - at(VERTEX.leftEyeOuter, 1),
  );
  const found: number[] = [];
  for (let i = 0; i < size * size; i++) {
    const fromEyes = Math.abs(Math.floor(i / size) - eyeLine);
    if (oval[i]! > 0.5 && fromEyes < span * 0.45 && skin[i]! < 0.4 && lips[i]! < 0.5) found.push(i);
  }
  if (found.length > FRAME_SHARE * size * size) for (const i of found) cover[i] = 1;
}
