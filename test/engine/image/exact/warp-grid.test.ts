import { describe, expect, it } from 'vitest';
import type { Affine } from '#engine/image/affine.ts';
import { warpLevels, warpPlane } from '#engine/image/exact/warp-grid.ts';
import { goldenUnits } from '#test/support/golden-tensors.ts';
import { goldenPicture, largestDifference } from '#test/support/image-reference.ts';

const picture = goldenPicture('warp', 16, 16, 3);
const plane = { width: 16, height: 16, data: Float32Array.from(goldenUnits('warp-plane', 256)) };

/** The value at (u, v) by the four nearest samples, zero outside. */
function bilinear(u: number, v: number): number {
  const at = (x: number, y: number) => (x < 0 || y < 0 || x > 15 || y > 15 ? 0 : plane.data[16 * y + x]!);
  const [x, y] = [Math.floor(u), Math.floor(v)];
  const [f, g] = [u - x, v - y];
  return (at(x, y) * (1 - f) + at(x + 1, y) * f) * (1 - g) + (at(x, y + 1) * (1 - f) + at(x + 1, y + 1) * f) * g;
}

describe('warps on the grid of OpenCV', () => {
  it('leave a picture as it is', () => {
    expect(warpLevels(picture, [1, 0, 0, 0, 1, 0], 16, 16)).toEqual(picture);
  });

  it('shift by whole pixels, with black beyond the border', () => {
    const moved = warpLevels(picture, [1, 0, 3, 0, 1, -2], 16, 16);
    expect(moved.data[16 * 5 + 7]).toBe(picture.data[16 * 7 + 4]);
    expect(moved.data[16 * 5 + 2]).toBe(0);
    expect(moved.data[16 * 15 + 7]).toBe(0);
  });

  it('read between pixels at multiples of 1/32', () => {
    // 0.2 is 6.4 / 32: the sixth fraction is read.
    const { data } = warpPlane(plane, [1, 0, -0.2, 0, 1, 0], 16, 16);
    expect(data[16 * 4 + 4]).toBeCloseTo(bilinear(4 + 6 / 32, 4), 6);
  });

  it('stay within a grid step of the exact warp', () => {
    const map: Affine = [0.8, -0.3, 5, 0.3, 0.8, -1];
    const { data } = warpPlane(plane, map, 20, 12);
    const det = 0.8 * 0.8 + 0.3 * 0.3;
    const exact = Array.from({ length: 240 }, (_, i) => {
      const [x, y] = [(i % 20) - 5, Math.floor(i / 20) + 1];
      return bilinear((0.8 * x + 0.3 * y) / det, (-0.3 * x + 0.8 * y) / det);
    });
    expect(largestDifference(data, exact)).toBeLessThan(2 / 32);
  });

  it('refuse a map without an inverse', () => {
    expect(() => warpPlane(plane, [1, 1, 0, 1, 1, 0], 4, 4)).toThrow(RangeError);
  });
});
