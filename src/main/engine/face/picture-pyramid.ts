/** Repeated crops of one picture: the halved copies that area filtering needs are made once, when first needed. */
import { type Affine, affineScale } from '#engine/image/affine.ts';
import type { RgbImage } from '#engine/image/picture.ts';
import { halfRgb } from '#engine/image/resize.ts';
import { warpAffine } from '#engine/image/warp.ts';
import type { PictureView } from './picture-view.ts';

/** Beyond this reduction the next smaller copy is sampled. */
const MAX_REDUCTION = 1.5;
/** Copies do not get smaller than this. */
const SMALLEST_SIDE = 32;

export class PicturePyramid implements PictureView {
  readonly width: number;
  readonly height: number;
  readonly #levels: RgbImage[];

  constructor(image: RgbImage) {
    this.width = image.width;
    this.height = image.height;
    this.#levels = [image];
  }

  /** The picture itself. */
  get image(): RgbImage {
    return this.#levels[0]!;
  }

  crop(toPicture: Affine, width: number, height: number): RgbImage {
    let reduction = affineScale(toPicture);
    let index = 0;
    while (reduction > MAX_REDUCTION && this.#hasLevel(index + 1)) {
      reduction /= 2;
      index++;
    }
    const level = this.#levels[index]!;
    const x = level.width / this.width;
    const y = level.height / this.height;
    const [a, b, c, d, e, f] = toPicture;
    return warpAffine(level, [a * x, b * x, c * x, d * y, e * y, f * y], width, height);
  }

  /** Makes level `index` from the one before it; false when that would be too small. */
  #hasLevel(index: number): boolean {
    if (this.#levels[index] !== undefined) return true;
    const previous = this.#levels[index - 1]!;
    if (Math.min(previous.width, previous.height) < 2 * SMALLEST_SIDE) return false;
    this.#levels[index] = halfRgb(previous);
    return true;
  }
}
