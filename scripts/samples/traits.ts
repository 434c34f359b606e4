import { LID_RINGS, LIP_PAIRS, LOOPS } from './canonical-face.ts';
import { bell, mix, smoothstep, table, type Vec3 } from './math.ts';

/** What makes a head someone's: every number is about -1..1 around the canonical face unless noted. */
export type Identity = {
  readonly jaw: number;
  readonly chin: number;
  readonly cheekbones: number;
  readonly cheeks: number;
  readonly noseWidth: number;
  readonly noseLength: number;
  readonly noseBridge: number;
  readonly noseTip: number;
  readonly lips: number;
  readonly mouthWidth: number;
  readonly eyeSize: number;
  readonly eyeSpacing: number;
  readonly eyeTilt: number;
  readonly browHeight: number;
  readonly browBone: number;
  /** Breadth of the head, and girth of the neck. */
  readonly width: number;
  readonly neck: number;
  /** 0 young … 1 old. */
  readonly age: number;
};
/** What the face does: 0 neutral … 1 full, gaze in degrees away from the viewer (to the picture's right, up). */
export type Expression = {
  readonly smile: number;
  readonly part: number;
  readonly jawOpen: number;
  readonly browRaise: number;
  readonly squint: number;
  readonly gaze: readonly [number, number];
};

/** Eye centres' distance from the middle, height and depth, and the eyeball's radius, in the undeformed head. */
export const EYE = { x: 3.12, y: 2.66, z: 2.48, radius: 1.36 } as const;
/** Height of the closed lips' meeting line by distance from the middle. */
const MOUTH_LINE = [
  [0, -4.265],
  [0.55, -4.255],
  [1.06, -4.225],
  [1.5, -4.23],
  [1.85, -4.19],
  [2.15, -4.16],
] as const;
const LIP_MIDDLE = -4.3;

/** Moves a point of the undeformed head by the identity; a smooth field, so it also carries ears, lids and glasses. */
export function applyIdentity(id: Identity, [px, py, pz]: Vec3): Vec3 {
  const side = Math.sign(px);
  const ax = Math.abs(px);
  const near = (x: number, y: number, z: number, rx: number, ry = rx, rz = rx): number =>
    bell(ax - x, rx) * bell(py - y, ry) * bell(pz - z, rz);
  let [x, y, z] = [ax, py, pz];

  x += 0.13 * id.jaw * ax * smoothstep(-1.5, -6.5, py) * smoothstep(-8, -2, pz) * smoothstep(-11.5, -9, py);
  y -= 0.8 * id.chin * smoothstep(-5.5, -9, py) * smoothstep(-2, 2, pz);
  z += 0.25 * id.chin * near(0, -8.3, 5, 1.6, 1.2, 2);
  x += 0.35 * id.cheekbones * near(5.4, 0, 2.5, 1.7, 1.6, 2.5);
  z += 0.3 * id.cheekbones * near(4.6, -0.3, 3.5, 1.6, 1.3, 2.5);
  const full = near(5, -3.4, 2.4, 1.9, 2.2, 3);
  x += 0.55 * id.cheeks * full;
  z += 0.5 * id.cheeks * full;

  const nose = bell(py + 1.2, 1.1) * smoothstep(4.2, 5.3, pz) * smoothstep(2.6, 1.6, ax);
  x += 0.2 * id.noseWidth * ax * nose;
  y -= 0.45 * id.noseLength * bell(ax, 1.4) * bell(py + 1, 1.2) * smoothstep(4.2, 5.6, pz);
  z += 0.45 * id.noseBridge * near(0, 1.8, 5.8, 0.8, 1.4, 2);
  z += 0.35 * id.noseTip * near(0, -0.8, 7.4, 1, 0.9, 1.2);
  y += 0.3 * id.noseTip * near(0, -0.8, 7.4, 0.9, 0.8, 1.2);

  const mouth = bell(ax, 2.1) * bell(py - LIP_MIDDLE, 0.85) * smoothstep(2, 4, pz);
  y += 0.34 * id.lips * mouth * (py - LIP_MIDDLE);
  z += 0.28 * id.lips * mouth;
  x += 0.12 * id.mouthWidth * ax * bell(py - LIP_MIDDLE, 1.2) * bell(ax - 1.6, 1.4) * smoothstep(2, 4, pz);

  const eye = near(EYE.x, EYE.y, 3.8, 1.7, 1.1, 3);
  x += eye * ((0.13 + 0.08 * id.eyeSize) * (ax - EYE.x) + 0.22 * id.eyeSpacing);
  y += eye * ((0.02 + 0.13 * id.eyeSize) * (py - EYE.y) + 0.14 * id.eyeTilt * (ax - EYE.x));
  y += 0.4 * (id.browHeight - 0.8) * near(3.4, 4.8, 4.2, 2.6, 0.8, 3);
  z += 0.35 * id.browBone * near(3, 4.3, 4.6, 2.4, 0.8, 3);

  x *= 1 + 0.05 * id.width;
  const girth = 1 + 0.13 * id.neck * smoothstep(-17, -14, py) * smoothstep(-6.5, -10, py) * smoothstep(1.5, -1, pz);
  x *= girth;
  z = -7.5 + (z + 7.5) * girth;

  const jowl = near(4.8, -6.4, 1.5, 1.3, 1.3, 2);
  y -= 0.45 * id.age * jowl;
  x += 0.2 * id.age * jowl;
  z -= 0.3 * id.age * near(4.4, -2.6, 3.4, 1.3, 1.6, 2);
  y -= 0.12 * id.age * near(4.1, 3.2, 3.6, 1.1, 0.5, 2);
  return [side * x, y, z];
}

