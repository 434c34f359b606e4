import { describe, expect, it } from 'vitest';
import { halfPlane, halfRgb, resizePlane, shrinkPlane } from '#engine/image/resize.ts';
import { largestDifference, noise } from './noise.ts';

describe('halving', () => {
  it('takes means of 2x2 cells and leaves out an odd rest', () => {
    const plane = { width: 3, height: 3, data: Float32Array.from([1, 2, 9, 3, 6, 9, 9, 9, 9]) };
    expect(halfPlane(plane)).toEqual({ width: 1, height: 1, data: Float32Array.from([3]) });
  });

  it('remembers the half of an image', () => {
    const image = { width: 4, height: 4, data: noise(48) };
    expect(halfRgb(image)).toBe(halfRgb(image));
    expect(halfRgb(image).data).toHaveLength(12);
  });
});

describe('shrinkPlane', () => {
  it('keeps the mean', () => {
    const data = noise(64);
    const small = shrinkPlane(data, 8, 8, 4);
    const mean = (v: Float32Array) => v.reduce((a, b) => a + b, 0) / v.length;
    expect(small.width).toBe(2);
    expect(mean(small.data)).toBeCloseTo(mean(data), 6);
  });
});

describe('resizePlane', () => {
  it('reproduces a ramp inside its edges', () => {
    const ramp = Float32Array.from({ length: 8 * 8 }, (_, i) => i % 8);
    const large = resizePlane(ramp, 8, 8, 16, 16);
    for (let x = 1; x < 15; x++) expect(large[5 * 16 + x]).toBeCloseTo((x + 0.5) / 2 - 0.5, 5);
  });

  it('is the identity at the same size', () => {
    const data = noise(35);
    expect(largestDifference(resizePlane(data, 7, 5, 7, 5), data)).toBe(0);
  });
});
