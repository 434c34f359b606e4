import { type FacePart, PARTS } from '#engine/face/mesh.ts';
import type { LabelMap } from '#engine/image/picture.ts';
import { fillPolygon, type Point } from '#engine/image/polygon.ts';
import { resizePlane } from '#engine/image/resize.ts';
import { type RegionId, regionIndex } from '#shared/regions.ts';
import { contourPoints, VERTEX } from '../contours.ts';
import type { ParseContext } from './parse-context.ts';
import type { Posterior } from './posterior.ts';

/** The features in painting order: later ones cover earlier ones. */
const PAINTED: readonly { contour: FacePart; region: RegionId; lower?: number }[] = [
  { contour: 'nose', region: 'nose' },
  { contour: 'rightBrow', region: 'brows' },
  { contour: 'leftBrow', region: 'brows' },
  { contour: 'rightEye', region: 'eyes' },
  { contour: 'leftEye', region: 'eyes' },
  // Annotators end the lower lip before its shadow, and begin it above the mesh's inner contour.
  { contour: 'outerLips', region: 'lips', lower: 0.97 },
  { contour: 'innerLips', region: 'mouth', lower: 0.9 },
];
const FINER = 2;

/** Moves the corners below the line from `right` to `left` (as seen upright) towards it: their distance times `factor`. */
function flattenBelow(points: readonly Point[], [right, left]: readonly [Point, Point], factor: number): Point[] {
  const length = Math.hypot(left[0] - right[0], left[1] - right[1]);
  const [downX, downY] = [-(left[1] - right[1]) / length, (left[0] - right[0]) / length];
  return points.map(([x, y]): Point => {
    const below = Math.max(0, (x - right[0]) * downX + (y - right[1]) * downY);
    return [x - (1 - factor) * below * downX, y - (1 - factor) * below * downY];
  });
}

/** The label map at twice the size of the probability maps: materials first, then the mesh's features where skin shows. */
export function drawLabels(context: ParseContext, maps: Posterior): LabelMap {
  const { size, landmarks, frame, oval } = context;
  const fine = size * FINER;
  const n = fine * fine;
  const enlarge = (map: Float32Array) => resizePlane(map, size, size, fine, fine);
  const skin = enlarge(maps.skin);
  const hair = enlarge(maps.hair);
  const clothes = enlarge(maps.clothes);
  const background = enlarge(maps.background);
  const inFace = enlarge(oval);
  const u = enlarge(frame.u);
  const v = enlarge(frame.v);
  const label = {
    skin: regionIndex('skin'),
    hair: regionIndex('hair'),
    neck: regionIndex('neck'),
    ears: regionIndex('ears'),
  };
  const labels = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const most = Math.max(skin[i]!, hair[i]!, clothes[i]!, background[i]!);
    if (most === skin[i]!) {
      const across = Math.abs(u[i]!);
      if (inFace[i]! > 0.5 || (v[i]! < 0.35 && across < 0.5)) labels[i] = label.skin;
      else labels[i] = v[i]! > 0.3 && across < 0.6 ? label.neck : label.ears;
    } else if (most === hair[i]!) labels[i] = label.hair;
  }
  const corners = contourPoints(landmarks, [VERTEX.mouthRight, VERTEX.mouthLeft], FINER) as [Point, Point];
  for (const { contour, region, lower = 1 } of PAINTED) {
    const points = contourPoints(landmarks, PARTS[contour], FINER);
    const cover = fillPolygon(flattenBelow(points, corners, lower), fine, fine);
    const index = regionIndex(region);
    for (let i = 0; i < n; i++) {
      if (cover[i]! > 0.5 && inFace[i]! > 0.5 && labels[i] !== label.hair) labels[i] = index;
    }
  }
  return { width: fine, height: fine, labels };
}
