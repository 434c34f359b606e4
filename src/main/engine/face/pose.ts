/** Head pose: the similarity that carries the canonical face onto a mesh (weighted Procrustes, Horn 1987). */
import { type FaceMesh, faceMesh, MESH_POINTS } from './mesh.ts';

/** Row-major 3x3 rotation. */
export type Rotation = readonly [number, number, number, number, number, number, number, number, number];

/** picture = scale · R · canonical + translation; picture pixels, z in the same unit. */
export interface Pose {
  readonly scale: number;
  readonly rotation: Rotation;
  readonly translation: readonly [number, number, number];
}

/** Degrees. */
export interface HeadAngles {
  /** Positive: the face looks towards the right edge of the picture. */
  readonly yaw: number;
  /** Positive: the face looks up. */
  readonly pitch: number;
  /** Positive: the head is turned clockwise in the picture. */
  readonly roll: number;
}

const DEGREES = 180 / Math.PI;

/**
 * The best similarity from `from` to `to` (n x 3 each) in the weighted least-squares sense.
 * @throws RangeError when the weighted points all lie in one place
 */
export function procrustes(from: Float32Array, to: Float32Array, weights: Float32Array): Pose {
  const centreFrom = weightedMean(from, weights);
  const centreTo = weightedMean(to, weights);
  // Cross-covariance, row = axis of `from`, column = axis of `to`, and the spread of `from`.
  const cross = new Array<number>(9).fill(0);
  let spread = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i]!;
    if (weight === 0) continue;
    for (let a = 0; a < 3; a++) {
      const p = from[3 * i + a]! - centreFrom[a]!;
      spread += weight * p * p;
      for (let b = 0; b < 3; b++) cross[3 * a + b]! += weight * p * (to[3 * i + b]! - centreTo[b]!);
    }
  }
  if (!(spread > 0)) throw new RangeError('procrustes: the points have no extent');
  const rotation = rotationOfQuaternion(bestQuaternion(cross));
  // trace(R · cross) is the spread of `to` along the turned `from`.
  let along = 0;
  for (let a = 0; a < 3; a++) for (let b = 0; b < 3; b++) along += rotation[3 * b + a]! * cross[3 * a + b]!;
  const scale = along / spread;
  const turned = rotate(rotation, centreFrom);
  return {
    scale,
    rotation,
    translation: [centreTo[0] - scale * turned[0], centreTo[1] - scale * turned[1], centreTo[2] - scale * turned[2]],
  };
}

/** The pose of a mesh (at least 468 x 3, picture pixels), estimated from the landmarks that hardly move. */
export function poseOf(landmarks: Float32Array, mesh: FaceMesh = faceMesh()): Pose {
  return procrustes(mesh.canonical, landmarks.subarray(0, 3 * MESH_POINTS), mesh.poseWeights);
}

/** Pose-free points in canonical axes and centimetres: the inverse of `project`. */
export function unproject(points: Float32Array, pose: Pose): Float32Array<ArrayBuffer> {
  const out = new Float32Array(points.length);
  const [r0, r1, r2, r3, r4, r5, r6, r7, r8] = pose.rotation;
  const [tx, ty, tz] = pose.translation;
  for (let i = 0; i < points.length; i += 3) {
    const x = (points[i]! - tx) / pose.scale;
    const y = (points[i + 1]! - ty) / pose.scale;
    const z = (points[i + 2]! - tz) / pose.scale;
    out[i] = r0 * x + r3 * y + r6 * z;
    out[i + 1] = r1 * x + r4 * y + r7 * z;
    out[i + 2] = r2 * x + r5 * y + r8 * z;
  }
  return out;
}

/** Pose and pose-free shape of a mesh: `project(shape, pose)` gives the mesh back. */
export function decompose(landmarks: Float32Array): { pose: Pose; shape: Float32Array<ArrayBuffer> } {
  const pose = poseOf(landmarks);
  return { pose, shape: unproject(landmarks, pose) };
}

/** Points in canonical axes, put into the picture by a pose. */
export function project(points: Float32Array, pose: Pose): Float32Array<ArrayBuffer> {
  const out = new Float32Array(points.length);
  const { scale, translation } = pose;
  for (let i = 0; i < points.length; i += 3) {
    const [x, y, z] = rotate(pose.rotation, [points[i]!, points[i + 1]!, points[i + 2]!]);
    out[i] = scale * x + translation[0];
    out[i + 1] = scale * y + translation[1];
    out[i + 2] = scale * z + translation[2];
  }
  return out;
}

