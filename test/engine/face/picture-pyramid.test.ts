import { describe, expect, it } from 'vitest';
import { PicturePyramid } from '#engine/face/picture-pyramid.ts';
import { regionToPicture } from '#engine/face/region.ts';
import type { RgbImage } from '#engine/image/picture.ts';

/** A horizontal ramp with a fine checkerboard on top: any size keeps the ramp, only filtering removes the squares. */
function pattern(width: number, height: number, contrast: number): RgbImage {
  const data = new Float32Array(3 * width * height);
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        data[(c * height + y) * width + x] = 0.5 + 0.3 * ((x + 0.5) / width - 0.5) + contrast * ((x + y) % 2 ? 1 : -1);
      }
    }
  }
  return { width, height, data };
}

describe('PicturePyramid', () => {
  it.each([2, 3.7, 9])('filters what a crop reduced %d times cannot show', (reduction) => {
    const [width, height] = [640, 480];
    const view = new PicturePyramid(pattern(width, height, 0.2)).crop([reduction, 0, 0, 0, reduction, 0], 40, 40);
    for (let y = 1; y < 39; y++) {
      for (let x = 1; x < 39; x++) {
        const expected = 0.5 + 0.3 * (((x + 0.5) * reduction) / width - 0.5);
        expect(Math.abs(view.data[y * 40 + x]! - expected)).toBeLessThan(0.012);
      }
    }
  });

  it('stays exact where nothing is reduced', () => {
    const image = pattern(64, 64, 0.2);
    const view = new PicturePyramid(image).crop([1, 0, 10, 0, 1, 20], 8, 8);
    expect(view.data[0]).toBeCloseTo(image.data[20 * 64 + 10]!, 6);
    expect(view.data[8 * 7 + 7]).toBeCloseTo(image.data[27 * 64 + 17]!, 6);
  });

  it('is black outside the picture', () => {
    const view = new PicturePyramid(pattern(64, 64, 0)).crop([1, 0, -32, 0, 1, 0], 64, 64);
    expect(view.data[10]).toBe(0);
    expect(view.data[40]).toBeGreaterThan(0.2);
  });

  it('takes pictures too small to halve', () => {
    const view = new PicturePyramid(pattern(5, 5, 0)).crop([5, 0, 0, 0, 5, 0], 1, 1);
    expect(view.data[0]).toBeCloseTo(0.5, 1);
  });
});

describe('regionToPicture', () => {
  it('centres, scales and turns', () => {
    const [a, b, c, d, e, f] = regionToPicture({ cx: 100, cy: 50, size: 40, angle: Math.PI / 2 }, 20);
    const at = (x: number, y: number) => [a * x + b * y + c, d * x + e * y + f];
    expect(at(10, 10)[0]).toBeCloseTo(100, 9);
    expect(at(10, 10)[1]).toBeCloseTo(50, 9);
    // The region's own right lies below in the picture.
    expect(at(20, 10)[0]).toBeCloseTo(100, 9);
    expect(at(20, 10)[1]).toBeCloseTo(70, 9);
  });
});
