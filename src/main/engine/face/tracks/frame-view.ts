/** A video frame as face analysis looks at it: 8-bit pixels, of which only what a crop shows becomes floats. */
import { type Affine, affineScale, applyAffine } from '#engine/image/affine.ts';
import type { RgbImage } from '#engine/image/picture.ts';
import { warpAffine } from '#engine/image/warp.ts';
import type { PictureView } from '../picture-view.ts';

/** An upright frame, 8-bit RGB, row-major without padding. */
export interface ClipFrame {
  /** Counted from 0 over the whole clip. */
  readonly index: number;
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** Beyond this reduction blocks of pixels are averaged before sampling, as `PicturePyramid` does it. */
const MAX_REDUCTION = 1.5;

export class FrameView implements PictureView {
  readonly width: number;
  readonly height: number;
  readonly #pixels: Uint8Array;

  /** Looks at the frame's own pixels, which must not change meanwhile. */
  constructor(frame: Pick<ClipFrame, 'width' | 'height' | 'pixels'>) {
    this.width = frame.width;
    this.height = frame.height;
    this.#pixels = frame.pixels;
  }

  crop(toPicture: Affine, width: number, height: number): RgbImage {
    let block = 1;
    for (let reduction = affineScale(toPicture); reduction > MAX_REDUCTION; reduction /= 2) block *= 2;
    const corners = [
      [0, 0],
      [width, 0],
      [0, height],
      [width, height],
    ].map(([x, y]) => applyAffine(toPicture, x!, y!));
    // In blocks; one more on each side for interpolation.
    const range = (values: readonly number[], length: number): [from: number, count: number] => {
      const from = Math.max(0, Math.floor(Math.min(...values) / block) - 1);
      const to = Math.min(Math.ceil(length / block), Math.ceil(Math.max(...values) / block) + 1);
      return [from, to - from];
    };
    const [x0, columns] = range(
      corners.map(([x]) => x),
      this.width,
    );
    const [y0, rows] = range(
      corners.map(([, y]) => y),
      this.height,
    );
    if (columns < 2 || rows < 2) return { width, height, data: new Float32Array(3 * width * height) };
    const part = this.#blockMeans(x0, y0, columns, rows, block);
    const [a, b, c, d, e, f] = toPicture;
    const [s, x, y] = [1 / block, x0, y0];
    return warpAffine(part, [a * s, b * s, c * s - x, d * s, e * s, f * s - y], width, height);
  }

  /** Means of block x block pixels, of fewer at the right and lower edges. */
  #blockMeans(x0: number, y0: number, columns: number, rows: number, block: number): RgbImage {
    const pixels = this.#pixels;
    const n = columns * rows;
    const data = new Float32Array(3 * n);
    // Whole rows of pixels at a time, as they lie in memory.
    const sums = new Int32Array(3 * columns);
    const wholeBlocks = Math.min(columns, Math.floor(this.width / block) - x0);
    for (let row = 0; row < rows; row++) {
      const top = (y0 + row) * block;
      const bottom = Math.min(top + block, this.height);
      sums.fill(0);
      for (let y = top; y < bottom; y++) {
        let p = 3 * (y * this.width + x0 * block);
        for (let column = 0, i = 0; column < columns; column++, i += 3) {
          const end = column < wholeBlocks ? p + 3 * block : 3 * (y + 1) * this.width;
          let r = 0;
          let g = 0;
          let b = 0;
          for (; p < end; p += 3) {
            r += pixels[p]!;
            g += pixels[p + 1]!;
            b += pixels[p + 2]!;
          }
          sums[i]! += r;
          sums[i + 1]! += g;
          sums[i + 2]! += b;
        }
      }
      const lines = 255 * (bottom - top);
      for (let column = 0, i = row * columns; column < columns; column++, i++) {
        const share = 1 / (lines * (column < wholeBlocks ? block : this.width - (x0 + column) * block));
        data[i] = sums[3 * column]! * share;
        data[i + n] = sums[3 * column + 1]! * share;
        data[i + 2 * n] = sums[3 * column + 2]! * share;
      }
    }
    return { width: columns, height: rows, data };
  }
}
