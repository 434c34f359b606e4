import { describe, expect, it } from 'vitest';
import { floatsOf, transposeConstant } from '#engine/face/models/constant.ts';

describe('transposeConstant', () => {
  it('reorders four axes', () => {
    const dims = [2, 3, 4, 5];
    const data = Float32Array.from({ length: 120 }, (_, i) => i);
    const order = [3, 2, 0, 1];
    const turned = transposeConstant({ dims, data }, order);
    expect(turned.dims).toEqual([5, 4, 2, 3]);
    for (const [a, b, c, d] of [
      [0, 0, 0, 0],
      [1, 2, 3, 4],
      [1, 0, 2, 3],
      [0, 2, 1, 0],
    ] as const) {
      const from = ((a * 3 + b) * 4 + c) * 5 + d;
      const to = ((d * 4 + c) * 2 + a) * 3 + b;
      expect(turned.data[to]).toBe(from);
    }
  });

  it('undoes itself with the inverse order', () => {
    const constant = { dims: [2, 3, 4], data: Int32Array.from({ length: 24 }, (_, i) => i * i) };
    const back = transposeConstant(transposeConstant(constant, [2, 0, 1]), [1, 2, 0]);
    expect(back).toEqual(constant);
  });
});

it('floatsOf converts whole numbers', () => {
  expect(floatsOf({ dims: [2], data: Int32Array.of(-1, 7) })).toEqual(Float32Array.of(-1, 7));
});
