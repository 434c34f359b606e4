import { describe, expect, it } from 'vitest';
import { fillPolygon, growPolygon, type Point } from '#engine/image/polygon.ts';

const area = (mask: Float32Array) => mask.reduce((a, b) => a + b, 0);

describe('fillPolygon', () => {
  it('covers a rectangle exactly, also between pixels', () => {
    const square: Point[] = [
      [1.5, 1],
      [4.25, 1],
      [4.25, 3],
      [1.5, 3],
    ];
    const mask = fillPolygon(square, 6, 4);
    expect(area(mask)).toBeCloseTo(2.75 * 2, 5);
    expect([...mask.subarray(6, 12)]).toEqual([0, 0.5, 1, 1, 0.25, 0]);
  });

  it('has the area of a circle to a thousandth', () => {
    const circle = Array.from(
      { length: 400 },
      (_, i): Point => [50 + 30 * Math.cos((i / 200) * Math.PI), 48.3 + 30 * Math.sin((i / 200) * Math.PI)],
    );
    expect(Math.abs(area(fillPolygon(circle, 100, 100)) / (Math.PI * 900) - 1)).toBeLessThan(1e-3);
  });

  it('unites overlapping polygons and clips at the edges', () => {
    const a: Point[] = [
      [-5, -5],
      [2, -5],
      [2, 9],
      [-5, 9],
    ];
    const mask = fillPolygon(a, 4, 4);
    expect(area(fillPolygon(a, 4, 4, mask))).toBe(8);
  });

  it('leaves holes by the even-odd rule', () => {
    const cross: Point[] = [
      [0, 0],
      [8, 0],
      [8, 8],
      [0, 8],
      [0, 0],
      [2, 2],
      [6, 2],
      [6, 6],
      [2, 6],
      [2, 2],
    ];
    expect(area(fillPolygon(cross, 8, 8))).toBeCloseTo(64 - 16, 5);
  });
});

describe('growPolygon', () => {
  it('scales about the middle', () => {
    expect(
      growPolygon(
        [
          [0, 0],
          [2, 0],
          [2, 2],
          [0, 2],
        ],
        2,
      ),
    ).toEqual([
      [-1, -1],
      [3, -1],
      [3, 3],
      [-1, 3],
    ]);
  });
});
