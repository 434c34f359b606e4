import { describe, expect, it } from 'vitest';
import type { RgbImage } from '#engine/image/picture.ts';
import { gaussianPyramid } from '#engine/image/pyramid.ts';
import { blendBands, LEVELS, MATCHED_LEVELS, rgbPyramid, sharpnessGains } from '#engine/pipeline/classic/blend.ts';
import { largestDifference, noise } from '../../image/noise.ts';

const size = 64;
const n = size * size;
const textured = (mean: number, contrast: number, seed: number): RgbImage => ({
  width: size,
  height: size,
  data: noise(3 * n, seed).map((v) => mean + contrast * (v - 0.5)),
});
const plane = (value: (x: number) => number) => ({
  width: size,
  height: size,
  data: Float32Array.from({ length: n }, (_, i) => value(i % size)),
});
const masks = (value: (x: number) => number) => gaussianPyramid(plane(value), LEVELS);
const both = (value: (x: number) => number) => gaussianPyramid(plane(value), MATCHED_LEVELS);

describe('blendBands', () => {
  const face = textured(0.6, 0.2, 1);
  const background = textured(0.4, 0.2, 2);

  it('shows the background where the mask is 0 and the face where it is 1', () => {
    const none = blendBands(
      face,
      rgbPyramid(background),
      masks(() => 0),
      both(() => 0),
    );
    expect(largestDifference(none.data, background.data)).toBeLessThan(1e-5);
    const all = blendBands(
      face,
      rgbPyramid(background),
      masks(() => 1),
      both(() => 0),
    );
    expect(largestDifference(all.data, face.data)).toBeLessThan(1e-5);
  });

  it('joins broad differences smoothly across a hard mask', () => {
    const flat = (value: number): RgbImage => ({
      width: size,
      height: size,
      data: new Float32Array(3 * n).fill(value),
    });
    const out = blendBands(
      flat(0.8),
      rgbPyramid(flat(0.2)),
      masks((x) => (x < 32 ? 1 : 0)),
      both(() => 0),
    );
    const row = out.data.subarray(32 * size, 33 * size);
    let steepest = 0;
    for (let x = 1; x < size; x++) steepest = Math.max(steepest, Math.abs(row[x]! - row[x - 1]!));
    expect(steepest).toBeLessThan(0.1);
  });
});

describe('sharpnessGains', () => {
  it('match grain wholly and wrinkles hardly, within bounds', () => {
    const gains = sharpnessGains(
      rgbPyramid(textured(0.5, 0.4, 3)),
      rgbPyramid(textured(0.5, 0.3, 4)),
      both(() => 1),
    );
    expect(gains[0]).toBeCloseTo(0.75, 1);
    expect(gains[1]).toBeGreaterThan(gains[0]!);
    expect(gains[2]).toBeGreaterThan(gains[1]!);
    const [most] = sharpnessGains(
      rgbPyramid(textured(0.5, 0.01, 5)),
      rgbPyramid(textured(0.5, 0.5, 6)),
      both(() => 1),
    );
    expect(most).toBe(1.2);
  });
});
