/** Compares a large tensor with the summary that the reference keeps of it. */
import { expect } from 'vitest';
import type { TensorData } from '#engine/tensor/data.ts';
import type { Samples } from './golden-tensors.ts';

/**
 * Shape and moments, and every sampled value, to `tolerance` times the standard deviation (or, where that is not
 * known, the root mean square) of the tensor.
 */
export function expectSamples(name: string, tensor: TensorData, expected: Samples, tolerance: number): void {
  const data = tensor.data as Float32Array;
  if (expected.shape !== undefined) expect(tensor.dims, name).toEqual(expected.shape);
  let sum = 0;
  let squares = 0;
  for (const value of data) {
    sum += value;
    squares += value * value;
  }
  const scale = expected.std ?? expected.l2 / Math.sqrt(data.length);
  expect(Math.abs(Math.sqrt(squares) - expected.l2) / expected.l2, `${name}: l2`).toBeLessThan(tolerance);
  if (expected.mean !== undefined)
    expect(Math.abs(sum / data.length - expected.mean) / scale, `${name}: mean`).toBeLessThan(tolerance);
  const off = expected.sample_value.map((value, i) => Math.abs(data[expected.sample_index[i]!]! - value) / scale);
  const extra = expected.extra_samples?.map(
    (value, j, all) => Math.abs(data[Math.floor((j * data.length) / all.length)]! - value) / scale,
  );
  expect(Math.max(...off, ...(extra ?? [])), `${name}: samples`).toBeLessThan(tolerance);
}
