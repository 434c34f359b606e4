import { describe, expect, it } from 'vitest';
import { gaussianFilter, mirrored } from '#engine/face/tracks/gaussian-filter.ts';

describe('gaussianFilter', () => {
  it('equals scipy.ndimage.gaussian_filter1d', () => {
    // scipy 1.17: gaussian_filter1d([0, 2, 1, -3, 0, 7, 5], sigma)
    const scipy = {
      1: [0.636651058, 0.88781937, 0.188931869, -0.446110354, 1.323792393, 4.146166323, 5.26274934],
      3: [0.835416451, 0.97592849, 1.254230378, 1.646728839, 2.090094116, 2.48271587, 2.714885856],
    };
    for (const sigma of [1, 3] as const) {
      const filtered = gaussianFilter([0, 2, 1, -3, 0, 7, 5], sigma);
      for (const [i, value] of scipy[sigma].entries()) expect(filtered[i]).toBeCloseTo(value, 8);
    }
  });

  it('keeps what does not change, and the sum of what does', () => {
    for (const value of gaussianFilter([3, 3, 3], 3)) expect(value).toBeCloseTo(3, 12);
    const sum = gaussianFilter([1, 2, 4, 8, 16], 3).reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(31, 10);
    expect(gaussianFilter([7], 3)[0]).toBeCloseTo(7, 12);
  });

  it('weighs neighbours by the normal density', () => {
    const filtered = gaussianFilter([0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], 1);
    expect(filtered[6]).toBeCloseTo(0.3989, 3);
    expect(filtered[7]! / filtered[6]!).toBeCloseTo(Math.exp(-0.5), 12);
    expect(filtered[11]).toBe(0);
  });
});

it('mirrored repeats the edge', () => {
  expect([-3, -2, -1, 0, 1, 2, 3, 4, 5].map((i) => mirrored(i, 3))).toEqual([2, 1, 0, 0, 1, 2, 2, 1, 0]);
  expect([-25, 12, 400].map((i) => mirrored(i, 1))).toEqual([0, 0, 0]);
});
