import { describe, expect, it } from 'vitest';
import { SOFT_EROSION_KERNEL, softErosion } from '#engine/image/exact/soft-erosion.ts';
import { ELLIPSE_SIDE, ellipse, imageReference, largestDifference } from '#test/support/image-reference.ts';

const reference = imageReference.soft_erosion;

describe('softErosion', () => {
  const { data } = softErosion({ width: ELLIPSE_SIDE, height: ELLIPSE_SIDE, data: ellipse });
  const row = (y: number) => data.subarray(y * ELLIPSE_SIDE, (y + 1) * ELLIPSE_SIDE);

  it('gives the numbers of the original', () => {
    expect(largestDifference(row(20), reference.row20)).toBeLessThan(1e-5);
    expect(largestDifference(row(8), reference.row8)).toBeLessThan(1e-5);
    const column = Float32Array.from({ length: ELLIPSE_SIDE }, (_, y) => data[y * ELLIPSE_SIDE + 18]!);
    expect(largestDifference(column, reference.col18)).toBeLessThan(1e-5);
  });

  it('has the kernel of the original', () => {
    expect(largestDifference(SOFT_EROSION_KERNEL.subarray(7 * 15, 8 * 15), reference.kernel_row7)).toBeLessThan(1e-8);
    expect(SOFT_EROSION_KERNEL.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  });

  it('fades at the border of the picture', () => {
    const ones = softErosion({ width: 16, height: 16, data: new Float32Array(256).fill(1) });
    expect(largestDifference(ones.data.subarray(0, 16), reference.ones_16x16_row0)).toBeLessThan(1e-5);
  });

  it('leaves an empty mask empty, where the original divides by zero', () => {
    const nothing = softErosion({ width: 16, height: 16, data: new Float32Array(256) });
    expect(nothing.data.every((v) => v === 0)).toBe(true);
  });
});
