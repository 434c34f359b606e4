import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PersonSegmenter } from '#engine/face/person-mask.ts';
import type { RgbImage } from '#engine/image/picture.ts';
import reference from '#test/reference/face/selfie-segmentation.json' with { type: 'json' };

const SIZE = 256;
const inside = (x: number, y: number, cx: number, cy: number, rx: number, ry: number) =>
  ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1;

/** 8-bit colour of the drawing of a person that the reference was computed on. */
function colourAt(x: number, y: number): readonly [number, number, number] {
  if (inside(Math.abs(x - 128), y, 20, 88, 9, 5)) return [40, 30, 30];
  if (inside(x, y, 128, 128, 18, 5)) return [150, 60, 60];
  if (inside(x, y, 128, 84, 54, 62) && y < 70) return [50, 35, 25];
  if (inside(x, y, 128, 96, 46, 60)) return [220 - (x >> 3), 170 - (x >> 3), 140];
  if (inside(x, y, 128, 256, 96, 96)) return [40, 60, 120];
  return [150 + (y >> 2), 170 + (x >> 3), 160];
}

function drawing(scale = 1): RgbImage {
  const side = SIZE * scale;
  const data = new Float32Array(3 * side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      colourAt(Math.floor(x / scale), Math.floor(y / scale)).forEach((value, c) => {
        data[(c * side + y) * side + x] = value / 255;
      });
    }
  }
  return { width: side, height: side, data };
}

describe('PersonSegmenter', () => {
  let segmenter: PersonSegmenter;
  beforeAll(async () => {
    segmenter = await PersonSegmenter.open();
  });
  afterAll(() => segmenter[Symbol.asyncDispose]());

  it("computes what MediaPipe's own runtime computes", async () => {
    const { data } = await segmenter.mask(drawing());
    const actual: number[] = [];
    for (let y = 4; y < SIZE; y += 8) for (let x = 4; x < SIZE; x += 8) actual.push(data[y * SIZE + x]!);
    expect(actual).toHaveLength(reference.mask.length);
    const differences = actual.map((value, i) => Math.abs(value - reference.mask[i]! / 255));
    // The reference has 8 bits and comes from a GPU path in half precision.
    expect(Math.max(...differences)).toBeLessThan(0.03);
    expect(differences.reduce((sum, d) => sum + d, 0) / differences.length).toBeLessThan(0.001);
  });

  it('gives a mask of the size of the crop', async () => {
    const mask = await segmenter.mask(drawing(2));
    expect([mask.width, mask.height, mask.data.length]).toEqual([512, 512, 512 * 512]);
    expect(mask.data[2 * 96 * 512 + 2 * 128]).toBeGreaterThan(0.95);
    expect(mask.data[2 * 20 * 512 + 2 * 20]).toBeLessThan(0.05);
  });
});
