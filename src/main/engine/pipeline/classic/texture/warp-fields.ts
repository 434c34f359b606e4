/** Where the texture of the swapped face is read in the source's crop: directly, and on the other half of the face. */
import { gaussianBlur } from '#engine/image/blur.ts';
import { rasterizeMesh } from '#engine/image/mesh-raster.ts';
import { newPlane } from '#engine/image/planes.ts';
import { divideBy } from '#engine/image/pointwise.ts';
import type { Rect } from '#engine/image/working.ts';
import { type CompositeMesh, meshInWindow } from '../composite-mesh.ts';
import { SURFACE_VERTICES } from '../contours.ts';
import { EXTENDED_VERTICES, edgeVertexOf, FOREHEAD_EDGE, FOREHEAD_TRIANGLES } from '../shape/forehead.ts';
import type { FaceTopology } from '../shape/topology.ts';

/** Half-size planes over the window. Positions are stored as displacements in full-size pixels. */
export interface WarpFields {
  readonly width: number;
  readonly height: number;
  /** Displacement to the source's place, and to the mirrored vertex's place. */
  readonly direct: readonly [Float32Array, Float32Array];
  readonly mirrored: readonly [Float32Array, Float32Array];
  /** How squarely the source shows the place and its mirror image: 1 facing the camera, below 0 turned away. */
  readonly facing: Float32Array;
  readonly facingMirrored: Float32Array;
  /** How squarely the place will be seen. */
  readonly facingTarget: Float32Array;
  /** Soft coverage of the mesh. */
  readonly coverage: Float32Array;
}

type F = Float32Array<ArrayBuffer>;

const SMOOTHING = 1.7;
const CHANNELS = 7;

const edgeLength = FOREHEAD_EDGE.length;

/** The mirrored vertex, also of the added forehead rings (whose order runs from temple to temple). */
function mirrorOf(i: number, topology: FaceTopology): number {
  if (i < SURFACE_VERTICES) return topology.mirror[i]!;
  const place = (i - SURFACE_VERTICES) % edgeLength;
  return i - place + (edgeLength - 1 - place);
}

/** The z part of each vertex normal, positive towards the camera. */
function vertexFacing(mesh: Float32Array, topology: FaceTopology): Float32Array {
  const normals = newPlane(SURFACE_VERTICES * 3);
  const { triangles } = topology;
  let sign = 0;
  for (let t = 0; t < triangles.length; t += 3) {
    const [a, b, c] = [3 * triangles[t]!, 3 * triangles[t + 1]!, 3 * triangles[t + 2]!];
    const ux = mesh[b]! - mesh[a]!;
    const uy = mesh[b + 1]! - mesh[a + 1]!;
    const uz = mesh[b + 2]! - mesh[a + 2]!;
    const vx = mesh[c]! - mesh[a]!;
    const vy = mesh[c + 1]! - mesh[a + 1]!;
    const vz = mesh[c + 2]! - mesh[a + 2]!;
    const nz = ux * vy - uy * vx;
    sign += nz;
    for (const o of [a, b, c]) {
      normals[o]! += uy * vz - uz * vy;
      normals[o + 1]! += uz * vx - ux * vz;
      normals[o + 2]! += nz;
    }
  }
  const towards = Math.sign(sign);
  const surface = Float32Array.from({ length: SURFACE_VERTICES }, (_, i) => {
    const length = Math.hypot(normals[3 * i]!, normals[3 * i + 1]!, normals[3 * i + 2]!);
    return (towards * normals[3 * i + 2]!) / (length + 1e-9);
  });
  return Float32Array.from({ length: EXTENDED_VERTICES }, (_, i) =>
    i < SURFACE_VERTICES ? surface[i]! : surface[edgeVertexOf(i)]!,
  );
}

/** Rasterises the fields over the window of the target's crop. */
export function warpFields(mesh: CompositeMesh, window: Rect, topology: FaceTopology): WarpFields {
  const width = window.width >> 1;
  const height = window.height >> 1;
  const n = width * height;
  const facing = vertexFacing(mesh.source, topology);
  const wanted = vertexFacing(mesh.composite, topology);
  const values = newPlane(EXTENDED_VERTICES * CHANNELS);
  for (let i = 0; i < EXTENDED_VERTICES; i++) {
    const m = mirrorOf(i, topology);
    values.set(
      [
        mesh.source[3 * i]! - mesh.composite[3 * i]!,
        mesh.source[3 * i + 1]! - mesh.composite[3 * i + 1]!,
        mesh.source[3 * m]! - mesh.composite[3 * i]!,
        mesh.source[3 * m + 1]! - mesh.composite[3 * i + 1]!,
        facing[i]!,
        facing[m]!,
        wanted[i]!,
      ],
      i * CHANNELS,
    );
  }
  const triangles = [...topology.triangles, ...FOREHEAD_TRIANGLES];
  const vertices = meshInWindow(mesh.composite, window, 0.5);
  const { attributes, mask } = rasterizeMesh(vertices, triangles, values, CHANNELS, width, height);
  const coverage = gaussianBlur(mask, width, height, SMOOTHING);
  const [u, v, mu, mv, facingHere, facingThere, facingTarget] = Array.from({ length: CHANNELS }, (_, k) => {
    const plane = gaussianBlur(attributes.subarray(k * n, (k + 1) * n), width, height, SMOOTHING);
    divideBy(plane, coverage, 0.02);
    return plane;
  }) as [F, F, F, F, F, F, F];
  return {
    width,
    height,
    direct: [u, v],
    mirrored: [mu, mv],
    facing: facingHere,
    facingMirrored: facingThere,
    facingTarget,
    coverage,
  };
}
