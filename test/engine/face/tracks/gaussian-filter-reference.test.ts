import { expect, it } from 'vitest';
import { gaussianFilter } from '#engine/face/tracks/gaussian-filter.ts';
import { goldenUnits } from '#test/support/golden-tensors.ts';
import { imageReference, largestDifference } from '#test/support/image-reference.ts';

it('gives the numbers of SciPy', () => {
  const sequence = goldenUnits('seq', 12).map((u) => 10 * u);
  const { sigma1, sigma3 } = imageReference.gaussian_filter1d;
  expect(largestDifference(gaussianFilter(sequence, 1), sigma1)).toBeLessThan(1e-8);
  expect(largestDifference(gaussianFilter(sequence, 3), sigma3)).toBeLessThan(1e-8);
});
