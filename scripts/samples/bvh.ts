/** A bounding volume hierarchy over triangles; rays are traced with scalars and typed arrays only, for speed. */
export type Bvh = {
  readonly bounds: Float32Array;
  /** Per node: first triangle (leaf) or right child (inner), and triangle count (0 for inner). */
  readonly nodes: Int32Array;
  readonly order: Uint32Array;
  /** Per ordered triangle: a corner and two edges, 9 numbers. */
  readonly edges: Float32Array;
};
/** A nearest hit: triangle number, distance and barycentrics of the second and third corner. */
export type Hit = { triangle: number; t: number; u: number; v: number };

const LEAF = 4;

/** Builds the hierarchy by binned surface-area splits. */
export function buildBvh(position: Float32Array, triangles: Uint32Array): Bvh {
  const count = triangles.length / 3;
  const centre = new Float32Array(3 * count);
  const box = new Float32Array(6 * count);
  for (let t = 0; t < count; t++)
    for (let k = 0; k < 3; k++) {
      const [a, b, c] = [0, 1, 2].map((j) => position[3 * triangles[3 * t + j]! + k]!) as [number, number, number];
      box[6 * t + k] = Math.min(a, b, c);
      box[6 * t + 3 + k] = Math.max(a, b, c);
      centre[3 * t + k] = (a + b + c) / 3;
    }
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const bounds: number[] = [];
  const nodes: number[] = [];
  const build = (from: number, to: number): void => {
    const index = nodes.length / 2;
    nodes.push(0, 0);
    const low = [Infinity, Infinity, Infinity];
    const high = [-Infinity, -Infinity, -Infinity];
    const clow = [Infinity, Infinity, Infinity];
    const chigh = [-Infinity, -Infinity, -Infinity];
    for (let i = from; i < to; i++) {
      const t = order[i]!;
      for (let k = 0; k < 3; k++) {
        low[k] = Math.min(low[k]!, box[6 * t + k]!);
        high[k] = Math.max(high[k]!, box[6 * t + 3 + k]!);
        clow[k] = Math.min(clow[k]!, centre[3 * t + k]!);
        chigh[k] = Math.max(chigh[k]!, centre[3 * t + k]!);
      }
    }
    bounds.push(...low, ...high);
    const extent = [0, 1, 2].map((k) => chigh[k]! - clow[k]!);
    const axis = extent.indexOf(Math.max(...extent));
    if (to - from <= LEAF || extent[axis]! < 1e-9) {
      nodes[2 * index] = from;
      nodes[2 * index + 1] = to - from;
      return;
    }
    const split = binnedSplit(order, centre, box, from, to, axis, clow[axis]!, extent[axis]!);
    let middle = from;
    for (let i = from; i < to; i++) {
      const t = order[i]!;
      if (centre[3 * t + axis]! < split) {
        order[i] = order[middle]!;
        order[middle++] = t;
      }
    }
    if (middle === from || middle === to) middle = (from + to) >> 1;
    build(from, middle);
    nodes[2 * index] = nodes.length / 2;
    build(middle, to);
  };
  build(0, count);
  const edges = new Float32Array(9 * count);
  order.forEach((t, i) => {
    for (let k = 0; k < 3; k++) {
      const a = position[3 * triangles[3 * t]! + k]!;
      edges[9 * i + k] = a;
      edges[9 * i + 3 + k] = position[3 * triangles[3 * t + 1]! + k]! - a;
      edges[9 * i + 6 + k] = position[3 * triangles[3 * t + 2]! + k]! - a;
    }
  });
  return { bounds: Float32Array.from(bounds), nodes: Int32Array.from(nodes), order, edges };
}

const BINS = 12;
function binnedSplit(
  order: Uint32Array,
  centre: Float32Array,
  box: Float32Array,
  from: number,
  to: number,
  axis: number,
  low: number,
  extent: number,
): number {
  const counts = new Array<number>(BINS).fill(0);
  const lows = Array.from({ length: BINS }, () => [Infinity, Infinity, Infinity]);
  const highs = Array.from({ length: BINS }, () => [-Infinity, -Infinity, -Infinity]);
  for (let i = from; i < to; i++) {
    const t = order[i]!;
    const bin = Math.min(BINS - 1, Math.floor(((centre[3 * t + axis]! - low) / extent) * BINS));
    counts[bin]!++;
    for (let k = 0; k < 3; k++) {
      lows[bin]![k] = Math.min(lows[bin]![k]!, box[6 * t + k]!);
      highs[bin]![k] = Math.max(highs[bin]![k]!, box[6 * t + 3 + k]!);
    }
  }
  const sweep = (bins: readonly number[]): number[] => {
    const l = [Infinity, Infinity, Infinity];
    const h = [-Infinity, -Infinity, -Infinity];
    let n = 0;
    return bins.map((b) => {
      n += counts[b]!;
      for (let k = 0; k < 3; k++) {
        l[k] = Math.min(l[k]!, lows[b]![k]!);
        h[k] = Math.max(h[k]!, highs[b]![k]!);
      }
      const [x, y, z] = [h[0]! - l[0]!, h[1]! - l[1]!, h[2]! - l[2]!];
      return n === 0 ? 0 : n * (x * y + y * z + z * x);
    });
  };
  const indices = Array.from({ length: BINS }, (_, i) => i);
  const left = sweep(indices);
  const right = sweep(indices.toReversed()).toReversed();
  let best = Infinity;
  let at = BINS >> 1;
  for (let b = 1; b < BINS; b++) {
    const cost = left[b - 1]! + right[b]!;
    if (cost < best) [best, at] = [cost, b];
  }
  return low + (extent * at) / BINS;
}

