import type { Affine } from '#engine/image/affine.ts';
import type { RgbImage } from '#engine/image/picture.ts';

/** A face in its square crop, FFHQ alignment: the eyes level, the face upright. */
export interface AlignedFace {
  /** Side of the crop, pixels. */
  readonly size: number;
  /** sRGB; black outside the photo. */
  readonly crop: RgbImage;
  /** 478 mesh points in pixels of the crop, x y z interleaved; smaller z is nearer. */
  readonly landmarks: Float32Array;
  /** Crop coordinates to coordinates of the upright photo. */
  readonly toPhoto: Affine;
  /** What varies slowly over the face is found at half the usual resolution. */
  readonly coarse?: boolean | undefined;
}
