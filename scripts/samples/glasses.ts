import type { Head } from './head.ts';
import { add, cross, scale, spline, sub, unit, type Vec3 } from './math.ts';
import { bridge, type Mesh } from './mesh.ts';

/** A round tube along a path. */
function tubeMesh(path: readonly Vec3[], radius: number, closed: boolean): Mesh {
  const sides = 8;
  const n = path.length;
  const position: number[] = [];
  const triangles: number[] = [];
  path.forEach((p, i) => {
    const ahead = path[closed ? (i + 1) % n : Math.min(i + 1, n - 1)]!;
    const behind = path[closed ? (i + n - 1) % n : Math.max(i - 1, 0)]!;
    const t = unit(sub(ahead, behind));
    const u = unit(cross(t, Math.abs(t[2]) > 0.8 ? [0, 1, 0] : [0, 0, 1]));
    const w = cross(t, u);
    for (let k = 0; k < sides; k++) {
      const a = (2 * Math.PI * k) / sides;
      position.push(...add(p, add(scale(u, radius * Math.cos(a)), scale(w, radius * Math.sin(a)))));
    }
  });
  const ring = (i: number): number[] => Array.from({ length: sides }, (_, k) => i * sides + k);
  for (let i = 0; i + (closed ? 0 : 1) < n; i++) triangles.push(...bridge(ring(i), ring((i + 1) % n)));
  const out = Float32Array.from(position);
  return { position: out, rest: out.slice(), triangles: Uint32Array.from(triangles) };
}

/** Spectacles that sit on the head's nose and ears: rims, bridge and temples, and the two lenses. */
export function glassesMeshes(head: Head): { frame: Mesh[]; lenses: Mesh[] } {
  const [right, left] = head.eyes;
  const front = Math.max(right[2], left[2]) + 3.15;
  const frame: Mesh[] = [];
  const lenses: Mesh[] = [];
  for (const eye of head.eyes) {
    const side = Math.sign(eye[0]);
    const outline = Array.from({ length: 56 }, (_, i): Vec3 => {
      const a = (2 * Math.PI * i) / 56;
      const [c, s] = [Math.cos(a), Math.sin(a)];
      // A superellipse that is a little fuller at the outer top; the front curves round the face.
      const [x, y] = [2.45 * Math.sign(c) * Math.abs(c) ** 0.75, 1.85 * Math.sign(s) * Math.abs(s) ** 0.8];
      const wx = side * 3.2 + x;
      return [wx, eye[1] - 0.2 + y + 0.05 * side * x, front - 0.045 * wx * wx * 0.55];
    });
    frame.push(tubeMesh(outline, 0.14, true));
    const centre = scale(outline.reduce(add, [0, 0, 0]), 1 / outline.length);
    const position = Float32Array.from([...outline.flat(), ...centre]);
    const triangles = Uint32Array.from(outline.flatMap((_, i) => [i, (i + 1) % outline.length, outline.length]));
    lenses.push({ position, rest: position.slice(), triangles });
    const hinge: Vec3 = [side * 5.7, eye[1] + 0.7, front - 0.9];
    frame.push(
      tubeMesh(
        spline(
          [
            hinge,
            [side * 7.2, eye[1] + 0.7, front - 2],
            [side * 8.25, eye[1] + 0.5, -1],
            [side * 8.5, eye[1] + 0.3, -4.6],
            [side * 8.4, eye[1] - 1.6, -6],
          ],
          8,
        ),
        0.13,
        false,
      ),
    );
  }
  const y = (right[1] + left[1]) / 2;
  frame.push(
    tubeMesh(
      spline(
        [
          [-0.85, y + 0.1, front - 0.02],
          [-0.4, y + 0.5, front + 0.12],
          [0.4, y + 0.5, front + 0.12],
          [0.85, y + 0.1, front - 0.02],
        ],
        6,
      ),
      0.12,
      false,
    ),
  );
  return { frame, lenses };
}
