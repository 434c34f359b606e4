/** The mesh that the swapped face is drawn on, in the target's crop. */
import { PARTS } from '#engine/face/mesh.ts';
import { project } from '#engine/face/pose.ts';
import type { Rect } from '#engine/image/working.ts';
import type { ClassicFace } from './classic-face.ts';
import { SURFACE_VERTICES } from './contours.ts';
import { composeShape } from './shape/compose-shape.ts';
import { EXTENDED_VERTICES, edgeVertexOf, extendForehead } from './shape/forehead.ts';
import type { ShapeWeights } from './shape/shape-weights.ts';
import type { FaceTopology } from './shape/topology.ts';

export interface CompositeMesh {
  /** Vertices of the swapped face, extended over the forehead, in pixels of the target's crop. */
  readonly composite: Float32Array;
  /** The same vertices on the target's own face. */
  readonly target: Float32Array;
  /** The same vertices on the source's face, in pixels of the source's crop. */
  readonly source: Float32Array;
}

/** The face's own extended mesh; the fit's residual of each edge vertex goes along upwards. */
function extendedMesh(face: ClassicFace): Float32Array<ArrayBuffer> {
  const out = project(extendForehead(face.shape), face.pose);
  const { landmarks } = face.aligned;
  for (let i = SURFACE_VERTICES; i < EXTENDED_VERTICES; i++) {
    const e = edgeVertexOf(i);
    for (let k = 0; k < 3; k++) out[3 * i + k]! += landmarks[3 * e + k]! - out[3 * e + k]!;
  }
  out.set(landmarks.subarray(0, SURFACE_VERTICES * 3));
  return out;
}

/**
 * Composes the shape and puts it into the target's pose. What the canonical frame cannot express of the target's mesh
 * (the residual of its pose fit) is carried along, so that weights of 0 give exactly the target's mesh.
 */
export function composeMesh(
  source: ClassicFace,
  target: ClassicFace,
  weights: ShapeWeights,
  topology: FaceTopology,
): CompositeMesh {
  const targetMesh = extendedMesh(target);
  const shape = extendForehead(composeShape(source.shape, target.shape, weights, topology));
  const posed = project(shape, target.pose);
  const unchanged = project(extendForehead(target.shape), target.pose);
  const composite = new Float32Array(posed.length);
  for (let i = 0; i < posed.length; i++) composite[i] = targetMesh[i]! + (posed[i]! - unchanged[i]!);
  return { composite, target: targetMesh, source: extendedMesh(source) };
}

/** Rounding of the window's sides: reduced maps of a quarter and an eighth stay whole. */
const GRAIN = 8;

/** The part of the crop in which the face's pixels change: both outlines, the forehead, and a margin. */
export function faceWindow({ composite, target }: CompositeMesh, size: number): Rect {
  const margin = size * 0.047;
  let left = size;
  let top = size;
  let right = 0;
  let bottom = 0;
  const include = (mesh: Float32Array, i: number) => {
    left = Math.min(left, mesh[3 * i]!);
    right = Math.max(right, mesh[3 * i]!);
    top = Math.min(top, mesh[3 * i + 1]!);
    bottom = Math.max(bottom, mesh[3 * i + 1]!);
  };
  for (const mesh of [composite, target]) {
    for (const i of PARTS.oval) include(mesh, i);
    for (let i = SURFACE_VERTICES; i < EXTENDED_VERTICES; i++) include(mesh, i);
  }
  const low = (v: number) => Math.floor(Math.max(0, Math.min(size - GRAIN, v - margin)) / GRAIN) * GRAIN;
  const high = (v: number) => Math.ceil(Math.max(GRAIN, Math.min(size, v + margin)) / GRAIN) * GRAIN;
  const x = low(left);
  const y = low(top);
  const whole = Math.floor(size / GRAIN) * GRAIN;
  return {
    x,
    y,
    width: Math.max(GRAIN, Math.min(whole, high(right)) - x),
    height: Math.max(GRAIN, Math.min(whole, high(bottom)) - y),
  };
}

/** A mesh moved into the coordinates of a window, optionally reduced. */
export function meshInWindow(mesh: Float32Array, window: Rect, scale = 1): Float32Array<ArrayBuffer> {
  const out = new Float32Array(mesh.length);
  for (let i = 0; i < mesh.length; i += 3) {
    out[i] = (mesh[i]! - window.x) * scale;
    out[i + 1] = (mesh[i + 1]! - window.y) * scale;
    out[i + 2] = mesh[i + 2]! * scale;
  }
  return out;
}