/**
 * Angles of a rotation taken apart as roll (in the picture's plane, outermost), then yaw, then pitch, so that turning
 * the picture changes roll alone.
 */
export function anglesOf(rotation: Rotation): HeadAngles {
  const [r00, , , r10, , , r20, r21, r22] = rotation;
  return {
    yaw: Math.asin(Math.max(-1, Math.min(1, r20))) * DEGREES,
    pitch: Math.atan2(-r21, r22) * DEGREES,
    roll: Math.atan2(r10, r00) * DEGREES,
  };
}

/** The rotation with these angles: the inverse of `anglesOf`. */
export function rotationOf(angles: HeadAngles): Rotation {
  const [y, x, z] = [-angles.yaw / DEGREES, -angles.pitch / DEGREES, angles.roll / DEGREES];
  const [cx, sx, cy, sy, cz, sz] = [Math.cos(x), Math.sin(x), Math.cos(y), Math.sin(y), Math.cos(z), Math.sin(z)];
  return [
    cz * cy,
    cz * sy * sx - sz * cx,
    cz * sy * cx + sz * sx,
    sz * cy,
    sz * sy * sx + cz * cx,
    sz * sy * cx - cz * sx,
    -sy,
    cy * sx,
    cy * cx,
  ];
}

type Vector = readonly [number, number, number];

export function rotate(r: Rotation, [x, y, z]: Vector): [number, number, number] {
  return [r[0] * x + r[1] * y + r[2] * z, r[3] * x + r[4] * y + r[5] * z, r[6] * x + r[7] * y + r[8] * z];
}

function weightedMean(points: Float32Array, weights: Float32Array): Vector {
  let [x, y, z, total] = [0, 0, 0, 0];
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i]!;
    x += weight * points[3 * i]!;
    y += weight * points[3 * i + 1]!;
    z += weight * points[3 * i + 2]!;
    total += weight;
  }
  return [x / total, y / total, z / total];
}

/** Horn's quaternion: the eigenvector of the largest eigenvalue of a symmetric 4x4 matrix of the cross-covariance. */
function bestQuaternion(s: readonly number[]): number[] {
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = s as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return dominantEigenvector([
    [xx + yy + zz, yz - zy, zx - xz, xy - yx],
    [yz - zy, xx - yy - zz, xy + yx, zx + xz],
    [zx - xz, xy + yx, yy - xx - zz, yz + zy],
    [xy - yx, zx + xz, yz + zy, zz - xx - yy],
  ]);
}

/** Cyclic Jacobi rotations on a small symmetric matrix; changes `matrix`. */
function dominantEigenvector(matrix: number[][]): number[] {
  const n = matrix.length;
  const vectors = matrix.map((_, i) => matrix.map((_, j) => (i === j ? 1 : 0)));
  const MAX_SWEEPS = 30;
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let turned = false;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const off = matrix[p]![q]!;
        if (Math.abs(off) <= Number.EPSILON * Math.abs(matrix[p]![p]! - matrix[q]![q]!) || off === 0) continue;
        turned = true;
        const theta = 0.5 * Math.atan2(2 * off, matrix[q]![q]! - matrix[p]![p]!);
        const cos = Math.cos(theta);
        const sin = Math.sin(theta);
        for (const row of [...matrix, ...vectors]) [row[p], row[q]] = mix(row[p]!, row[q]!, cos, sin);
        const [rowP, rowQ] = [matrix[p]!, matrix[q]!];
        for (let k = 0; k < n; k++) [rowP[k], rowQ[k]] = mix(rowP[k]!, rowQ[k]!, cos, sin);
      }
    }
    if (!turned) break;
  }
  let best = 0;
  for (let i = 1; i < n; i++) if (matrix[i]![i]! > matrix[best]![best]!) best = i;
  return vectors.map((row) => row[best]!);
}

const mix = (a: number, b: number, cos: number, sin: number): [number, number] => [
  cos * a - sin * b,
  sin * a + cos * b,
];

function rotationOfQuaternion(quaternion: readonly number[]): Rotation {
  const length = Math.hypot(...quaternion);
  const [w, x, y, z] = quaternion.map((value) => value / length) as [number, number, number, number];
  return [
    1 - 2 * (y * y + z * z),
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    2 * (x * y + w * z),
    1 - 2 * (x * x + z * z),
    2 * (y * z - w * x),
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    1 - 2 * (x * x + y * y),
  ];
}
