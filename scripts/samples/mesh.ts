import { at, cross, sub } from './math.ts';

/** An indexed triangle mesh; `rest` keeps each vertex's place on the undeformed canonical head, where paint is defined. */
export type Mesh = {
  readonly position: Float32Array;
  readonly rest: Float32Array;
  readonly triangles: Uint32Array;
};

/** Area-weighted vertex normals, unit length. */
export function vertexNormals(position: Float32Array, triangles: Uint32Array): Float32Array {
  const normal = new Float32Array(position.length);
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [triangles[t]!, triangles[t + 1]!, triangles[t + 2]!];
    const pa = at(position, a);
    const n = cross(sub(at(position, b), pa), sub(at(position, c), pa));
    for (const v of [a, b, c]) for (let k = 0; k < 3; k++) normal[3 * v + k]! += n[k]!;
  }
  for (let i = 0; i < normal.length; i += 3) {
    const l = Math.hypot(normal[i]!, normal[i + 1]!, normal[i + 2]!) || 1;
    for (let k = 0; k < 3; k++) normal[i + k]! /= l;
  }
  return normal;
}

/** Directed boundary edges, from vertex to the next vertex of its boundary loop (the mesh lies on their left). */
function boundary(triangles: ArrayLike<number>): Map<number, number> {
  const edges = new Set<string>();
  for (let t = 0; t < triangles.length; t += 3)
    for (let k = 0; k < 3; k++) edges.add(`${triangles[t + k]},${triangles[t + ((k + 1) % 3)]}`);
  const next = new Map<number, number>();
  for (let t = 0; t < triangles.length; t += 3)
    for (let k = 0; k < 3; k++) {
      const [a, b] = [triangles[t + k]!, triangles[t + ((k + 1) % 3)]!];
      if (!edges.has(`${b},${a}`)) next.set(a, b);
    }
  return next;
}

/** The boundary loops of a mesh as vertex lists. */
export function boundaryLoops(triangles: ArrayLike<number>): number[][] {
  const next = boundary(triangles);
  const loops: number[][] = [];
  while (next.size > 0) {
    const loop: number[] = [];
    let v: number | undefined = next.keys().next().value;
    while (v !== undefined && next.has(v)) {
      loop.push(v);
      const after: number = next.get(v)!;
      next.delete(v);
      v = after;
    }
    loops.push(loop);
  }
  return loops;
}

/** Triangles between two rings of equal length; `outer` must run so that the surface faces its left-hand side. */
export function bridge(first: readonly number[], second: readonly number[], closed = true): number[] {
  const out: number[] = [];
  const n = first.length;
  for (let i = 0; i < (closed ? n : n - 1); i++) {
    const j = (i + 1) % n;
    out.push(first[i]!, second[i]!, second[j]!, first[i]!, second[j]!, first[j]!);
  }
  return out;
}
