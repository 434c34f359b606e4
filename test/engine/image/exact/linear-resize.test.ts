import { describe, expect, it } from 'vitest';
import { resizeAlignedCorners } from '#engine/image/exact/linear-resize.ts';
import { resizePlane } from '#engine/image/resize.ts';
import { linearWeights } from '#engine/tensor/resampling.ts';
import { goldenUnits } from '#test/support/golden-tensors.ts';
import { largestDifference } from '#test/support/image-reference.ts';

const [width, height] = [7, 5];
const data = Float32Array.from(goldenUnits('linear-resize', width * height));

/** The same by the weights of the tensor operations, which have reference numbers of their own. */
function byMatrices(to: readonly [number, number], alignCorners: boolean): number[] {
  const columns = linearWeights(width, to[0], alignCorners);
  const rows = linearWeights(height, to[1], alignCorners);
  return Array.from({ length: to[0] * to[1] }, (_, i) => {
    const [x, y] = [i % to[0], Math.floor(i / to[0])];
    let sum = 0;
    data.forEach((v, p) => {
      sum += v * columns[x * width + (p % width)]! * rows[y * height + Math.floor(p / width)]!;
    });
    return sum;
  });
}

describe.each([
  [14, 10],
  [13, 3],
  [1, 1],
] as const)('to %i x %i', (w, h) => {
  it('keeps corners', () => {
    const out = resizeAlignedCorners({ width, height, data }, w, h);
    expect(largestDifference(out.data, byMatrices([w, h], true))).toBeLessThan(1e-6);
  });

  it('has a counterpart that keeps the pixels’ areas', () => {
    expect(largestDifference(resizePlane(data, width, height, w, h), byMatrices([w, h], false))).toBeLessThan(1e-6);
  });
});

it('enlarges a single sample', () => {
  const one = { width: 1, height: 1, data: Float32Array.of(0.25) };
  expect([...resizeAlignedCorners(one, 2, 3).data]).toEqual(new Array(6).fill(0.25));
});
