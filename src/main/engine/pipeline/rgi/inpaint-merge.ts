/** Before and after the inpainting network: what it sees of a picture, and how its fill is put in (E4S `_inpaint_face`). */
import { dilateBox, square } from '#engine/image/exact/box-morphology.ts';
import { toLevels } from '#engine/image/exact/byte-image.ts';
import { blurLevels, GAUSSIAN_3, GAUSSIAN_7 } from '#engine/image/exact/gaussian.ts';
import { resizeAlignedCorners } from '#engine/image/exact/linear-resize.ts';
import { resizePil } from '#engine/image/exact/pil-resize.ts';
import { softErosion } from '#engine/image/exact/soft-erosion.ts';
import type { ByteImage, Plane } from '#engine/image/picture.ts';
import { INPAINTER_SIZE } from '#engine/networks/inpainter.ts';
import { compose } from './multi-band.ts';

/** The mismatch region: ones and zeros, `size` x `size`. */
export interface Hole {
  readonly size: number;
  readonly data: Uint8Array<ArrayBuffer>;
}

export const isEmptyHole = (hole: Hole): boolean => !hole.data.includes(1);

/** A mask of levels grown over its pixels' neighbourhood. */
type Grow = (mask: Uint8Array<ArrayBuffer>, size: number) => Uint8Array<ArrayBuffer>;

const growBy =
  (radius: number): Grow =>
  (mask, size) =>
    dilateBox(mask, size, size, square(radius));

/** Blurred, and everything that the blur reached at 255. */
function spread(mask: Uint8Array, size: number, kernel: readonly number[]): Uint8Array<ArrayBuffer> {
  const out = blurLevels(mask, size, size, kernel);
  for (let i = 0; i < out.length; i++) if (out[i] !== 0) out[i] = 255;
  return out;
}

const levelsOf = (hole: Hole): Uint8Array<ArrayBuffer> => hole.data.map((v) => v * 255);

/** What the network fills, levels 0 and 255 at the hole's size. */
export const fillMask = (hole: Hole, grow: Grow = growBy(1)): Uint8Array<ArrayBuffer> =>
  spread(grow(levelsOf(hole), hole.size), hole.size, GAUSSIAN_3);

/** What is taken of the fill, levels at the hole's size, before it is softened. */
export function blendLevels(hole: Hole, grow: Grow = growBy(2)): Uint8Array<ArrayBuffer> {
  const wide = spread(grow(levelsOf(hole), hole.size), hole.size, GAUSSIAN_7);
  return blurLevels(wide, hole.size, hole.size, GAUSSIAN_3);
}

export interface InpainterInput {
  /** [1, 4, 256, 256]: RGB in [0, 1] without what is to be filled; 1 where it is. */
  readonly x: Float32Array<ArrayBuffer>;
  /** Part of the area that is to be filled. */
  readonly areaRatio: number;
  /** RGB planes of the picture at 256, [0, 1]. */
  readonly picture: Float32Array<ArrayBuffer>;
}

/** The network's input for a picture and its hole; the hole's side is a multiple of 256. */
export function inpainterInput(picture: ByteImage, hole: Hole): InpainterInput {
  const size = INPAINTER_SIZE;
  const n = size * size;
  const cell = hole.size / size;
  const small = Float32Array.from(resizePil(picture, size, size, 'bicubic').data, (v) => v / 255);
  const wanted = fillMask(hole);
  const x = new Float32Array(4 * n);
  wanted.forEach((v, i) => {
    if (v === 0) return;
    const [column, row] = [i % hole.size, Math.floor(i / hole.size)];
    x[3 * n + Math.floor(row / cell) * size + Math.floor(column / cell)] = 1;
  });
  let area = 0;
  for (let i = 0; i < n; i++) {
    const filled = x[3 * n + i]!;
    area += filled;
    for (let k = 0; k < 3; k++) x[k * n + i] = small[k * n + i]! * (1 - filled);
  }
  return { x, areaRatio: area / n, picture: small };
}

/** The picture at 256 with the network's output [1, 3, 256, 256] in the hole. */
export function fillFromOutput({ x, picture }: InpainterInput, output: Float32Array): ByteImage {
  const n = INPAINTER_SIZE ** 2;
  const levels = picture.map((v, i) => {
    const filled = x[3 * n + (i % n)]!;
    return 255 * (v * (1 - filled) + Math.min(1, Math.max(0, output[i]!)) * filled);
  });
  return { width: INPAINTER_SIZE, height: INPAINTER_SIZE, channels: 3, data: toLevels(levels, 'round') };
}

/** How much of the fill each pixel of a picture of side `size` takes. */
export function inpaintMask(hole: Hole, size: number): Plane {
  const data = Float32Array.from(blendLevels(hole), (v) => v / 255);
  return softErosion(resizeAlignedCorners({ width: hole.size, height: hole.size, data }, size, size));
}

/** The picture with the fill (of its size) in the hole. */
export const mergeInpainted = (picture: ByteImage, filled: ByteImage, hole: Hole): ByteImage =>
  compose(filled, picture, inpaintMask(hole, picture.width));
