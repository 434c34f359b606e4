/** What a draft is pasted into: the photo as a window shows it. Pasting into all pixels of a large photo takes longer than the rest. */
import type { Affine } from '#engine/image/affine.ts';
import type { DecodedPicture } from '#engine/image/picture.ts';
import { reducePicture } from '#engine/image/reduce-picture.ts';
import type { Rect } from '#engine/image/working.ts';
import { memoOn } from './memo.ts';

/** Longest side, pixels: about what a draft's crop holds of a face that fills the photo. */
const DRAFT_SIDE = 1536;

export interface DraftPicture {
  readonly picture: DecodedPicture;
  /** Coordinates of the photo to its own. */
  readonly fromPhoto: Affine;
}

/** Made once for each photo. */
export const draftPicture = memoOn(async (photo: DecodedPicture): Promise<DraftPicture> => {
  const picture = await reducePicture(photo, DRAFT_SIDE);
  return { picture, fromPhoto: [picture.width / photo.width, 0, 0, 0, picture.height / photo.height, 0] };
});

/** The pixels of the photo that a rectangle of the draft lies on. */
export function inPhoto({ x, y, width, height }: Rect, { fromPhoto: [sx, , , , sy] }: DraftPicture): Rect {
  const [left, top] = [Math.floor(x / sx), Math.floor(y / sy)];
  return { x: left, y: top, width: Math.ceil((x + width) / sx) - left, height: Math.ceil((y + height) / sy) - top };
}
