/** Knows a face by its place: numbers are another search's, boxes are the picture's. Pure. */
import type { FaceBox } from '#shared/jobs.ts';
import { type Corners, overlap } from './detector-head.ts';
import type { DetectedFace } from './faces.ts';

/** Boxes of one face, found in two ways, cover each other by more than this (intersection over union). */
const SAME_FACE = 0.4;

/** The face whose box covers this one best; undefined where none covers enough of it. */
export function faceAt<T extends Pick<DetectedFace, 'box'>>(faces: readonly T[], box: FaceBox): T | undefined {
  const wanted = cornersOf(box);
  const sharedBy = ({ box: other }: T) => overlap(cornersOf(other), wanted);
  const [best] = faces.toSorted((a, b) => sharedBy(b) - sharedBy(a));
  return best && sharedBy(best) > SAME_FACE ? best : undefined;
}

const cornersOf = ([x, y, width, height]: FaceBox): Corners => [x, y, x + width, y + height];
