import { type CanonicalFace, LOOPS } from './canonical-face.ts';
import { add, catmull, lerp, mix, norm, scale, smoothstep, sub, unit, type Vec3 } from './math.ts';
import { boundaryLoops, bridge, type Mesh, vertexNormals } from './mesh.ts';
import { type HalfRing, LOWER_NECK, ringPoint, UPPER_NECK } from './rings.ts';
import { subdivide } from './subdivide.ts';
import { applyExpression, applyIdentity, type Expression, EYE, type Identity, relaxedLandmarks } from './traits.ts';

/** Key rings of the skull and neck behind the face oval, as points from the top over the picture's right side to the bottom. */
const RINGS: readonly HalfRing[] = [
  // over the crown, behind the ears, under the jaw
  [
    [0, 12.6, -5],
    [4.6, 11.4, -5],
    [7.6, 8.4, -5],
    [8.5, 4.6, -5.4],
    [8.2, 1, -5.6],
    [7.2, -3, -5],
    [6, -6.2, -3.8],
    [4.6, -8.4, -2],
    [2.4, -9.9, -0.2],
    [0, -10.3, 0.6],
  ],
  // over the back of the head, down the neck's sides
  [
    [0, 8.2, -15.2],
    [4.4, 7.6, -14.2],
    [7, 5.4, -12],
    [7.9, 2.6, -10.4],
    [7.4, -0.6, -9.4],
    [6.5, -4.2, -8.2],
    [5.9, -7.4, -6.4],
    [4.9, -10, -4],
    [2.7, -11.6, -1.8],
    [0, -12, -1],
  ],
  UPPER_NECK,
  LOWER_NECK,
  // onto the shoulders
  [
    [0, -14, -14.6],
    [4.6, -14.4, -14.2],
    [8, -15.2, -13],
    [10, -16, -11.4],
    [10.8, -16.8, -9.8],
    [10.6, -17.6, -8],
    [9.4, -18.4, -6],
    [7, -19.2, -4],
    [3.8, -19.8, -2.4],
    [0, -20, -1.8],
  ],
  [
    [0, -18, -16.4],
    [7, -18.4, -16],
    [13, -19.2, -14.6],
    [17, -20.2, -12.6],
    [18.6, -21.2, -10.4],
    [18, -22.4, -8],
    [15, -23.4, -5],
    [11, -24, -2.4],
    [6, -24.4, -0.6],
    [0, -24.6, 0],
  ],
];
const SPAN_STEPS = [5, 4, 3, 3, 2, 2] as const;
const LEVELS = 3;

/** The cage of the whole head at rest: the landmarks first, then the rings that run over the skull and down the neck. */
function restCage(face: CanonicalFace): { points: Vec3[]; triangles: number[] } {
  const points = relaxedLandmarks(face.points);
  const open = [LOOPS.rightEye, LOOPS.leftEye, LOOPS.lipsInner].map((loop) => new Set<number>(loop));
  const triangles: number[] = [];
  for (let t = 0; t < face.triangles.length; t += 3) {
    const corners = face.triangles.slice(t, t + 3);
    if (!open.some((hole) => corners.every((v) => hole.has(v)))) triangles.push(...corners);
  }
  const neighbours = (v: number): Vec3[] => {
    const near = new Set<number>();
    for (let t = 0; t < triangles.length; t += 3)
      for (let k = 0; k < 3; k++)
        if (triangles[t + k] === v) for (let j = 1; j < 3; j++) near.add(triangles[t + ((k + j) % 3)]!);
    return [...near].filter((w) => !(LOOPS.oval as readonly number[]).includes(w)).map((w) => points[w]!);
  };
  const columns = LOOPS.oval.map((v, i) => {
    const inner = neighbours(v);
    const ghost = inner.length > 0 ? scale(inner.reduce(add, [0, 0, 0]), 1 / inner.length) : points[v]!;
    const keys = [ghost, points[v]!, ...RINGS.map((ring) => ringPoint(ring, i / 18))];
    // The ghost keeps the face's slope across its border; its distance is matched to the first span.
    const reach = norm(sub(keys[2]!, keys[1]!));
    keys[0] = add(keys[1]!, scale(unit(sub(ghost, keys[1]!)), 0.7 * reach));
    return SPAN_STEPS.flatMap((steps, span) =>
      Array.from({ length: steps }, (_, s) =>
        catmull(
          keys[span]!,
          keys[span + 1]!,
          keys[span + 2]!,
          keys[Math.min(span + 3, keys.length - 1)]!,
          (s + 1) / steps,
        ),
      ),
    );
  });
  let previous: readonly number[] = LOOPS.oval;
  for (let r = 0; r < columns[0]!.length; r++) {
    const ring = columns.map((column) => points.push(column[r]!) - 1);
    triangles.push(...bridge(ring, previous));
    previous = ring;
  }
  return { points, triangles };
}

/** A person's head: the surface with its lids' and lips' inner rims, and where the eyes are. */
export type Head = {
  readonly mesh: Mesh;
  readonly eyes: readonly [Vec3, Vec3];
  readonly eyeRadius: number;
  /** Vertex loops of the rims, in surface order: right eye, left eye, lips. */
  readonly rims: { readonly eyes: readonly [number[], number[]]; readonly lips: number[] };
};

/** Moves a point of the undeformed head by expression and identity. */
export const moveRest = (id: Identity, ex: Expression, p: Vec3): Vec3 => applyIdentity(id, applyExpression(ex, p));

