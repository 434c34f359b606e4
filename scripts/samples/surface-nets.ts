import type { Vec3 } from './math.ts';
import type { Mesh } from './mesh.ts';

/** Meshes the zero level of a signed distance (negative inside) in a box by naive surface nets; `rest` equals the position. */
export function surfaceNets(distance: (p: Vec3) => number, low: Vec3, high: Vec3, cell: number): Mesh {
  const [nx, ny, nz] = [0, 1, 2].map((k) => Math.ceil((high[k]! - low[k]!) / cell) + 1) as [number, number, number];
  const value = new Float32Array(nx * ny * nz);
  const node = (i: number, j: number, k: number): number => i + nx * (j + ny * k);
  for (let k = 0; k < nz; k++)
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++)
        value[node(i, j, k)] = distance([low[0] + i * cell, low[1] + j * cell, low[2] + k * cell]);
  const vertex = new Int32Array(value.length).fill(-1);
  const position: number[] = [];
  for (let k = 0; k < nz - 1; k++)
    for (let j = 0; j < ny - 1; j++)
      for (let i = 0; i < nx - 1; i++) {
        const sum = [0, 0, 0];
        let crossings = 0;
        for (let a = 0; a < 8; a++)
          for (const bit of [1, 2, 4]) {
            if (a & bit) continue;
            const b = a | bit;
            const corner = (c: number): [number, number, number] => [i + (c & 1), j + ((c >> 1) & 1), k + (c >> 2)];
            const [ca, cb] = [corner(a), corner(b)];
            const [va, vb] = [value[node(...ca)]!, value[node(...cb)]!];
            if (va < 0 === vb < 0) continue;
            const t = va / (va - vb);
            for (let d = 0; d < 3; d++) sum[d]! += ca[d]! + t * (cb[d]! - ca[d]!);
            crossings++;
          }
        if (crossings === 0) continue;
        vertex[node(i, j, k)] = position.length / 3;
        for (let d = 0; d < 3; d++) position.push(low[d]! + (cell * sum[d]!) / crossings);
      }
  const triangles: number[] = [];
  const step = [1, nx, nx * ny] as const;
  for (let k = 1; k < nz - 1; k++)
    for (let j = 1; j < ny - 1; j++)
      for (let i = 1; i < nx - 1; i++) {
        const n = node(i, j, k);
        for (let axis = 0; axis < 3; axis++) {
          const inside = value[n]! < 0;
          if (inside === value[n + step[axis]!]! < 0) continue;
          const [u, v] = [step[(axis + 1) % 3]!, step[(axis + 2) % 3]!];
          const quad = [n, n - u, n - u - v, n - v].map((q) => vertex[q]!);
          const [a, b, c, d] = (inside ? quad : quad.toReversed()) as [number, number, number, number];
          triangles.push(a, b, c, a, c, d);
        }
      }
  const out = Float32Array.from(position);
  return { position: out, rest: out.slice(), triangles: Uint32Array.from(triangles) };
}

/** Smooth minimum of two distances with blend radius k (polynomial). */
export function smoothMin(a: number, b: number, k: number): number {
  const h = Math.max(k - Math.abs(a - b), 0) / k;
  return Math.min(a, b) - h * h * k * 0.25;
}

/** Signed distance to a tube around a polyline whose radius runs linearly from `r0` to `r1`. */
export function tube(p: Vec3, line: readonly Vec3[], r0: number, r1: number): number {
  let best = Infinity;
  for (let i = 0; i + 1 < line.length; i++) {
    const [a, b] = [line[i]!, line[i + 1]!];
    const [dx, dy, dz] = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
    const [px, py, pz] = [p[0] - a[0], p[1] - a[1], p[2] - a[2]];
    const t = Math.min(1, Math.max(0, (px * dx + py * dy + pz * dz) / (dx * dx + dy * dy + dz * dz || 1)));
    const r = r0 + ((r1 - r0) * (i + t)) / (line.length - 1);
    best = Math.min(best, Math.hypot(px - t * dx, py - t * dy, pz - t * dz) - r);
  }
  return best;
}

/** Approximate signed distance to an axis-aligned ellipsoid. */
export function ellipsoid(p: Vec3, centre: Vec3, radii: Vec3): number {
  const [x, y, z] = [(p[0] - centre[0]) / radii[0], (p[1] - centre[1]) / radii[1], (p[2] - centre[2]) / radii[2]];
  const k0 = Math.hypot(x, y, z);
  const k1 = Math.hypot(x / radii[0], y / radii[1], z / radii[2]);
  return k1 === 0 ? -Math.min(...radii) : (k0 * (k0 - 1)) / k1;
}
