import { describe, expect, it } from 'vitest';
import { boxRadii, gaussianBlur } from '#engine/image/blur.ts';
import { largestDifference, noise } from './noise.ts';

describe('gaussianBlur', () => {
  it('chooses boxes with the variance of the Gaussian', () => {
    for (const sigma of [1.7, 4, 10, 42]) {
      const variance = boxRadii(sigma).reduce((sum, r) => sum + ((2 * r + 1) ** 2 - 1) / 12, 0);
      expect(Math.sqrt(variance) / sigma).toBeGreaterThan(0.9);
      expect(Math.sqrt(variance) / sigma).toBeLessThan(1.1);
    }
  });

  it('keeps constants to the edges and the sum inside', () => {
    expect(
      largestDifference(gaussianBlur(new Float32Array(400).fill(0.3), 20, 20, 5), new Float32Array(400).fill(0.3)),
    ).toBeLessThan(1e-6);
    const point = new Float32Array(101 * 101);
    point[50 * 101 + 50] = 1;
    const out = gaussianBlur(point, 101, 101, 6);
    expect(out.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 4);
    expect(out[50 * 101 + 50]).toBeCloseTo(1 / (2 * Math.PI * 36), 3);
  });

  it('is near the true Gaussian of noise', () => {
    const size = 48;
    const sigma = 3;
    const data = noise(size * size, 3);
    const out = gaussianBlur(data, size, size, sigma);
    const at = (x: number, y: number) =>
      data[Math.min(size - 1, Math.max(0, y)) * size + Math.min(size - 1, Math.max(0, x))]!;
    for (const [x, y] of [
      [24, 24],
      [15, 30],
    ] as const) {
      let sum = 0;
      let weight = 0;
      for (let dy = -12; dy <= 12; dy++) {
        for (let dx = -12; dx <= 12; dx++) {
          const w = Math.exp(-(dx * dx + dy * dy) / (2 * sigma * sigma));
          sum += w * at(x + dx, y + dy);
          weight += w;
        }
      }
      expect(Math.abs(out[y * size + x]! - sum / weight)).toBeLessThan(0.01);
    }
  });

  it('copies below a visible width and works on pictures smaller than its window', () => {
    const data = noise(12);
    expect(largestDifference(gaussianBlur(data, 4, 3, 0.2), data)).toBe(0);
    const tiny = gaussianBlur(data, 4, 3, 30);
    const mean = data.reduce((a, b) => a + b, 0) / 12;
    expect(Math.abs(tiny[5]! - mean)).toBeLessThan(0.25);
  });
});
