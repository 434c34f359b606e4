import { describe, expect, it } from 'vitest';
import { faceMesh, LANDMARKS, MESH_POINTS, PARTS, REFINED } from '#engine/face/mesh.ts';

const mesh = faceMesh();
const point = (i: number) => mesh.canonical.subarray(3 * i, 3 * i + 3);

describe('faceMesh', () => {
  it('has 468 vertices and 898 triangles that point at them', () => {
    expect(mesh.canonical).toHaveLength(3 * MESH_POINTS);
    expect(mesh.uv).toHaveLength(2 * MESH_POINTS);
    expect(mesh.triangles).toHaveLength(3 * 898);
    expect(Math.max(...mesh.triangles)).toBeLessThan(MESH_POINTS);
    expect(new Set(mesh.triangles).size).toBe(MESH_POINTS);
  });

  it('stands in the axes of a picture', () => {
    const [noseTip, chin, forehead, rightEye, leftEye, rightEar] = [4, 152, 10, 33, 263, 234].map(point);
    expect(chin![1]).toBeGreaterThan(forehead![1]!);
    expect(rightEye![0]).toBeLessThan(leftEye![0]!);
    expect(noseTip![2]).toBeLessThan(rightEar![2]!);
    // Texture coordinates run the same way.
    expect(mesh.uv[2 * 152 + 1]).toBeGreaterThan(mesh.uv[2 * 10 + 1]!);
    expect(mesh.uv[2 * 33]).toBeLessThan(mesh.uv[2 * 263]!);
  });

  it('has one boundary, the oval, and no edge of more than two triangles', () => {
    const edges = new Map<string, number>();
    for (let t = 0; t < mesh.triangles.length; t += 3) {
      const corners = mesh.triangles.subarray(t, t + 3);
      for (let k = 0; k < 3; k++) {
        const key = [corners[k]!, corners[(k + 1) % 3]!].sort((a, b) => a - b).join('-');
        edges.set(key, (edges.get(key) ?? 0) + 1);
      }
    }
    expect(Math.max(...edges.values())).toBe(2);
    const boundary = new Set([...edges].filter(([, uses]) => uses === 1).map(([key]) => key));
    const ring = (outline: readonly number[]) =>
      outline.map((a, i) => [a, outline[(i + 1) % outline.length]!].sort((p, q) => p - q).join('-'));
    for (const edge of ring(PARTS.oval)) expect(boundary).toContain(edge);
  });

  it('weights the landmarks that fix the pose', () => {
    expect(mesh.poseWeights.filter((weight) => weight > 0)).toHaveLength(33);
    // Both sides count the same, so that a symmetric change of expression does not turn the head.
    mesh.poseWeights.forEach((weight, i) => {
      expect(weight).toBeCloseTo(mesh.poseWeights[mesh.mirror[i]!]!, 6);
    });
  });
});

describe('mirror table', () => {
  it('is its own inverse and keeps the midline', () => {
    expect(mesh.mirror).toHaveLength(LANDMARKS);
    mesh.mirror.forEach((twin, i) => {
      expect(mesh.mirror[twin]).toBe(i);
    });
    for (const midline of [4, 10, 152, 0, 17, 168]) expect(mesh.mirror[midline]).toBe(midline);
  });

  it('leads to the mirrored place', () => {
    for (let i = 0; i < MESH_POINTS; i++) {
      const [a, b] = [point(i), point(mesh.mirror[i]!)];
      expect(Math.hypot(a[0]! + b[0]!, a[1]! - b[1]!, a[2]! - b[2]!)).toBeLessThan(0.05);
    }
  });

  it.each([
    ['rightEye', 'leftEye'],
    ['rightBrow', 'leftBrow'],
    ['rightIris', 'leftIris'],
  ] as const)('exchanges %s and %s', (right, left) => {
    const twins = PARTS[right].map((i) => mesh.mirror[i]!);
    expect([...twins].sort((a, b) => a - b)).toEqual([...PARTS[left]].sort((a, b) => a - b));
  });
});

describe('parts', () => {
  it('name each landmark once and are symmetric', () => {
    for (const [name, part] of Object.entries(PARTS)) {
      expect(new Set(part).size, name).toBe(part.length);
      expect(Math.max(...part), name).toBeLessThan(LANDMARKS);
    }
    for (const name of ['oval', 'outerLips', 'innerLips', 'nose'] as const) {
      const part = new Set<number>(PARTS[name]);
      for (const i of part) expect(part, `${name}: twin of ${i}`).toContain(mesh.mirror[i]!);
    }
  });

  it('run round without crossing themselves', () => {
    const turnOf = (outline: readonly number[]): number => {
      let area = 0;
      outline.forEach((a, k) => {
        const b = outline[(k + 1) % outline.length]!;
        area += (point(a)[0]! * point(b)[1]! - point(b)[0]! * point(a)[1]!) / 2;
      });
      return area;
    };
    const cross = (o: Float32Array, a: Float32Array, b: Float32Array) =>
      (a[0]! - o[0]!) * (b[1]! - o[1]!) - (a[1]! - o[1]!) * (b[0]! - o[0]!);
    for (const name of ['oval', 'outerLips', 'rightEye', 'leftEye', 'rightBrow', 'leftBrow', 'nose'] as const) {
      const outline = PARTS[name];
      expect(Math.abs(turnOf(outline)), name).toBeGreaterThan(0.2);
      for (let i = 0; i < outline.length; i++) {
        for (let j = i + 2; j < outline.length - (i === 0 ? 1 : 0); j++) {
          const [a, b] = [point(outline[i]!), point(outline[i + 1]!)];
          const [c, d] = [point(outline[j]!), point(outline[(j + 1) % outline.length]!)];
          const crosses = cross(a, b, c) * cross(a, b, d) < 0 && cross(c, d, a) * cross(c, d, b) < 0;
          expect(crosses, `${name}: edges ${i} and ${j}`).toBe(false);
        }
      }
    }
  });

  it('lists as many refined landmarks as the network puts out', () => {
    expect([REFINED.lips.length, REFINED.rightEye.length, REFINED.leftEye.length]).toEqual([80, 71, 71]);
    // The two eyes are refined in mirrored order.
    expect(REFINED.rightEye.map((i) => mesh.mirror[i])).toEqual([...REFINED.leftEye]);
  });
});
