import { describe, expect, it } from 'vitest';
import {
  blurLevels,
  blurPlane,
  GAUSSIAN_3,
  GAUSSIAN_5,
  GAUSSIAN_7,
  gaussianKernel,
} from '#engine/image/exact/gaussian.ts';
import { goldenLevels, imageReference, largestDifference } from '#test/support/image-reference.ts';

const levels = goldenLevels('blur12', 144);
const reference = imageReference.cv2_gaussian_u8;

describe('blurLevels', () => {
  it.each([
    [GAUSSIAN_3, reference.k3_s5],
    [GAUSSIAN_5, reference.k5_s11],
    [GAUSSIAN_7, reference.k7_s11],
  ])('gives the levels of OpenCV for the kernel %j', (kernel, expected) => {
    expect([...blurLevels(levels, 12, 12, kernel)]).toEqual(expected.flat());
  });
});

describe('blurPlane', () => {
  it('agrees with the fixed-point filter up to its rounding', () => {
    const plane = blurPlane(Float32Array.from(levels), 12, 12, gaussianKernel(7, 11));
    expect(largestDifference(plane, reference.k7_s11.flat())).toBeLessThan(1.5);
  });

  it('spreads a point as the kernel says and mirrors it at the border', () => {
    const point = new Float32Array(25);
    point[7] = 1;
    const kernel = gaussianKernel(5, 1);
    const out = blurPlane(point, 5, 5, kernel);
    expect(out[12]).toBeCloseTo(kernel[1]! * kernel[2]!, 6);
    // Row 0 sees row 1 from both sides.
    expect(out[2]).toBeCloseTo(2 * kernel[1]! * kernel[2]!, 6);
    expect(gaussianKernel(101, 11).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  });
});
