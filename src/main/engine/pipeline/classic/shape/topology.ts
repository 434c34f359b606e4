/** The face mesh as a surface: neighbours, and distances along it. */
import { type FaceMesh, type FacePart, faceMesh, MESH_POINTS, PARTS } from '#engine/face/mesh.ts';

export interface FaceTopology extends FaceMesh {
  readonly neighbours: readonly (readonly number[])[];
  /** Distance along the surface to each part's outline, centimetres. */
  readonly distance: Readonly<Record<FacePart, Float64Array>>;
}

function neighbourLists(triangles: ArrayLike<number>): number[][] {
  const sets = Array.from({ length: MESH_POINTS }, () => new Set<number>());
  for (let t = 0; t < triangles.length; t += 3) {
    for (let k = 0; k < 3; k++) {
      const a = triangles[t + k]!;
      const b = triangles[t + ((k + 1) % 3)]!;
      sets[a]!.add(b);
      sets[b]!.add(a);
    }
  }
  return sets.map((s) => [...s]);
}

/** Distance in space of two vertices of an interleaved mesh. */
export const meshDistance = (mesh: Float32Array, a: number, b: number): number =>
  Math.hypot(mesh[3 * a]! - mesh[3 * b]!, mesh[3 * a + 1]! - mesh[3 * b + 1]!, mesh[3 * a + 2]! - mesh[3 * b + 2]!);

/** Shortest paths along the edges from any of the seeds. */
function distanceFrom(
  seeds: readonly number[],
  mesh: Float32Array,
  neighbours: readonly (readonly number[])[],
): Float64Array {
  const distance = new Float64Array(neighbours.length).fill(Number.POSITIVE_INFINITY);
  const queue = seeds.filter((i) => i < neighbours.length);
  for (const seed of queue) distance[seed] = 0;
  for (let i = queue.shift(); i !== undefined; i = queue.shift()) {
    for (const j of neighbours[i]!) {
      const reached = distance[i]! + meshDistance(mesh, i, j);
      if (reached < distance[j]! - 1e-9) {
        distance[j] = reached;
        queue.push(j);
      }
    }
  }
  return distance;
}

/** Adds neighbours and distances to the mesh tables: prepared once for all faces. */
export function createTopology(mesh: FaceMesh = faceMesh()): FaceTopology {
  const neighbours = neighbourLists(mesh.triangles);
  const parts = Object.keys(PARTS) as FacePart[];
  const distance = Object.fromEntries(
    parts.map((part) => [part, distanceFrom(PARTS[part], mesh.canonical, neighbours)]),
  ) as Record<FacePart, Float64Array>;
  return { ...mesh, neighbours, distance };
}
