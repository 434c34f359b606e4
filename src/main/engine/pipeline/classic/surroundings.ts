/**
 * The target on the new shape: its face follows the composite mesh, and what surrounds the face is bent so that it
 * meets the new outline. So no hole arises between the old outline and the new one (the paper's mismatch region).
 */

import { PARTS } from '#engine/face/mesh.ts';
import { gaussianBlur } from '#engine/image/blur.ts';
import { cropPlanes } from '#engine/image/crop.ts';
import { clamp } from '#engine/image/math.ts';
import { rasterizeMesh } from '#engine/image/mesh-raster.ts';
import type { RgbImage } from '#engine/image/picture.ts';
import { resizePlane } from '#engine/image/resize.ts';
import { sampleBilinear } from '#engine/image/warp.ts';
import type { Rect } from '#engine/image/working.ts';
import type { CompositeMesh } from './composite-mesh.ts';
import { planarDistance, VERTEX } from './contours.ts';
import type { FaceTopology } from './shape/topology.ts';

/** Where each pixel of the new picture comes from in the target's crop: half-size displacement planes, full-size pixels. */
export interface Displacement {
  /** Side of the planes. */
  readonly size: number;
  readonly dx: Float32Array;
  readonly dy: Float32Array;
  /** The largest move, pixels. */
  readonly largest: number;
}

const GRID = 64;
/** Points on each edge of the outline. */
const PER_EDGE = 3;
/** How far the bending reaches outside the face, as a share of its width. */
const REACH = 0.42;
/** Moves below this are invisible: the picture is left as it is, bit for bit. */
const NEGLIGIBLE = 0.02;

/** The bending outside the face on a coarse grid: inverse-distance weights from the outline, fading with distance. */
function bendGrid(mesh: CompositeMesh, size: number): { dx: Float32Array; dy: Float32Array } {
  const oval: readonly number[] = PARTS.oval;
  const count = oval.length * PER_EDGE;
  const points = new Float64Array(count * 4);
  oval.forEach((a, i) => {
    const b = oval[(i + 1) % oval.length]!;
    for (let k = 0; k < PER_EDGE; k++) {
      const f = k / PER_EDGE;
      const along = (m: Float32Array, c: number) => m[3 * a + c]! + f * (m[3 * b + c]! - m[3 * a + c]!);
      const o = 4 * (PER_EDGE * i + k);
      points[o] = along(mesh.composite, 0);
      points[o + 1] = along(mesh.composite, 1);
      points[o + 2] = along(mesh.target, 0) - points[o]!;
      points[o + 3] = along(mesh.target, 1) - points[o + 1]!;
    }
  });
  const reach = REACH * planarDistance(mesh.composite, VERTEX.rightCheek, VERTEX.leftCheek);
  const softness = (size / 1024) ** 4 * 1e4;
  const step = size / GRID;
  const dx = new Float32Array(GRID * GRID);
  const dy = new Float32Array(GRID * GRID);
  for (let j = 0; j < GRID; j++) {
    for (let i = 0; i < GRID; i++) {
      const x = (i + 0.5) * step;
      const y = (j + 0.5) * step;
      let total = 0;
      let sx = 0;
      let sy = 0;
      let nearest = Number.POSITIVE_INFINITY;
      for (let p = 0; p < points.length; p += 4) {
        const d2 = (x - points[p]!) ** 2 + (y - points[p + 1]!) ** 2;
        nearest = Math.min(nearest, d2);
        const w = 1 / (d2 * d2 + softness);
        total += w;
        sx += w * points[p + 2]!;
        sy += w * points[p + 3]!;
      }
      const f = Math.max(0, 1 - Math.sqrt(nearest) / reach);
      // The picture's border stays where it is.
      const border = Math.min(i, j, GRID - 1 - i, GRID - 1 - j);
      const fade = f * f * (3 - 2 * f) * clamp(border / 3, 0, 1);
      dx[j * GRID + i] = (sx / total) * fade;
      dy[j * GRID + i] = (sy / total) * fade;
    }
  }
  return { dx, dy };
}

