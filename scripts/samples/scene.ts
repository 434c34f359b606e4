import { garment } from './body.ts';
import { type Bvh, buildBvh } from './bvh.ts';
import type { CanonicalFace } from './canonical-face.ts';
import { ears } from './ears.ts';
import { sculptor } from './folds.ts';
import { glassesMeshes } from './glasses.ts';
import { buildHead, type Head, moveRest } from './head.ts';
import { add, at, type Rgb, rotation, scale, smoothstep, srgb, sub, turn, type Vec3 } from './math.ts';
import { type Mesh, vertexNormals } from './mesh.ts';
import type { Person } from './person.ts';
import { type FaceMasks, faceMasks, type SkinPaint, skinPainter } from './skin.ts';
import { mouthParts } from './teeth.ts';
import { applyIdentity, type Expression } from './traits.ts';

export type Material = 'skin' | 'eye' | 'tooth' | 'flesh' | 'cloth' | 'frame' | 'lens';
/** One mesh in the world with what its shading needs per vertex. */
export type Part = {
  readonly material: Material;
  readonly person: number;
  readonly mesh: Mesh;
  readonly normal: Float32Array;
  /** Linear albedo per vertex; and strength of the specular reflection, lip mask and beard mask. */
  readonly albedo: Float32Array;
  readonly detail: Float32Array;
};
/** A person placed in the world: `place` takes head space (after identity and expression) to the world. */
export type Figure = {
  readonly person: Person;
  readonly head: Head;
  readonly masks: FaceMasks;
  readonly place: (p: Vec3) => Vec3;
};
export type Scene = {
  readonly figures: readonly Figure[];
  readonly parts: readonly Part[];
  readonly bvh: Bvh;
  /** Per triangle of the hierarchy: its part, and its number within it. */
  readonly partOf: Uint16Array;
  readonly localTriangle: Uint32Array;
};

/** Bends head and neck by the pose: rotation about the neck that fades out towards the shoulders, then moves by `offset`. */
function placement(person: Person, offset: Vec3): (p: Vec3) => Vec3 {
  const pivot: Vec3 = [0, -8, -7];
  const steps = Array.from({ length: 33 }, (_, i) => {
    const w = i / 32;
    return rotation(person.pose.yaw * w, person.pose.pitch * w, person.pose.roll * w);
  });
  return (p) => {
    const w = smoothstep(-17.5, -8.5, p[1]);
    return add(add(turn(steps[Math.round(32 * w)]!, sub(p, pivot)), pivot), offset);
  };
}

/** Degrees that the eyes look up from their socket's axis so that the upper lid meets the iris. */
const RESTING_GAZE = 3;

/** A sphere mesh about the origin looking along z. */
function sphere(radius: number, rings: number): Mesh {
  const position: number[] = [];
  const triangles: number[] = [];
  const n = 2 * rings;
  for (let r = 0; r <= rings; r++)
    for (let i = 0; i < n; i++) {
      const [a, b] = [(Math.PI * r) / rings, (2 * Math.PI * i) / n];
      position.push(radius * Math.sin(a) * Math.cos(b), radius * Math.sin(a) * Math.sin(b), radius * Math.cos(a));
      if (r === rings) continue;
      const [p, q] = [r * n + i, r * n + ((i + 1) % n)];
      triangles.push(p, p + n, q + n, p, q + n, q);
    }
  const out = Float32Array.from(position);
  return { position: out, rest: out.slice(), triangles: Uint32Array.from(triangles) };
}

const mapped = (mesh: Mesh, move: (p: Vec3) => Vec3): Mesh => {
  const position = new Float32Array(mesh.position.length);
  for (let v = 0; v < position.length / 3; v++) position.set(move(at(mesh.position, v)), 3 * v);
  return { ...mesh, position };
};