/** Moves a point of the undeformed head by the expression. */
export function applyExpression(ex: Expression, [px, py, pz]: Vec3): Vec3 {
  const side = Math.sign(px);
  const ax = Math.abs(px);
  let [x, y, z] = [ax, py, pz];
  const front = smoothstep(1.5, 3.5, pz);

  const corner = bell(ax - 2.5, 1.15) * bell(py - LIP_MIDDLE, 1.2) * front * smoothstep(0.2, 1.8, ax);
  x += 0.62 * ex.smile * corner;
  y += 0.55 * ex.smile * corner;
  z -= 0.3 * ex.smile * corner;
  z -= 0.2 * ex.smile * bell(ax, 1.6) * bell(py - LIP_MIDDLE, 0.9) * front;
  y += 0.1 * ex.smile * bell(ax, 1.5) * bell(py + 3.5, 0.7) * front;
  const cheek = bell(ax - 4.1, 1.5) * bell(py + 0.9, 1.3) * front;
  x += 0.18 * ex.smile * cheek;
  y += 0.4 * ex.smile * cheek;
  z += 0.42 * ex.smile * cheek;
  y += (0.14 * ex.smile + 0.2 * ex.squint) * bell(ax - EYE.x, 1.3) * bell(py - 2.2, 0.3) * front;
  y -= 0.16 * ex.squint * bell(ax - EYE.x, 1.3) * bell(py - 3, 0.25) * front;
  y += 0.55 * ex.browRaise * bell(ax - 3, 2.6) * bell(py - 4.9, 1) * front;

  // Parted lips: the rows above the mouth line go up a little, those below go down.
  const line = table(MOUTH_LINE, ax);
  const lip = smoothstep(2.5, 1.4, ax) * front;
  if (py > line) y += 0.42 * ex.part * lip * bell(py - line, 0.8);
  else y -= 0.42 * ex.part * lip * bell(py - line, 1.3);

  // The jaw turns about an axis through the ears; between the mouth's corners the lower lip moves whole.
  const between = smoothstep(3.2, 2, ax) * front;
  const lateral = smoothstep(-2.4, -6.2, py);
  const whole = py < line ? 1 : 0;
  const weight =
    mix(lateral, mix(lateral, whole, smoothstep(2.5, 1.7, ax)), between) *
    smoothstep(-7, -1, pz) *
    smoothstep(-11.5, -9.5, py);
  const angle = -0.3 * ex.jawOpen * weight;
  const [dy, dz] = [y - 0.5, z + 3];
  y = 0.5 + Math.cos(angle) * dy + Math.sin(angle) * dz;
  z = -3 - Math.sin(angle) * dy + Math.cos(angle) * dz;
  x -= 0.25 * ex.jawOpen * bell(ax - 2.4, 1) * bell(py - LIP_MIDDLE, 1.2) * front;
  return [side * x, y, z];
}

/** Lifts that give the upper lip its bow and the mouth's corners a friendly rest. */
const LIP_BOW = [
  [0, -0.04],
  [37, 0.13],
  [267, 0.13],
  [39, 0.05],
  [269, 0.05],
  [61, 0.14],
  [291, 0.14],
  [78, 0.12],
  [308, 0.12],
  [185, 0.06],
  [409, 0.06],
  [146, 0.07],
  [375, 0.07],
] as const;

/** The canonical landmarks with the eyes opened to a relaxed aperture and the lips brought together. */
export function relaxedLandmarks(points: readonly Vec3[]): Vec3[] {
  const out = points.map((p) => p);
  const lift = (v: number, dy: number): void => {
    const p = out[v]!;
    out[v] = [p[0], p[1] + dy, p[2]];
  };
  for (const loop of [LOOPS.rightEye, LOOPS.leftEye])
    loop.forEach((v, i) => {
      const arc = Math.sin((Math.PI * (i % 8)) / 8);
      if (i > 8) lift(v, 0.3 * arc);
      else lift(v, -0.14 * arc);
    });
  for (const [v, dy] of LIP_BOW) lift(v, dy);
  for (const ring of [LID_RINGS.right, LID_RINGS.left]) for (const v of ring) lift(v, 0.16);
  for (const [upper, lower] of LIP_PAIRS) {
    const middle = (points[upper]![1] + points[lower]![1]) / 2 + (Math.abs(points[upper]![0]) > 1.7 ? 0.06 : 0);
    const depth = (points[upper]![2] + points[lower]![2]) / 2;
    out[upper] = [points[upper]![0], middle + 0.02, mix(points[upper]![2], depth, 0.7)];
    out[lower] = [points[lower]![0], middle - 0.02, mix(points[lower]![2], depth, 0.7)];
  }
  return out;
}