const stack = new Int32Array(128);

/**
 * Traces a ray from (ox, oy, oz) along (dx, dy, dz) up to distance `limit`. With `any` the first hit found ends the
 * search (shadow rays). Fills `hit` and returns whether anything was met.
 */
export function trace(
  bvh: Bvh,
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
  limit: number,
  any: boolean,
  hit: Hit,
): boolean {
  const { bounds, nodes, order, edges } = bvh;
  const ix = 1 / (dx || 1e-12);
  const iy = 1 / (dy || 1e-12);
  const iz = 1 / (dz || 1e-12);
  let top = 0;
  stack[top++] = 0;
  let nearest = limit;
  let found = false;
  while (top > 0) {
    const node = stack[--top]!;
    const b = 6 * node;
    const x0 = (bounds[b]! - ox) * ix;
    const x1 = (bounds[b + 3]! - ox) * ix;
    const y0 = (bounds[b + 1]! - oy) * iy;
    const y1 = (bounds[b + 4]! - oy) * iy;
    const z0 = (bounds[b + 2]! - oz) * iz;
    const z1 = (bounds[b + 5]! - oz) * iz;
    const enter = Math.max(Math.max(Math.min(x0, x1), Math.min(y0, y1)), Math.min(z0, z1));
    const leave = Math.min(Math.min(Math.max(x0, x1), Math.max(y0, y1)), Math.max(z0, z1));
    if (leave < 0 || enter > leave || enter > nearest) continue;
    const n = nodes[2 * node + 1]!;
    if (n === 0) {
      // Visit the child whose side the ray comes from first: its centre is nearer along the ray.
      const l = 6 * (node + 1);
      const r = 6 * nodes[2 * node]!;
      const towards =
        (bounds[r]! + bounds[r + 3]! - bounds[l]! - bounds[l + 3]!) * dx +
        (bounds[r + 1]! + bounds[r + 4]! - bounds[l + 1]! - bounds[l + 4]!) * dy +
        (bounds[r + 2]! + bounds[r + 5]! - bounds[l + 2]! - bounds[l + 5]!) * dz;
      if (towards > 0) {
        stack[top++] = nodes[2 * node]!;
        stack[top++] = node + 1;
      } else {
        stack[top++] = node + 1;
        stack[top++] = nodes[2 * node]!;
      }
      continue;
    }
    const first = nodes[2 * node]!;
    for (let i = first; i < first + n; i++) {
      const e = 9 * i;
      const e1x = edges[e + 3]!;
      const e1y = edges[e + 4]!;
      const e1z = edges[e + 5]!;
      const e2x = edges[e + 6]!;
      const e2y = edges[e + 7]!;
      const e2z = edges[e + 8]!;
      const px = dy * e2z - dz * e2y;
      const py = dz * e2x - dx * e2z;
      const pz = dx * e2y - dy * e2x;
      const det = e1x * px + e1y * py + e1z * pz;
      if (det > -1e-12 && det < 1e-12) continue;
      const inv = 1 / det;
      const tx = ox - edges[e]!;
      const ty = oy - edges[e + 1]!;
      const tz = oz - edges[e + 2]!;
      const u = (tx * px + ty * py + tz * pz) * inv;
      if (u < 0 || u > 1) continue;
      const qx = ty * e1z - tz * e1y;
      const qy = tz * e1x - tx * e1z;
      const qz = tx * e1y - ty * e1x;
      const v = (dx * qx + dy * qy + dz * qz) * inv;
      if (v < 0 || u + v > 1) continue;
      const t = (e2x * qx + e2y * qy + e2z * qz) * inv;
      if (t <= 1e-4 || t >= nearest) continue;
      nearest = t;
      found = true;
      hit.triangle = order[i]!;
      hit.t = t;
      hit.u = u;
      hit.v = v;
      if (any) return true;
    }
  }
  return found;
}
