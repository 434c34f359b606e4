/**
 * The target on the new shape: its face follows the composite mesh, and what surrounds the face is bent so that it
 * meets the new outline. So no hole arises between the old outline and the new one (the paper's mismatch region).
 */
import { PARTS } from '#engine/face/mesh.ts';
import { gaussianBlur } from '#engine/image/blur.ts';
import { withKernels } from '#engine/image/kernels/kernels.ts';
import { clamp, smoothstep } from '#engine/image/math.ts';
import { rasterizeMesh } from '#engine/image/mesh-raster.ts';
import type { RgbImage } from '#engine/image/picture.ts';
import { newPlane } from '#engine/image/planes.ts';
import { fadeInto } from '#engine/image/pointwise.ts';
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
/**
 * How far the bending reaches outside the face: at least and at most, as shares of its width, and how far for each pixel
 * of the move. What hardly moves needs little room, what moves much would be squeezed.
 */
const REACH = { least: 0.05, most: 0.42, perMove: 5 } as const;
/** Moves outside the face, pixels at 1024, that fade away: they would change many pixels by a level or two. */
const FAINT = { none: 0.05, whole: 0.4 } as const;
/** Moves below this are invisible: the picture is left as it is, bit for bit. */
const NEGLIGIBLE = 0.02;

/**
 * The bending outside the face on a coarse grid: inverse-distance weights from the outline, fading with distance, the
 * sooner the less there is to bend.
 */
function bendGrid(mesh: CompositeMesh, size: number): { dx: Float32Array; dy: Float32Array } {
  const oval: readonly number[] = PARTS.oval;
  const count = oval.length * PER_EDGE;
  const points = newPlane(count * 4);
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
  const width = planarDistance(mesh.composite, VERTEX.rightCheek, VERTEX.leftCheek);
  const scale = size / 1024;
  const softness = scale ** 4 * 1e4;
  const [dx, dy, nearest] = [newPlane(GRID * GRID), newPlane(GRID * GRID), newPlane(GRID * GRID)];
  withKernels({ read: [points], write: [dx, dy, nearest] }, (kernels, [from, x, y, d2]) =>
    kernels.weighMoves(from!, count, GRID, size / GRID, softness, x!, y!, d2!),
  );
  for (let j = 0, o = 0; j < GRID; j++) {
    for (let i = 0; i < GRID; i++, o++) {
      const move = Math.sqrt(dx[o]! * dx[o]! + dy[o]! * dy[o]!);
      const reach = Math.min(REACH.most * width, REACH.least * width + REACH.perMove * move);
      const f = Math.max(0, 1 - Math.sqrt(nearest[o]!) / reach);
      // The picture's border stays where it is.
      const border = Math.min(i, j, GRID - 1 - i, GRID - 1 - j);
      const smooth = f * f * (3 - 2 * f) * clamp(border / 3, 0, 1);
      const fade = smooth * smoothstep(FAINT.none * scale, FAINT.whole * scale, smooth * move);
      dx[o]! *= fade;
      dy[o]! *= fade;
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
  const moves = newPlane((mesh.composite.length / 3) * 2);
  for (let i = 0; i < moves.length / 2; i++) {
    for (let k = 0; k < 2; k++) moves[2 * i + k] = mesh.target[3 * i + k]! - mesh.composite[3 * i + k]!;
  }
  const { attributes, mask } = rasterizeMesh(vertices, topology.triangles, moves, 2, half, half);
  const n = half * half;
  let largest = 0;
  const inside = gaussianBlur(mask, half, half, SMOOTHING);
  for (const [plane, offset] of [
    [dx, 0],
    [dy, n],
  ] as const) {
    const smooth = gaussianBlur(attributes.subarray(offset, offset + n), half, half, SMOOTHING);
    // Outside the mesh the blurred mask fades the mesh's own field into the bending.
    largest = Math.max(largest, fadeInto(plane, smooth, inside));
  }
  return { size: half, dx, dy, largest };
}

/** Smoothing of the mesh's piecewise linear field, half-size pixels. */
const SMOOTHING = 1.7;

/** The target on the new shape. */
export interface Displaced {
  /** The crop; the target's crop itself when nothing moves visibly. */
  readonly crop: RgbImage;
  /** Maps over the window. */
  readonly maps: readonly Float32Array<ArrayBuffer>[];
}

/** A map over the whole crop, of any side. */
export interface CropMap {
  readonly size: number;
  readonly data: Float32Array;
}

/** Puts the crop, and the window of some maps of it, onto the new shape. */
export function displaceTarget(
  crop: RgbImage,
  maps: readonly CropMap[],
  { size: half, dx, dy, largest }: Displacement,
  window: Rect,
): Displaced {
  const { width: size } = crop;
  const still = largest < NEGLIGIBLE;
  const none = still ? newPlane(half * half) : undefined;
  const u = resizePlane(none ?? dx, half, half, size, size, { x: 1, y: 0, offset: 0.5 });
  const v = resizePlane(none ?? dy, half, half, size, size, { x: 0, y: 1, offset: 0.5 });
  const whole = { u, v, width: size, height: size, stride: size, scale: 1 };
  const first = window.y * size + window.x;
  const part = { u: u.subarray(first), v: v.subarray(first), width: window.width, height: window.height, stride: size };
  return {
    crop: still ? crop : { width: size, height: size, data: sampleBilinear(crop.data, size, size, 3, whole) },
    maps: maps.map(({ size: side, data }) => sampleBilinear(data, side, side, 1, { ...part, scale: side / size })),
  };
}
