import { describe, expect, it } from 'vitest';
import { halfToNumber, widenHalfs } from '#engine/face/models/half-float.ts';

/** Bit patterns and values of the IEEE 754 binary16 format. */
const KNOWN: readonly (readonly [number, number])[] = [
  [0x0000, 0],
  [0x3c00, 1],
  [0x3c01, 1 + 2 ** -10],
  [0xc000, -2],
  [0x7bff, 65504],
  [0x0400, 2 ** -14],
  [0x0001, 2 ** -24],
  [0x3555, 0.333251953125],
  [0x7c00, Number.POSITIVE_INFINITY],
  [0xfc00, Number.NEGATIVE_INFINITY],
];

describe('half precision', () => {
  it.each(KNOWN)('0x%x is %f', (bits, value) => {
    expect(halfToNumber(bits)).toBe(value);
  });

  it('keeps the sign of zero and NaN', () => {
    expect(Object.is(halfToNumber(0x8000), -0)).toBe(true);
    expect(halfToNumber(0x7e00)).toBeNaN();
  });

  it('widens arrays', () => {
    expect(Array.from(widenHalfs(Uint16Array.of(0x3c00, 0xb800)))).toEqual([1, -0.5]);
  });
});
