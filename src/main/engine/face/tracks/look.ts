/** A small picture of a face: what its signature and its sharpness are read from. */
import type { Affine } from '#engine/image/affine.ts';
import type { RgbImage } from '#engine/image/picture.ts';
import type { PictureView } from '../picture-view.ts';
import { regionToPicture, type SquareRegion } from '../region.ts';

/** Side of the small picture; the face fills two thirds of it. */
export const LOOK_SIZE = 72;

export interface FaceLook {
  /** 72 x 72. */
  readonly image: RgbImage;
  readonly toPicture: Affine;
}

/** @param region the square round the face's mesh */
export function lookAt(picture: PictureView, region: SquareRegion): FaceLook {
  const toPicture = regionToPicture(region, LOOK_SIZE);
  return { image: picture.crop(toPicture, LOOK_SIZE, LOOK_SIZE), toPicture };
}
