/** What face analysis needs of a picture: its size, and crops of it, however its pixels are kept. */
import type { Affine } from '#engine/image/affine.ts';
import type { RgbImage } from '#engine/image/picture.ts';

export interface PictureView {
  readonly width: number;
  readonly height: number;
  /** width x height pixels in [0, 1]; pixel (x, y) shows the picture at `toPicture`(x, y), black outside it. */
  crop(toPicture: Affine, width: number, height: number): RgbImage;
}
