/**
 * Faces as drafts are made from them: the crop halved until it is small, everything that was found out about the whole
 * one kept. Each stage then works on a quarter of the pixels.
 */
import { mapPoints } from '#engine/face/alignment.ts';
import { composeAffine } from '#engine/image/affine.ts';
import { halfRgb } from '#engine/image/resize.ts';
import type { AlignedFace } from '../aligned-face.ts';
import { memoOn } from '../memo.ts';
import { type ClassicFace, classicFace } from './classic-face.ts';

/** Crops up to this side are small: a full result of them takes no longer than a draft may. */
export const DRAFT_SIZE = 512;

/** The face on half its crop; halving is exact for the landmarks, so both crops show the same. */
const halved = memoOn(
  (aligned: AlignedFace): AlignedFace => ({
    ...aligned,
    size: aligned.size / 2,
    crop: halfRgb(aligned.crop),
    landmarks: mapPoints(aligned.landmarks, [0.5, 0, 0, 0, 0.5, 0], 3),
    toPhoto: composeAffine(aligned.toPhoto, [2, 0, 0, 0, 2, 0]),
  }),
);

/** The crop that drafts are made from; the face itself where its crop is small already. */
export function draftAligned(aligned: AlignedFace): AlignedFace {
  let small = aligned;
  while (small.size > DRAFT_SIZE && small.size % 2 === 0) small = halved(small);
  return small;
}

/** A parsed face on the crop that `draftAligned` gives for it. */
export const draftFace = memoOn((face: ClassicFace) => classicFace(draftAligned(face.aligned), face.parse));
