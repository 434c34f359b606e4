import { type FacePart, PARTS } from '#engine/face/mesh.ts';
import type { LabelMap } from '#engine/image/picture.ts';
import { fillPolygon, growPolygon } from '#engine/image/polygon.ts';
import { resizePlane } from '#engine/image/resize.ts';
import { type RegionId, regionIndex } from '#shared/regions.ts';
import { contourPoints } from '../contours.ts';
import type { ParseContext } from './parse-context.ts';
import type { Posterior } from './posterior.ts';

/** The features in painting order: later ones cover earlier ones. */
const PAINTED: readonly { contour: FacePart; region: RegionId; factor?: number }[] = [
  { contour: 'nose', region: 'nose' },
  { contour: 'rightBrow', region: 'brows' },
  { contour: 'leftBrow', region: 'brows' },
  { contour: 'rightEye', region: 'eyes' },
  { contour: 'leftEye', region: 'eyes' },
  { contour: 'outerLips', region: 'lips' },
  // Annotators draw lips a little fuller inwards than the mesh's inner contour.
  { contour: 'innerLips', region: 'mouth', factor: 0.9 },
];
const FINER = 2;

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
  for (const { contour, region, factor = 1 } of PAINTED) {
    const points = growPolygon(contourPoints(landmarks, PARTS[contour], FINER), factor);
    const cover = fillPolygon(points, fine, fine);
    const index = regionIndex(region);
    for (let i = 0; i < n; i++) {
      if (cover[i]! > 0.5 && inFace[i]! > 0.5 && labels[i] !== label.hair) labels[i] = index;
    }
  }
  return { width: fine, height: fine, labels };
}
