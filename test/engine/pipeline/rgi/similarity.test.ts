import { describe, expect, it } from 'vitest';
import { applyAffine } from '#engine/image/affine.ts';
import { type Point, similarity, similarityWithScale } from '#engine/pipeline/rgi/similarity.ts';

const points: Point[] = [
  [1, 2],
  [8, 3],
  [5, 9],
  [-2, 6],
];
const turned = points.map(([x, y]): Point => [3 * (0.6 * x - 0.8 * y) + 10, 3 * (0.8 * x + 0.6 * y) - 4]);

describe('similarity', () => {
  it('finds rotation, scale and shift again', () => {
    const { map, scale } = similarity(points, turned);
    expect(scale).toBeCloseTo(3, 10);
    points.forEach((p, i) => {
      const [x, y] = applyAffine(map, ...p);
      expect(x).toBeCloseTo(turned[i]![0], 9);
      expect(y).toBeCloseTo(turned[i]![1], 9);
    });
  });

  it('does not mirror: of mirrored points it makes the nearest rotation', () => {
    const { map } = similarity(
      points,
      points.map(([x, y]): Point => [-x, y]),
    );
    expect(map[0] * map[4] - map[1] * map[3]).toBeGreaterThan(0);
  });

  it('is nearer to its points than its neighbours', () => {
    const noisy = turned.map(([x, y], i): Point => [x + (i % 2), y - (i % 3)]);
    const error = (map: ReturnType<typeof similarity>['map']) =>
      points.reduce((sum, p, i) => {
        const [x, y] = applyAffine(map, ...p);
        return sum + (x - noisy[i]![0]) ** 2 + (y - noisy[i]![1]) ** 2;
      }, 0);
    const { map } = similarity(points, noisy);
    const [a, b, c, d, e, f] = map;
    for (const step of [-0.01, 0.01]) {
      expect(error([a + step, b, c, d, e + step, f])).toBeGreaterThan(error(map));
      expect(error([a, b - step, c, d + step, e, f])).toBeGreaterThan(error(map));
      expect(error([a, b, c + step, d, e, f])).toBeGreaterThan(error(map));
    }
  });

  it('keeps a given scale, and refuses too few points', () => {
    const [a, , , d] = similarityWithScale(points, turned, 2);
    expect(Math.hypot(a, d)).toBeCloseTo(2, 10);
    expect(() => similarity(points, turned.slice(1))).toThrow(RangeError);
    expect(() => similarity([[0, 0]], [[1, 1]])).toThrow(RangeError);
  });
});
