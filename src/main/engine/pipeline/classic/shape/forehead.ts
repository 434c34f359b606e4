/** Extends the mesh, which ends below the hairline, over the forehead: rings of further vertices above its upper edge. */
import { SURFACE_VERTICES, VERTEX } from '../contours.ts';

/** The upper edge of the mesh from temple to temple. */
export const FOREHEAD_EDGE = [127, 162, 21, 54, 103, 67, 109, 10, 338, 297, 332, 284, 251, 389, 356] as const;
const RINGS = 3;
/** Height of the extension above the middle of the edge, as a share of the face's height. */
const EXTENSION = 0.2;
/** Vertex below the edge's middle: gives the slope of the forehead. */
const BELOW_TOP = 151;
const NASION = 168;
/** Radius of a head, centimetres: how the extension curves back. */
const HEAD_RADIUS = 9;
const edge: readonly number[] = FOREHEAD_EDGE;

/** Number of vertices of an extended mesh. */
export const EXTENDED_VERTICES = SURFACE_VERTICES + RINGS * FOREHEAD_EDGE.length;

/** The vertex of the edge above which an added vertex lies. */
export const edgeVertexOf = (added: number): number => edge[(added - SURFACE_VERTICES) % edge.length]!;

/** How far above the edge a vertex lies: 0 on the mesh proper, 1 on the topmost ring. */
export const heightOf = (i: number): number =>
  i < SURFACE_VERTICES ? 0 : (Math.floor((i - SURFACE_VERTICES) / edge.length) + 1) / RINGS;

/** Triangles of the added rings. */
export const FOREHEAD_TRIANGLES: readonly number[] = Array.from({ length: RINGS }, (_, ring) => {
  const at = (r: number, i: number) => (r < 0 ? edge[i]! : SURFACE_VERTICES + r * edge.length + i);
  return edge
    .slice(1)
    .flatMap((_, i) => [
      at(ring - 1, i),
      at(ring - 1, i + 1),
      at(ring, i),
      at(ring, i),
      at(ring - 1, i + 1),
      at(ring, i + 1),
    ]);
}).flat();

/** Appends the rings to a mesh free from pose (468 points, centimetres). */
export function extendForehead(mesh: Float32Array): Float32Array<ArrayBuffer> {
  const out = new Float32Array(EXTENDED_VERTICES * 3);
  out.set(mesh.subarray(0, SURFACE_VERTICES * 3));
  const at = (i: number, k: number) => mesh[3 * i + k]!;
  const height = at(VERTEX.chin, 1) - at(VERTEX.foreheadTop, 1);
  const rise = Math.max(0.1, at(BELOW_TOP, 1) - at(VERTEX.foreheadTop, 1));
  const slope = Math.min(1, Math.max(0.1, (at(VERTEX.foreheadTop, 2) - at(BELOW_TOP, 2)) / rise));
  for (let j = 0; j < edge.length; j++) {
    const i = edge[j]!;
    const dx = at(i, 0) - at(NASION, 0);
    const dy = at(i, 1) - at(NASION, 1);
    const length = Math.hypot(dx, dy);
    const place = (2 * j) / (edge.length - 1) - 1;
    const reach = EXTENSION * height * Math.cos((place * Math.PI) / 2) ** 0.7;
    for (let ring = 0; ring < RINGS; ring++) {
      const along = (reach * (ring + 1)) / RINGS;
      const o = 3 * (SURFACE_VERTICES + ring * edge.length + j);
      out[o] = at(i, 0) + (dx / length) * along;
      out[o + 1] = at(i, 1) + (dy / length) * along;
      out[o + 2] = at(i, 2) + slope * along + (along * along) / (2 * HEAD_RADIUS);
    }
  }
  return out;
}