/**
 * Builds the head: cage at rest → identity and expression → Loop subdivision that keeps the landmarks in place → `sculpt`
 * (displacement along the normal in units, by rest place) → rims at the lids and lips.
 */
export function buildHead(face: CanonicalFace, id: Identity, ex: Expression, sculpt: (rest: Vec3) => number): Head {
  const { points, triangles } = restCage(face);
  const moved = points.map((p) => moveRest(id, ex, p));
  const eyes = [-1, 1].map((side) => applyIdentity(id, [side * EYE.x, EYE.y, EYE.z])) as unknown as readonly [
    Vec3,
    Vec3,
  ];
  const eyeRadius = EYE.radius * (1.06 + 0.04 * id.eyeSize);
  // Lid rims lie just outside the eyeball.
  [LOOPS.rightEye, LOOPS.leftEye].forEach((loop, e) => {
    for (const v of loop) {
      const c = eyes[e]!;
      const [dx, dy] = [moved[v]![0] - c[0], moved[v]![1] - c[1]];
      const flat = (eyeRadius + 0.1) ** 2 - dx * dx - dy * dy;
      const z = c[2] + Math.sqrt(Math.max(flat, 0.35));
      moved[v] = [moved[v]![0], moved[v]![1], mix(moved[v]![2], Math.max(z, moved[v]![2] - 0.2), 0.85)];
    }
  });
  const flatten = (list: readonly Vec3[]): Float32Array => Float32Array.from(list.flat());
  const cage = { position: flatten(moved), rest: flatten(points), triangles: Uint32Array.from(triangles) };
  // Loop's limit surface shrinks; push the landmarks out until one step keeps them.
  for (let pass = 0; pass < 2; pass++) {
    const smooth = subdivide(cage).position;
    for (let i = 0; i < 3 * face.points.length; i++)
      cage.position[i]! += 0.8 * (moved[Math.floor(i / 3)]![i % 3]! - smooth[i]!);
  }
  let mesh: Mesh = cage;
  for (let level = 0; level < LEVELS; level++) mesh = subdivide(mesh);
  const normals = vertexNormals(mesh.position, mesh.triangles);
  for (let v = 0; v < mesh.position.length; v += 3) {
    const h = sculpt([mesh.rest[v]!, mesh.rest[v + 1]!, mesh.rest[v + 2]!]);
    if (h !== 0) for (let k = 0; k < 3; k++) mesh.position[v + k]! += h * normals[v + k]!;
  }
  return addRims(mesh, eyes, eyeRadius);
}

/** Turns the open lid and lip borders inwards so that they have thickness. */
function addRims(mesh: Mesh, eyes: readonly [Vec3, Vec3], eyeRadius: number): Head {
  const position = [...mesh.position];
  const rest = [...mesh.rest];
  const triangles = [...mesh.triangles];
  const point = (v: number): Vec3 => [position[3 * v]!, position[3 * v + 1]!, position[3 * v + 2]!];
  const extend = (loop: readonly number[], move: (p: Vec3) => Vec3): number[] => {
    const ring = loop.map((v) => {
      position.push(...move(point(v)));
      rest.push(...rest.slice(3 * v, 3 * v + 3));
      return position.length / 3 - 1;
    });
    triangles.push(...bridge(loop, ring));
    return ring;
  };
  const loops = boundaryLoops(mesh.triangles);
  const centre = (loop: readonly number[]): Vec3 => scale(loop.map(point).reduce(add, [0, 0, 0]), 1 / loop.length);
  const find = (target: Vec3): number[] =>
    loops.reduce((best, loop) => (norm(sub(centre(loop), target)) < norm(sub(centre(best), target)) ? loop : best));
  const eyeLoops = eyes.map((c) => find([c[0], c[1], c[2] + eyeRadius])) as unknown as readonly [number[], number[]];
  eyeLoops.forEach((loop, e) => {
    const c = eyes[e]!;
    const toRadius =
      (radius: number, shrink: number) =>
      (p: Vec3): Vec3 => {
        const q: Vec3 = [mix(p[0], c[0], shrink), mix(p[1], c[1], shrink), p[2]];
        return add(c, scale(unit(sub(q, c)), radius));
      };
    const lip = extend(loop, (p) => lerp(p, toRadius(eyeRadius, 0.04)(p), 0.6));
    extend(extend(lip, toRadius(eyeRadius - 0.02, 0.05)), toRadius(eyeRadius - 0.25, 0));
  });
  const lips = find([0, -4.3, 5.2]);
  const middle = centre(lips);
  let ring = extend(lips, (p) => [p[0], p[1] + 0.03 * Math.sign(middle[1] - p[1]), p[2] - 0.16]);
  ring = extend(ring, (p) => [p[0] * 0.98, mix(p[1], middle[1], -0.1), p[2] - 0.35]);
  ring = extend(ring, (p) => [
    p[0] * 1.02,
    p[1] + (p[1] > middle[1] ? 0.5 : -0.5) * smoothstep(2.4, 1.5, Math.abs(p[0])),
    p[2] - 0.5,
  ]);
  extend(ring, (p) => [p[0] * 0.9, p[1], p[2] - 3]);
  return {
    mesh: {
      position: Float32Array.from(position),
      rest: Float32Array.from(rest),
      triangles: Uint32Array.from(triangles),
    },
    eyes,
    eyeRadius,
    rims: { eyes: eyeLoops, lips },
  };
}
