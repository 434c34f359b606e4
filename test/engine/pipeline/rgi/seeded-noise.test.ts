import { expect, it } from 'vitest';
import { seededNoise } from '#engine/pipeline/rgi/seeded-noise.ts';

it('is normally distributed, the same for a seed and another for another', () => {
  const count = 100_000;
  const noise = seededNoise(7, count);
  const mean = noise.reduce((a, b) => a + b, 0) / count;
  const variance = noise.reduce((a, b) => a + (b - mean) ** 2, 0) / count;
  // Five standard errors of each.
  expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(count));
  expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
  const within = noise.filter((v) => Math.abs(v) < 1.959964).length / count;
  expect(Math.abs(within - 0.95)).toBeLessThan(5 * Math.sqrt((0.95 * 0.05) / count));
  expect(seededNoise(7, count)).toEqual(noise);
  expect(seededNoise(7, 11)).toEqual(noise.slice(0, 11));
  const other = seededNoise(8, count);
  const correlation = noise.reduce((sum, v, i) => sum + v * other[i]!, 0) / count;
  expect(Math.abs(correlation)).toBeLessThan(5 / Math.sqrt(count));
});
