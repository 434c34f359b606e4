import { describe, expect, it } from 'vitest';
import { connectedTo, dilate, erode } from '#engine/image/morphology.ts';
import { noise } from './noise.ts';

const show = (mask: Float32Array, width: number) =>
  Array.from({ length: mask.length / width }, (_, y) => [...mask.subarray(y * width, (y + 1) * width)].join(''));

describe('morphology', () => {
  it('dilates a point into a diamond', () => {
    const point = new Float32Array(49);
    point[24] = 1;
    expect(show(dilate(point, 7, 7, 2), 7)).toEqual([
      '0000000',
      '0001000',
      '0011100',
      '0111110',
      '0011100',
      '0001000',
      '0000000',
    ]);
  });

  it('erosion is the dilation of the complement', () => {
    const mask = noise(63, 5).map((v) => (v > 0.3 ? 1 : 0));
    const complement = dilate(
      mask.map((v) => 1 - v),
      9,
      7,
      1,
    );
    expect(erode(mask, 9, 7, 1)).toEqual(complement.map((v) => 1 - v));
  });
});

describe('connectedTo', () => {
  it('reaches what hangs together with a seed, not across corners or row ends', () => {
    const map = [...'1100', '0110', '0001', '1001'].join('');
    const reached = connectedTo(
      4,
      4,
      (i) => i === 0,
      (i) => map[i] === '1',
    );
    expect([...reached].join('')).toBe('1100011000000000');
  });

  it('ignores seeds outside', () => {
    expect(
      connectedTo(
        3,
        1,
        () => true,
        (i) => i === 1,
      ),
    ).toEqual(Uint8Array.of(0, 1, 0));
  });
});
