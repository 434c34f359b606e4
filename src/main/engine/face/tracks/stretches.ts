/** What is known of each unbroken stretch of a face: where it begins and ends, and what the face looks like. */
import type { HeadAngles } from '../pose.ts';
import type { FaceObservation } from './observation.ts';
import { compareSignatures, type Likeness, visibilityOf } from './signature.ts';

/** Looks are kept apart by yaw: upper bounds of all but the last, degrees. */
const YAW_BOUNDS = [-25, -9, 9, 25] as const;

/** The mean look of a face over some range of yaw. */
interface Look {
  count: number;
  readonly signature: Float32Array;
  readonly visibility: Float32Array;
}

/** Looks by range of yaw; undefined where the face was never seen so. */
export type Gallery = (Look | undefined)[];

/** Place of the face in a frame, pixels. */
export interface FacePlace {
  readonly frame: number;
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

export interface Stretch {
  readonly id: number;
  readonly first: FacePlace;
  last: FacePlace;
  frames: number;
  readonly gallery: Gallery;
}

export const emptyGallery = (): Gallery => YAW_BOUNDS.map(() => undefined).concat([undefined]);

const rangeOf = ({ yaw }: HeadAngles): number => {
  const range = YAW_BOUNDS.findIndex((bound) => yaw < bound);
  return range < 0 ? YAW_BOUNDS.length : range;
};

/** Adds a face to a gallery. */
export function learn(gallery: Gallery, face: FaceObservation, pose: HeadAngles, pixelsPerCentimetre: number): void {
  const visibility = visibilityOf(face.landmarks, pixelsPerCentimetre);
  const range = rangeOf(pose);
  gallery[range] = merged(gallery[range], {
    count: 1,
    signature: Float32Array.from(face.signature),
    visibility,
  });
}

export const mergeGalleries = (a: Gallery, b: Gallery): Gallery =>
  a.map((look, range) => {
    const other = b[range];
    return other === undefined ? look : merged(look, other);
  });

function merged(a: Look | undefined, b: Look): Look {
  if (a === undefined) return b;
  const count = a.count + b.count;
  const share = b.count / count;
  const mix = (x: Float32Array, y: Float32Array) => x.map((value, i) => value + share * (y[i]! - value));
  return { count, signature: mix(a.signature, b.signature), visibility: mix(a.visibility, b.visibility) };
}

/** How alike a single face and a gallery look. */
export function compareWithGallery(
  face: FaceObservation,
  pose: HeadAngles,
  pixelsPerCentimetre: number,
  gallery: Gallery,
): Likeness {
  const single = emptyGallery();
  learn(single, face, pose, pixelsPerCentimetre);
  return compareGalleries(single, gallery);
}

/** How alike two faces look, compared at the yaws that are nearest to one another. */
export function compareGalleries(a: Gallery, b: Gallery): Likeness {
  let nearest = Number.POSITIVE_INFINITY;
  for (const [i, look] of a.entries()) {
    for (const [j, other] of b.entries()) {
      if (look !== undefined && other !== undefined) nearest = Math.min(nearest, Math.abs(i - j));
    }
  }
  let [relief, colour, total] = [0, 0, 0];
  for (const [i, look] of a.entries()) {
    for (const [j, other] of b.entries()) {
      if (look === undefined || other === undefined || Math.abs(i - j) > nearest) continue;
      const weight = Math.min(look.count, other.count);
      const seen = look.visibility.map((value, cell) => value * other.visibility[cell]!);
      const likeness = compareSignatures(look.signature, other.signature, seen);
      relief += weight * likeness.relief;
      colour += weight * likeness.colour;
      total += weight;
    }
  }
  return total === 0 ? { relief: 0, colour: 1 } : { relief: relief / total, colour: colour / total };
}