function figureParts(
  face: CanonicalFace,
  person: Person,
  index: number,
  offset: Vec3,
  seed: number,
): { figure: Figure; parts: Part[] } {
  const { identity, expression } = person;
  const head = buildHead(face, identity, expression, sculptor(identity, expression));
  const masks = faceMasks(face);
  const place = placement(person, offset);
  const parts: Part[] = [];
  const addPart = (material: Material, mesh: Mesh, paint: (v: number) => SkinPaint): void => {
    const count = mesh.position.length / 3;
    const albedo = new Float32Array(3 * count);
    const detail = new Float32Array(3 * count);
    for (let v = 0; v < count; v++) {
      const painted = paint(v);
      albedo.set(painted.albedo, 3 * v);
      detail.set([painted.shine, painted.lip, painted.beard], 3 * v);
    }
    const world = mapped(mesh, place);
    parts.push({
      material,
      person: index,
      mesh: world,
      normal: vertexNormals(world.position, world.triangles),
      albedo,
      detail,
    });
  };
  const flat = (albedo: Rgb, shine: number) => () => ({ albedo, shine, lip: 0, beard: 0 });
  const paint = skinPainter(person, masks);

  addPart('skin', head.mesh, (v) => paint(at(head.mesh.rest, v)));
  for (const ear of ears())
    addPart(
      'skin',
      mapped(ear, (p) => moveRest(identity, expression, p)),
      (v) => paint(at(ear.rest, v)),
    );

  const shut: Expression = { ...expression, smile: 0, part: 0, jawOpen: 0 };
  const upper = (p: Vec3): Vec3 => moveRest(identity, shut, p);
  // The lower row turns with the jaw: ask the field on the chin's side of the mouth line.
  const jaw = (p: Vec3): Vec3 => {
    const a = -0.3 * expression.jawOpen;
    const [dy, dz] = [p[1] - 0.5 - 0.25 * expression.part, p[2] + 3];
    return upper([p[0], 0.5 + Math.cos(a) * dy + Math.sin(a) * dz, -3 - Math.sin(a) * dy + Math.cos(a) * dz]);
  };
  if (expression.part > 0 || expression.jawOpen > 0) {
    const mouth = mouthParts();
    const enamel: Rgb = scale(srgb(0xece2d0), 0.86 - 0.14 * identity.age);
    addPart('tooth', mapped(mouth.upper, upper), flat(enamel, 1));
    addPart('tooth', mapped(mouth.lower, jaw), flat(scale(enamel, 0.9), 1));
    addPart('flesh', mapped(mouth.gums, upper), flat(srgb(0xb0606a), 0.8));
    addPart('flesh', mapped(mouth.lowerGums, jaw), flat(srgb(0xa45660), 0.8));
    addPart('flesh', mapped(mouth.tongue, jaw), flat(srgb(0xb05a5e), 0.6));
  }
  const eyeball = sphere(head.eyeRadius, 48);
  head.eyes.forEach((centre, e) => {
    // Eyes converge a little on a viewer at portrait distance.
    const [right, up] = [expression.gaze[0] - person.pose.yaw, expression.gaze[1] + person.pose.pitch];
    const look = rotation(right + (e === 0 ? 1.2 : -1.2), -up - RESTING_GAZE, 0);
    const bulge = (p: Vec3): Vec3 => {
      const off = Math.hypot(p[0], p[1]) / head.eyeRadius;
      return p[2] > 0 ? [p[0], p[1], p[2] + 0.035 * smoothstep(0.52, 0.2, off) * head.eyeRadius] : p;
    };
    addPart(
      'eye',
      mapped(eyeball, (p) => add(centre, turn(look, bulge(p)))),
      flat(srgb(person.iris), 1),
    );
  });
  const cloth = srgb(person.garment.color);
  for (const mesh of garment(person.garment, seed))
    addPart(
      'cloth',
      mapped(mesh, (p) => applyIdentity(identity, p)),
      flat(cloth, 0.25),
    );
  if (person.glasses) {
    const { frame, lenses } = glassesMeshes(head);
    for (const mesh of frame) addPart('frame', mesh, flat(srgb(person.glasses.color), 1));
    for (const mesh of lenses) addPart('lens', mesh, flat([1, 1, 1], 1));
  }
  return { figure: { person, head, masks, place }, parts };
}

/** Builds the figures and one hierarchy over everything but lenses. */
export function buildScene(
  face: CanonicalFace,
  people: readonly { person: Person; offset: Vec3; seed: number }[],
): Scene {
  const built = people.map(({ person, offset, seed }, i) => figureParts(face, person, i, offset, seed));
  const parts = built.flatMap((b) => b.parts);
  const solid = parts.filter((part) => part.material !== 'lens');
  const vertices = solid.reduce((s, p) => s + p.mesh.position.length, 0);
  const corners = solid.reduce((s, p) => s + p.mesh.triangles.length, 0);
  const position = new Float32Array(vertices);
  const triangles = new Uint32Array(corners);
  const partOf = new Uint16Array(corners / 3);
  const localTriangle = new Uint32Array(corners / 3);
  let [v, c] = [0, 0];
  for (const part of solid) {
    position.set(part.mesh.position, v);
    part.mesh.triangles.forEach((index, i) => {
      triangles[c + i] = index + v / 3;
      partOf[Math.floor((c + i) / 3)] = parts.indexOf(part);
      localTriangle[Math.floor((c + i) / 3)] = Math.floor(i / 3);
    });
    v += part.mesh.position.length;
    c += part.mesh.triangles.length;
  }
  return { figures: built.map((b) => b.figure), parts, bvh: buildBvh(position, triangles), partOf, localTriangle };
}
