import type { Mesh } from './mesh.ts';

type Edge = { readonly a: number; readonly b: number; readonly opposite: number[]; readonly index: number };

/** One step of Loop subdivision with cubic-spline boundaries; `rest` follows the same weights. */
export function subdivide(mesh: Mesh): Mesh {
  const count = mesh.position.length / 3;
  const edges = new Map<number, Edge>();
  const key = (a: number, b: number): number => Math.min(a, b) * count + Math.max(a, b);
  for (let t = 0; t < mesh.triangles.length; t += 3)
    for (let k = 0; k < 3; k++) {
      const [a, b, c] = [0, 1, 2].map((j) => mesh.triangles[t + ((k + j) % 3)]!) as [number, number, number];
      const known = edges.get(key(a, b));
      if (known) known.opposite.push(c);
      else edges.set(key(a, b), { a, b, opposite: [c], index: count + edges.size });
    }
  const around: { ring: number[]; border: number[] }[] = Array.from({ length: count }, () => ({
    ring: [],
    border: [],
  }));
  for (const { a, b, opposite } of edges.values())
    for (const [v, w] of [
      [a, b],
      [b, a],
    ] as const) {
      around[v]!.ring.push(w);
      if (opposite.length === 1) around[v]!.border.push(w);
    }
  const refine = (source: Float32Array): Float32Array => {
    const out = new Float32Array(3 * (count + edges.size));
    for (let k = 0; k < 3; k++) {
      const value = (v: number): number => source[3 * v + k]!;
      around.forEach(({ ring, border }, v) => {
        const n = ring.length;
        if (border.length === 2) out[3 * v + k] = 0.75 * value(v) + 0.125 * (value(border[0]!) + value(border[1]!));
        else {
          const beta = n === 3 ? 3 / 16 : 3 / (8 * n);
          out[3 * v + k] = (1 - n * beta) * value(v) + beta * ring.reduce((s, w) => s + value(w), 0);
        }
      });
      for (const { a, b, opposite, index } of edges.values())
        out[3 * index + k] =
          opposite.length === 2
            ? 0.375 * (value(a) + value(b)) + 0.125 * (value(opposite[0]!) + value(opposite[1]!))
            : 0.5 * (value(a) + value(b));
    }
    return out;
  };
  const triangles = new Uint32Array(mesh.triangles.length * 4);
  let o = 0;
  for (let t = 0; t < mesh.triangles.length; t += 3) {
    const [a, b, c] = [mesh.triangles[t]!, mesh.triangles[t + 1]!, mesh.triangles[t + 2]!];
    const [ab, bc, ca] = [edges.get(key(a, b))!.index, edges.get(key(b, c))!.index, edges.get(key(c, a))!.index];
    triangles.set([a, ab, ca, b, bc, ab, c, ca, bc, ab, bc, ca], o);
    o += 12;
  }
  return { position: refine(mesh.position), rest: refine(mesh.rest), triangles };
}
