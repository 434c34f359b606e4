import { describe, expect, it } from 'vitest';
import { UsageError } from '#engine/errors.ts';
import {
  checkFinite,
  checkTensor,
  elementCount,
  elementTypeOf,
  floats,
  sameShape,
  shapeText,
} from '#engine/tensor/data.ts';

describe('tensor data', () => {
  it('counts, compares and writes shapes', () => {
    expect([elementCount([2, 3, 4]), elementCount([])]).toEqual([24, 1]);
    expect([sameShape([1, 2], [1, 2]), sameShape([1, 2], [2, 1]), sameShape([1], [1, 1])]).toEqual([
      true,
      false,
      false,
    ]);
    expect(shapeText([1, 'batch', 8])).toBe('[1,batch,8]');
  });

  it('knows the element type of an array', () => {
    const arrays = [new Float32Array(1), new BigInt64Array(1), new Int32Array(1), new Uint8Array(1)];
    expect(arrays.map(elementTypeOf)).toEqual(['float32', 'int64', 'int32', 'uint8']);
  });

  it('takes numbers as floats and keeps a float array as it is', () => {
    const array = Float32Array.of(1, 2);
    expect(floats([2], array).data).toBe(array);
    expect(floats([1, 2], [1, 2])).toEqual({ dims: [1, 2], data: Float32Array.of(1, 2) });
  });

  it('names what is wrong', () => {
    expect(() => floats([3], [1, 2])).toThrow('a float tensor has the shape [3] (3 elements) but carries 2 elements');
    expect(() => checkTensor('x', { dims: [1.5], data: new Float32Array(1) })).toThrow('The shape [1.5] of x');
    expect(() => checkTensor('x', { dims: [-1], data: new Float32Array(1) })).toThrow(UsageError);
    const broken = floats([3], [0, Number.POSITIVE_INFINITY, 1]);
    expect(() => checkFinite('x', broken)).toThrow('x holds Infinity at element 1.');
    expect(() => checkFinite('x', { dims: [1], data: new Int32Array(1) })).not.toThrow();
  });
});
