import { describe, expect, it } from 'vitest';
import { resizePil } from '#engine/image/exact/pil-resize.ts';
import type { ByteImage, LabelMap } from '#engine/image/picture.ts';
import { mergeRecolored, recolorMask, sharpeningInput } from '#engine/pipeline/rgi/recolor-merge.ts';
import { REGION_COUNT, regionById, regionIndex } from '#shared/regions.ts';
import { goldenPicture, largestDifference } from '#test/support/image-reference.ts';

const side = 128;
const n = side * side;
const flat = (level: number): ByteImage => ({
  width: side,
  height: side,
  channels: 3,
  data: new Uint8Array(3 * n).fill(level),
});
const mapOf = (label: (x: number, y: number) => number): LabelMap => ({
  width: 64,
  height: 64,
  labels: Uint8Array.from({ length: 64 * 64 }, (_, i) => label(i % 64, Math.floor(i / 64))),
});
const middle = 64 * side + 64;

describe('recolorMask', () => {
  it('takes three quarters of the re-coloured face in its regions', () => {
    const opacities = Array.from(
      { length: REGION_COUNT },
      (_, label) =>
        recolorMask(
          flat(100),
          mapOf(() => label),
        ).data[middle],
    );
    const regions = (['lips', 'brows', 'eyes', 'nose', 'skin', 'neck', 'mouth'] as const).map(
      (id) => regionById(id).index,
    );
    expect(opacities).toEqual(opacities.map((_, label) => (regions.includes(label as 1) ? 0.75 : 0)));
  });

  it('spares edges of the generated face', () => {
    const edged = flat(0);
    for (let i = 0; i < edged.data.length; i++) if (i % side >= 64) edged.data[i] = 200;
    const { data } = recolorMask(
      edged,
      mapOf(() => regionIndex('skin')),
    );
    // A line of two pixels at 255, softened over three and five.
    expect(data[middle]).toBeCloseTo(0.75 * (1 - 105 / 255), 5);
    expect(data[middle + 20]).toBe(0.75);
  });

  it('fades to the outside of the face', () => {
    const { data } = recolorMask(
      flat(9),
      mapOf((x) => (x < 32 ? 0 : 6)),
    );
    const row = [...data.subarray(64 * side, 64 * side + 80)];
    expect(row[50]).toBe(0);
    expect(row[75]).toBe(0.75);
    expect(row.every((v, i) => i === 0 || v >= row[i - 1]! - 1e-6)).toBe(true);
  });
});

describe('mergeRecolored', () => {
  const skin = mapOf(() => regionIndex('skin'));
  it('mixes by the mask and the strength', () => {
    const level = (strength: number) => mergeRecolored(flat(100), flat(200), skin, strength).data[middle];
    expect([0, 0.4, 1].map(level)).toEqual([100, 130, 175]);
  });

  it('leaves the generated face outside of its regions', () => {
    const generated = goldenPicture('recolor-merge', side, side, 3);
    const merged = mergeRecolored(
      generated,
      flat(0),
      mapOf(() => regionIndex('hair')),
      1,
    );
    expect(largestDifference(merged.data, generated.data)).toBe(0);
  });
});

describe('sharpeningInput', () => {
  it('is the picture enlarged with Pillow and reduced with corners kept', () => {
    const small = goldenPicture('sharpening', 16, 16, 3);
    const large = resizePil(small, 64, 64, 'bicubic');
    const x = sharpeningInput(small, 64);
    expect(x.length).toBe(3 * 256);
    for (let k = 0; k < 3; k++) {
      expect(x[k * 256]).toBe(Math.fround(large.data[k * 4096]! / 255));
      expect(x[k * 256 + 255]).toBe(Math.fround(large.data[k * 4096 + 4095]! / 255));
    }
    // Sample 1 lies at 63 / 15 = 4.2.
    expect(x[1]).toBeCloseTo((0.8 * large.data[4]! + 0.2 * large.data[5]!) / 255, 6);
  });
});
