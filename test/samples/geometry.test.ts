import { describe, expect, test } from 'vitest';
import { buildBvh, type Hit, trace } from '../../scripts/samples/bvh.ts';
import { LOOPS, readCanonicalFace } from '../../scripts/samples/canonical-face.ts';
import { boundaryLoops, vertexNormals } from '../../scripts/samples/mesh.ts';
import { noise, random } from '../../scripts/samples/random.ts';
import { subdivide } from '../../scripts/samples/subdivide.ts';
import { surfaceNets } from '../../scripts/samples/surface-nets.ts';

describe('canonical face', () => {
  const face = readCanonicalFace();
  test('has 468 landmarks, 898 triangles and one border, the face oval', () => {
    expect(face.points).toHaveLength(468);
    expect(face.triangles).toHaveLength(3 * 898);
    const loops = boundaryLoops(face.triangles);
    expect(loops.map((loop) => loop.toSorted((a, b) => a - b))).toEqual([LOOPS.oval.toSorted((a, b) => a - b)]);
  });
  test('is symmetric to 0.05 units', () => {
    for (const [x, y, z] of face.points)
      expect(Math.min(...face.points.map((q) => Math.hypot(q[0] + x, q[1] - y, q[2] - z)))).toBeLessThan(0.05);
  });
});

describe('subdivide', () => {
  test('adds a vertex an edge, four triangles for one, and keeps a plane flat', () => {
    // A hexagonal fan in the plane z = 2: 7 vertices, 12 edges, 6 triangles.
    const rim = Array.from({ length: 6 }, (_, i) => [Math.cos(i), Math.sin(i), 2]);
    const position = Float32Array.from([0, 0, 2, ...rim.flat()]);
    const triangles = Uint32Array.from(rim.flatMap((_, i) => [0, 1 + i, 1 + ((i + 1) % 6)]));
    const fine = subdivide({ position, rest: position, triangles });
    expect(fine.position).toHaveLength(3 * (7 + 12));
    expect(fine.triangles).toHaveLength(3 * 24);
    for (let i = 2; i < fine.position.length; i += 3) expect(fine.position[i]).toBeCloseTo(2, 6);
  });
});

describe('surface nets', () => {
  test('meshes a closed sphere within a tenth of a cell, facing outwards', () => {
    const cell = 0.2;
    const ball = surfaceNets((p) => Math.hypot(...p) - 1.3, [-2, -2, -2], [2, 2, 2], cell);
    const normal = vertexNormals(ball.position, ball.triangles);
    expect(boundaryLoops(ball.triangles)).toEqual([]);
    for (let i = 0; i < ball.position.length; i += 3) {
      const p = [...ball.position.subarray(i, i + 3)] as [number, number, number];
      expect(Math.abs(Math.hypot(...p) - 1.3)).toBeLessThan(0.1 * cell);
      expect(p[0] * normal[i]! + p[1] * normal[i + 1]! + p[2] * normal[i + 2]!).toBeGreaterThan(1.2);
    }
  });
});

describe('bounding volume hierarchy', () => {
  test('finds the nearest triangle that testing every one finds', () => {
    const next = random(5);
    const count = 300;
    const position = Float32Array.from(
      { length: 9 * count },
      (_, i) => (next() - 0.5) * 0.6 + [4, -3, 7][i % 3]! + 3 * (random(Math.floor(i / 9) * 3 + (i % 3))() - 0.5),
    );
    const triangles = Uint32Array.from({ length: 3 * count }, (_, i) => i);
    const whole = buildBvh(position, triangles);
    const single = Array.from({ length: count }, (_, t) => buildBvh(position, triangles.subarray(3 * t, 3 * t + 3)));
    let met = 0;
    for (let ray = 0; ray < 400; ray++) {
      const d = [next() - 0.5, next() - 0.5, next() + 0.3] as const;
      const hit: Hit = { triangle: -1, t: Infinity, u: 0, v: 0 };
      const found = trace(whole, 4, -3, 2, ...d, 1e6, false, hit);
      let best = { triangle: -1, t: Infinity };
      single.forEach((bvh, triangle) => {
        const one: Hit = { triangle: -1, t: Infinity, u: 0, v: 0 };
        if (trace(bvh, 4, -3, 2, ...d, 1e6, false, one) && one.t < best.t) best = { triangle, t: one.t };
      });
      expect(found).toBe(best.triangle >= 0);
      if (!found) continue;
      met++;
      expect(hit.t).toBeCloseTo(best.t, 6);
      expect(hit.triangle).toBe(best.triangle);
      expect(trace(whole, 4, -3, 2, ...d, best.t * 0.999, true, { ...hit })).toBe(false);
    }
    expect(met).toBeGreaterThan(40);
  });
});

describe('random', () => {
  test('repeats by seed, fills [0, 1) evenly, and noise is continuous', () => {
    const draw = (seed: number): number[] =>
      Array.from(
        { length: 2000 },
        (
          (next) => () =>
            next()
        )(random(seed)),
      );
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
    const values = draw(9);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(values.reduce((a, b) => a + b) / values.length).toBeCloseTo(0.5, 1);
    for (let x = -2; x < 2; x += 0.05)
      expect(Math.abs(noise(x, 1.3, -0.4) - noise(x + 1e-4, 1.3, -0.4))).toBeLessThan(2e-3);
  });
});