/** The displacement that puts the target onto the composite mesh. */
export function targetDisplacement(mesh: CompositeMesh, size: number, topology: FaceTopology): Displacement {
  const half = size >> 1;
  const grid = bendGrid(mesh, size);
  const dx = resizePlane(grid.dx, GRID, GRID, half, half);
  const dy = resizePlane(grid.dy, GRID, GRID, half, half);
  const vertices = mesh.composite.map((v) => v / 2);
  const moves = new Float32Array((mesh.composite.length / 3) * 2);
  for (let i = 0; i < moves.length / 2; i++) {
    for (let k = 0; k < 2; k++) moves[2 * i + k] = mesh.target[3 * i + k]! - mesh.composite[3 * i + k]!;
  }
  const { attributes, mask } = rasterizeMesh(vertices, topology.triangles, moves, 2, half, half);
  const n = half * half;
  const inside = gaussianBlur(mask, half, half, SMOOTHING);
  for (const [plane, offset] of [
    [dx, 0],
    [dy, n],
  ] as const) {
    const smooth = gaussianBlur(attributes.subarray(offset, offset + n), half, half, SMOOTHING);
    // Outside the mesh the blurred mask fades the mesh's own field into the bending.
    for (let i = 0; i < n; i++) plane[i] = smooth[i]! + (1 - inside[i]!) * plane[i]!;
  }
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(dx[i]!), Math.abs(dy[i]!));
  return { size: half, dx, dy, largest };
}

/** Smoothing of the mesh's piecewise linear field, half-size pixels. */
const SMOOTHING = 1.7;

/** Where each pixel of a rectangle of the crop is read, in pixels of the crop. */
function readingPositions({ size: half, dx, dy }: Displacement, rect: Rect): [Float32Array, Float32Array] {
  const n = rect.width * rect.height;
  const u = new Float32Array(n);
  const v = new Float32Array(n);
  for (let y = 0, i = 0; y < rect.height; y++) {
    const py = Math.min(half - 1, Math.max(0, (y + rect.y + 0.5) / 2 - 0.5));
    const top = Math.min(Math.floor(py), half - 2);
    const fy = py - top;
    for (let x = 0; x < rect.width; x++, i++) {
      const px = Math.min(half - 1, Math.max(0, (x + rect.x + 0.5) / 2 - 0.5));
      const left = Math.min(Math.floor(px), half - 2);
      const fx = px - left;
      const p = top * half + left;
      const w00 = (1 - fx) * (1 - fy);
      const w10 = fx * (1 - fy);
      const w01 = (1 - fx) * fy;
      const w11 = fx * fy;
      u[i] = x + rect.x + 0.5 + w00 * dx[p]! + w10 * dx[p + 1]! + w01 * dx[p + half]! + w11 * dx[p + half + 1]!;
      v[i] = y + rect.y + 0.5 + w00 * dy[p]! + w10 * dy[p + 1]! + w01 * dy[p + half]! + w11 * dy[p + half + 1]!;
    }
  }
  return [u, v];
}

/** A window of a plane of the crop on the new shape. */
export function displaceWindow(
  plane: Float32Array,
  size: number,
  displacement: Displacement,
  window: Rect,
): Float32Array<ArrayBuffer> {
  if (displacement.largest < NEGLIGIBLE) return cropPlanes(plane, size, size, 1, window);
  const [u, v] = readingPositions(displacement, window);
  return sampleBilinear(plane, size, size, 1, u, v);
}

/** The target's crop on the new shape; the crop itself when nothing moves visibly. */
export function displaceCrop(crop: RgbImage, displacement: Displacement): RgbImage {
  if (displacement.largest < NEGLIGIBLE) return crop;
  const { width: size } = crop;
  const [u, v] = readingPositions(displacement, { x: 0, y: 0, width: size, height: size });
  return { width: size, height: size, data: sampleBilinear(crop.data, size, size, 3, u, v) };
}
