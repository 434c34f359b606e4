import { describe, expect, it } from 'vitest';
import { rasterizeMesh } from '#engine/image/mesh-raster.ts';

describe('rasterizeMesh', () => {
  const square = Float32Array.of(0, 0, 1, 10, 0, 1, 10, 10, 1, 0, 10, 1);
  const triangles = [0, 1, 2, 0, 2, 3];

  it('interpolates linearly and leaves no crack between triangles', () => {
    const values = Float32Array.of(0, 0, 1, 0, 1, 1, 0, 1);
    const { attributes, mask } = rasterizeMesh(square, triangles, values, 2, 10, 10);
    expect(mask.every((m) => m === 1)).toBe(true);
    for (const [x, y] of [
      [0, 0],
      [3, 7],
      [5, 5],
      [9, 2],
    ] as const) {
      expect(attributes[y * 10 + x]).toBeCloseTo((x + 0.5) / 10, 5);
      expect(attributes[100 + y * 10 + x]).toBeCloseTo((y + 0.5) / 10, 5);
    }
  });

  it('draws the nearer triangle, whatever the order and winding', () => {
    const vertices = Float32Array.of(...square, 0, 0, 0.5, 5, 0, 0.5, 0, 5, 0.5);
    const values = Float32Array.of(1, 1, 1, 1, 2, 2, 2);
    for (const order of [
      [...triangles, 4, 6, 5],
      [4, 5, 6, ...triangles],
    ]) {
      const { attributes } = rasterizeMesh(vertices, order, values, 1, 10, 10);
      expect(attributes[0]).toBeCloseTo(2, 6);
      expect(attributes[99]).toBeCloseTo(1, 6);
    }
  });

  it('draws only what lies inside the picture', () => {
    const { mask } = rasterizeMesh(
      square.map((v, i) => (i % 3 === 0 ? v - 7 : v)),
      triangles,
      new Float32Array(4),
      1,
      10,
      10,
    );
    expect(mask.reduce((a, b) => a + b, 0)).toBe(30);
  });
});
