import { describe, expect, it } from 'vitest';
import { fillPlane, fillUnknown } from '#engine/image/fill.ts';
import { largestDifference, noise } from './noise.ts';

describe('fillUnknown', () => {
  it('leaves known values alone', () => {
    const data = noise(2 * 63);
    expect(largestDifference(fillUnknown(data, new Float32Array(63).fill(1), 9, 7, 2), data)).toBeLessThan(1e-6);
  });

  it('spreads one known value everywhere', () => {
    const weight = new Float32Array(16 * 16);
    weight[37] = 1;
    const data = new Float32Array(256);
    data[37] = 0.42;
    expect(largestDifference(fillUnknown(data, weight, 16, 16, 1), new Float32Array(256).fill(0.42))).toBeLessThan(
      1e-5,
    );
  });

  it('fills a hole between its edges, the nearer the more', () => {
    const size = 32;
    const data = Float32Array.from({ length: size * size }, (_, i) => (i % size < 16 ? 0 : 1));
    const weight = Float32Array.from({ length: size * size }, (_, i) => (i % size >= 10 && i % size < 22 ? 0 : 1));
    const { data: out } = fillPlane({ width: size, height: size, data }, weight);
    const row = out.subarray(16 * size, 17 * size);
    expect(row[11]).toBeLessThan(0.3);
    expect(row[20]).toBeGreaterThan(0.7);
    for (let x = 1; x < size; x++) expect(row[x]! - row[x - 1]!).toBeGreaterThan(-0.02);
  });

  it('is zero where nothing is known', () => {
    expect(fillUnknown(noise(16), new Float32Array(16), 4, 4, 1).every((v) => v === 0)).toBe(true);
  });
});
