import { describe, expect, it } from 'vitest';
import { dilateBox } from '#engine/image/exact/box-morphology.ts';
import { resizePil } from '#engine/image/exact/pil-resize.ts';
import type { ByteImage } from '#engine/image/picture.ts';
import {
  blendLevels,
  fillFromOutput,
  fillMask,
  type Hole,
  inpainterInput,
  inpaintMask,
  isEmptyHole,
  mergeInpainted,
} from '#engine/pipeline/rgi/inpaint-merge.ts';
import {
  ELLIPSE_SIDE,
  ellipse,
  goldenPicture,
  imageReference,
  largestDifference,
  runLengths,
} from '#test/support/image-reference.ts';

const small: Hole = { size: ELLIPSE_SIDE, data: Uint8Array.from(ellipse) };
/** The original's dilations reach one row down only, since it hands OpenCV a tuple. */
const oneRowDown = (mask: Uint8Array<ArrayBuffer>, size: number) =>
  dilateBox(mask, size, size, { left: 0, right: 0, up: 1, down: 0 });

describe('masks of the inpainting', () => {
  const reference = imageReference.inpaint_masks;

  it('are the original’s with the original’s dilation', () => {
    expect(fillMask(small, oneRowDown).map((v) => v / 255)).toEqual(runLengths(reference.net_mask_rle));
    const levels = blendLevels(small, oneRowDown);
    expect([...levels.subarray(20 * ELLIPSE_SIDE, 21 * ELLIPSE_SIDE)]).toEqual(reference.blend_mask_u8_row20);
    expect(Array.from({ length: ELLIPSE_SIDE }, (_, y) => levels[y * ELLIPSE_SIDE + 18])).toEqual(
      reference.blend_mask_u8_col18,
    );
  });

  it('grow to all sides', () => {
    const point = { size: 32, data: new Uint8Array(1024) };
    point.data[16 * 32 + 16] = 1;
    const extent = (mask: Uint8Array) => {
      const rows = [...mask].flatMap((v, i) => (v === 0 ? [] : [Math.floor(i / 32)]));
      const columns = [...mask].flatMap((v, i) => (v === 0 ? [] : [i % 32]));
      return [Math.min(...rows), Math.max(...rows), Math.min(...columns), Math.max(...columns)];
    };
    // One pixel of dilation and one of blur; two, three and one.
    expect(extent(fillMask(point))).toEqual([14, 18, 14, 18]);
    expect(extent(blendLevels(point))).toEqual([10, 22, 10, 22]);
  });
});

const side = 512;
const picture = goldenPicture('inpaint', side, side, 3);
const hole: Hole = {
  size: side,
  data: Uint8Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [i % side, Math.floor(i / side)];
    return x >= 200 && x < 260 && y >= 300 && y < 340 ? 1 : 0;
  }),
};
const n = 256 * 256;
const prepared = inpainterInput(picture, hole);

describe('inpainterInput', () => {
  it('is the reduced picture without the hole, and the hole', () => {
    const reduced = resizePil(picture, 256, 256, 'bicubic').data;
    for (let i = 0; i < n; i++) {
      const [x, y] = [i % 256, Math.floor(i / 256)];
      // 60 x 40 pixels with a border of 2 are cells of 2 x 2.
      const filled = x >= 99 && x < 131 && y >= 149 && y < 171;
      const expected = [0, 1, 2].map((k) => (filled ? 0 : Math.fround(reduced[k * n + i]! / 255)));
      const actual = [0, 1, 2, 3].map((k) => prepared.x[k * n + i]);
      if (`${actual}` !== `${[...expected, filled ? 1 : 0]}`) throw new Error(`${actual} at ${x}, ${y}`);
    }
    expect(prepared.areaRatio).toBeCloseTo((32 * 22) / n, 9);
  });
});

describe('fillFromOutput', () => {
  it('takes the output in the hole, clipped, and the picture elsewhere', () => {
    const output = Float32Array.from({ length: 3 * n }, (_, i) => (i < n ? 0.5 : i < 2 * n ? 1.7 : -2));
    const filled = fillFromOutput(prepared, output);
    const reduced = resizePil(picture, 256, 256, 'bicubic');
    const inside = 160 * 256 + 110;
    expect([0, 1, 2].map((k) => filled.data[k * n + inside])).toEqual([128, 255, 0]);
    const outside = filled.data.filter((_, i) => prepared.x[3 * n + (i % n)] === 0);
    expect(
      largestDifference(
        outside,
        reduced.data.filter((_, i) => prepared.x[3 * n + (i % n)] === 0),
      ),
    ).toBe(0);
  });
});

describe('mergeInpainted', () => {
  const white: ByteImage = { ...picture, data: new Uint8Array(3 * side * side).fill(255) };

  it('puts the fill into the hole and leaves everything at a distance as it is', () => {
    const merged = mergeInpainted(picture, white, hole);
    const mask = inpaintMask(hole, side).data;
    for (let i = 0; i < side * side; i++) {
      const [x, y] = [i % side, Math.floor(i / side)];
      const away = Math.max(200 - x, x - 259, 300 - y, y - 339);
      if (away <= 0 && mask[i] !== 1) throw new Error(`${mask[i]} in the hole at ${x}, ${y}`);
      if (away > 16 && merged.data[i] !== picture.data[i]) throw new Error(`changed at ${x}, ${y}`);
    }
    expect(merged.data[320 * side + 230]).toBe(255);
  });

  it('changes nothing without a hole', () => {
    const none = { size: side, data: new Uint8Array(side * side) };
    expect(isEmptyHole(none)).toBe(true);
    expect(isEmptyHole(hole)).toBe(false);
    expect(largestDifference(mergeInpainted(picture, white, none).data, picture.data)).toBe(0);
  });
});
