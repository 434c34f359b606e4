import { describe, expect, it } from 'vitest';
import { collapsePyramid, expandPlane, gaussianPyramid, laplacianPyramid, reducePlane } from '#engine/image/pyramid.ts';
import { largestDifference, noise } from './noise.ts';

describe('pyramids', () => {
  it.each([
    [64, 48],
    [37, 29],
  ])('collapse what they took apart (%i x %i)', (width, height) => {
    const plane = { width, height, data: noise(width * height) };
    const bands = laplacianPyramid(plane, 5);
    expect(bands.map((b) => b.width)).toEqual(gaussianPyramid(plane, 5).map((l) => l.width));
    expect(largestDifference(collapsePyramid(bands).data, plane.data)).toBeLessThan(1e-5);
  });

  it('reduces with the binomial kernel', () => {
    const plane = { width: 9, height: 1, data: Float32Array.from([0, 0, 0, 0, 16, 0, 0, 0, 0]) };
    // One row: the vertical pass sees the same row five times.
    expect([...reducePlane(plane).data]).toEqual([0, 1, 6, 1, 0]);
  });

  it('keeps constants when it enlarges', () => {
    const out = expandPlane({ width: 3, height: 2, data: new Float32Array(6).fill(0.7) }, 6, 3);
    expect(largestDifference(out.data, new Float32Array(18).fill(0.7))).toBeLessThan(1e-6);
  });
});
