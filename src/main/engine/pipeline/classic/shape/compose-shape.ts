/**
 * The shape of the swapped face, free from pose: the source's shape wearing the target's expression. Without a
 * morphable model, expression is carried by measured quantities (jaw drop, eyelid opening, lip line).
 */
import { PARTS } from '#engine/face/mesh.ts';
import { clamp, smoothstep } from '#engine/image/math.ts';
import { SURFACE_VERTICES, VERTEX } from '../contours.ts';
import { type ShapeWeights, smoothOverMesh, vertexWeights } from './shape-weights.ts';
import { type FaceTopology, meshDistance } from './topology.ts';

/** Share of the lip gap that the chin follows. */
const JAW_FOLLOWS = 0.85;

/** Outer and inner lip vertices that face each other. */
const LIP_PAIRS: readonly (readonly [number, number])[] = [
  [61, 78],
  [185, 191],
  [40, 80],
  [39, 81],
  [37, 82],
  [0, 13],
  [267, 312],
  [269, 311],
  [270, 310],
  [409, 415],
  [291, 308],
  [146, 95],
  [91, 88],
  [181, 178],
  [84, 87],
  [17, 14],
  [314, 317],
  [405, 402],
  [321, 318],
  [375, 324],
];

/** Inner lip vertices that meet when the mouth shuts: upper and lower. */
const LIP_LINE: readonly (readonly [number, number])[] = [
  [13, 14],
  [82, 87],
  [81, 178],
  [80, 88],
  [191, 95],
  [312, 317],
  [311, 402],
  [310, 318],
  [415, 324],
];

/** The two rings between outer and inner lip: one third and two thirds of the way, in the order of LIP_PAIRS. */
const OUTER_RING = [76, 184, 74, 73, 72, 11, 302, 303, 304, 408, 306, 77, 90, 180, 85, 16, 315, 404, 320, 307];
const INNER_RING = [62, 183, 42, 41, 38, 12, 268, 271, 272, 407, 292, 96, 89, 179, 86, 15, 316, 403, 319, 325];

const EYES = [
  { inner: VERTEX.rightEyeInner, outer: VERTEX.rightEyeOuter, contour: 'rightEye' },
  { inner: VERTEX.leftEyeInner, outer: VERTEX.leftEyeOuter, contour: 'leftEye' },
] as const;

/** Vertices whose offset is set exactly; smoothing leaves them alone. */
const EXACT: ReadonlySet<number> = new Set([
  ...PARTS.rightEye,
  ...PARTS.leftEye,
  ...PARTS.outerLips,
  ...PARTS.innerLips,
  ...OUTER_RING,
  ...INNER_RING,
]);

/** The source's shape with the jaw as far open as the target's. */
function withJawOf(source: Float32Array, target: Float32Array, topology: FaceTopology): Float32Array {
  const gap = (mesh: Float32Array) => meshDistance(mesh, VERTEX.upperInnerLip, VERTEX.lowerInnerLip);
  const drop = gap(target) - gap(source);
  const top = topology.canonical[3 * VERTEX.upperInnerLip + 1]!;
  const chin = topology.canonical[3 * VERTEX.chin + 1]!;
  const out = source.slice();
  for (let i = 0; i < SURFACE_VERTICES; i++) {
    const share = clamp((topology.canonical[3 * i + 1]! - top) / (chin - top), 0, 1);
    out[3 * i + 1]! += JAW_FOLLOWS * drop * share;
  }
  return out;
}

/** Eyes: width, place and tilt move towards the source's; the opening stays the target's (one similarity an eye). */
function setEyes(
  offset: Float64Array[],
  source: Float32Array,
  target: Float32Array,
  share: number,
  topology: FaceTopology,
): void {
  for (const { inner, outer, contour } of EYES) {
    const moved = (i: number, k: number) => target[3 * i + k]! + share * (source[3 * i + k]! - target[3 * i + k]!);
    const ax = target[3 * inner]!;
    const ay = target[3 * inner + 1]!;
    const tx = target[3 * outer]! - ax;
    const ty = target[3 * outer + 1]! - ay;
    const mx = moved(outer, 0) - moved(inner, 0);
    const my = moved(outer, 1) - moved(inner, 1);
    const length2 = tx * tx + ty * ty;
    const re = (tx * mx + ty * my) / length2;
    const im = (tx * my - ty * mx) / length2;
    for (let i = 0; i < SURFACE_VERTICES; i++) {
      const near = 1 - smoothstep(0.25, 1.45, topology.distance[contour][i]!);
      if (near <= 0) continue;
      const px = target[3 * i]! - ax;
      const py = target[3 * i + 1]! - ay;
      const x = moved(inner, 0) + re * px - im * py - target[3 * i]!;
      const y = moved(inner, 1) + im * px + re * py - target[3 * i + 1]!;
      offset[0]![i]! += near * (x - offset[0]![i]!);
      offset[1]![i]! += near * (y - offset[1]![i]!);
    }
  }
}

/** Lips: the line where they meet stays the target's, the fullness moves towards the source's. */
function setLips(offset: Float64Array[], source: Float32Array, target: Float32Array, share: number): void {
  const width = (mesh: Float32Array) => meshDistance(mesh, VERTEX.mouthLeft, VERTEX.mouthRight);
  const stretch = width(target) / width(source);
  // Facing points move together: the source's open mouth must not open the target's, nor its shut mouth shut it.
  for (const [upper, lower] of LIP_LINE) {
    for (const field of offset) {
      const middle = (field[upper]! + field[lower]!) / 2;
      field[upper] = middle;
      field[lower] = middle;
    }
  }
  LIP_PAIRS.forEach(([outer, inner], pair) => {
    for (let k = 0; k < 2; k++) {
      const field = offset[k]!;
      const sourceFullness = (source[3 * outer + k]! - source[3 * inner + k]!) * (k === 0 ? stretch : 1);
      const targetFullness = target[3 * outer + k]! - target[3 * inner + k]!;
      field[outer] = field[inner]! + share * (sourceFullness - targetFullness);
      field[OUTER_RING[pair]!] = (2 * field[outer]! + field[inner]!) / 3;
      field[INNER_RING[pair]!] = (field[outer]! + 2 * field[inner]!) / 3;
    }
  });
}

/**
 * @param source and @param target meshes free from pose (`freeFromPose`), 468 points
 * @returns the composed mesh in the same frame; equal to the target's when all weights are 0
 */
export function composeShape(
  source: Float32Array,
  target: Float32Array,
  weights: ShapeWeights,
  topology: FaceTopology,
): Float32Array<ArrayBuffer> {
  const shaped = withJawOf(source, target, topology);
  const share = vertexWeights(weights, topology);
  const offset = [0, 1, 2].map((k) =>
    Float64Array.from({ length: SURFACE_VERTICES }, (_, i) => share[i]! * (shaped[3 * i + k]! - target[3 * i + k]!)),
  );
  setEyes(offset, shaped, target, weights.eyes, topology);
  setLips(offset, shaped, target, weights.lips);
  for (const field of offset) smoothOverMesh(field, topology, 2, EXACT);
  return Float32Array.from({ length: SURFACE_VERTICES * 3 }, (_, j) => target[j]! + offset[j % 3]![Math.floor(j / 3)]!);
}
