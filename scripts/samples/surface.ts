import type { Hit } from './bvh.ts';
import {
  add,
  at,
  clamp,
  cross,
  dot,
  lerp,
  mix,
  type Rgb,
  scale,
  smoothstep,
  sub,
  times,
  unit,
  type Vec3,
} from './math.ts';
import { fbm, noise } from './random.ts';
import type { Figure, Material, Part, Scene } from './scene.ts';
import { skinGrain, skinRelief } from './skin.ts';

/** What a point of a surface does with light. */
export type Surface = {
  readonly material: Material;
  readonly point: Vec3;
  /** Smooth normal towards the viewer, and the one with bumps for reflections. */
  readonly normal: Vec3;
  readonly bumped: Vec3;
  readonly albedo: Rgb;
  readonly shine: number;
  readonly roughness: number;
  /** Fresnel reflectance at normal incidence. */
  readonly f0: number;
};

function interpolate(array: Float32Array, [a, b, c]: Vec3, u: number, v: number): Vec3 {
  const w = 1 - u - v;
  return [0, 1, 2].map((k) => w * array[3 * a + k]! + u * array[3 * b + k]! + v * array[3 * c + k]!) as unknown as Vec3;
}

/** Evaluates the surface that a ray along `direction` met. */
export function surfaceAt(scene: Scene, hit: Hit, point: Vec3, direction: Vec3): Surface {
  const part = scene.parts[scene.partOf[hit.triangle]!]!;
  const t = 3 * scene.localTriangle[hit.triangle]!;
  const corners: Vec3 = [part.mesh.triangles[t]!, part.mesh.triangles[t + 1]!, part.mesh.triangles[t + 2]!];
  let normal = unit(interpolate(part.normal, corners, hit.u, hit.v));
  if (dot(normal, direction) > 0) normal = scale(normal, -1);
  const rest = interpolate(part.mesh.rest, corners, hit.u, hit.v);
  const albedo = interpolate(part.albedo, corners, hit.u, hit.v);
  const [shine, lip, beard] = interpolate(part.detail, corners, hit.u, hit.v);
  return SHADERS[part.material]({
    part,
    figure: scene.figures[part.person]!,
    point,
    normal,
    rest,
    albedo,
    shine,
    lip,
    beard,
  });
}

type Sample = {
  part: Part;
  figure: Figure;
  point: Vec3;
  normal: Vec3;
  rest: Vec3;
  albedo: Rgb;
  shine: number;
  lip: number;
  beard: number;
};

/** Tilts a normal by a height field's gradient taken in rest space. */
function bump(normal: Vec3, rest: Vec3, step: number, height: (p: Vec3) => number): Vec3 {
  const h = height(rest);
  const gradient: Vec3 = [
    (height([rest[0] + step, rest[1], rest[2]]) - h) / step,
    (height([rest[0], rest[1] + step, rest[2]]) - h) / step,
    (height([rest[0], rest[1], rest[2] + step]) - h) / step,
  ];
  return unit(sub(normal, sub(gradient, scale(normal, dot(gradient, normal)))));
}

const plain = (s: Sample, roughness: number, f0: number): Surface => ({
  material: s.part.material,
  point: s.point,
  normal: s.normal,
  bumped: s.normal,
  albedo: s.albedo,
  shine: s.shine,
  roughness,
  f0,
});

const SHADERS: Readonly<Record<Material, (s: Sample) => Surface>> = {
  skin: (s) => {
    const { person } = s.figure;
    const bumped = bump(s.normal, s.rest, 0.03, (p) => skinRelief(p, s.lip, person.identity.age));
    const albedo = times(s.albedo, skinGrain(person, s.beard, s.rest));
    return { ...plain(s, mix(0.42, 0.36, s.lip), 0.028), bumped, albedo };
  },
  eye: (s) => {
    const radius = s.figure.head.eyeRadius;
    // The cornea is rounder than the ball: its normals lean further from the eye's axis.
    const { position } = s.part.mesh;
    const axis = unit(sub(at(position, 0), at(position, position.length / 3 - 1)));
    const lean = 0.75 * smoothstep(0.62, 0.4, Math.hypot(s.rest[0], s.rest[1]) / radius) * (s.rest[2] > 0 ? 1 : 0);
    const bumped = unit(add(s.normal, scale(sub(s.normal, scale(axis, dot(s.normal, axis))), lean)));
    return { ...plain(s, 0.06, 0.025), bumped, albedo: eyeColor(s.rest, s.albedo, radius) };
  },
  tooth: (s) => {
    const stain = smoothstep(-3.7, -3.2, s.rest[1]) + smoothstep(-5.3, -5.7, s.rest[1]);
    return { ...plain(s, 0.18, 0.045), albedo: lerp(s.albedo, times(s.albedo, [1, 0.88, 0.7]), stain * 0.6) };
  },
  flesh: (s) => plain(s, 0.25, 0.04),
  cloth: (s) => {
    const weave = (p: Vec3): number =>
      0.02 * noise(p[0] * 9, p[1] * 9, p[2] * 9) + 0.03 * fbm(p[0] * 2.2, p[1] * 2.2, p[2] * 2.2, 2);
    const tint =
      1 +
      0.08 * noise(s.rest[0] * 14, s.rest[1] * 5, s.rest[2] * 14) +
      0.06 * fbm(s.rest[0] * 0.7, s.rest[1] * 0.7, s.rest[2], 3);
    const bumped = bump(s.normal, s.rest, 0.05, weave);
    return { ...plain(s, 0.75, 0.03), normal: bumped, bumped, albedo: scale(s.albedo, tint) };
  },
  frame: (s) => plain(s, 0.16, 0.05),
  lens: (s) => plain(s, 0.03, 0.04),
};

/** Sclera with veins towards its corners, iris with fibres and a dark ring, pupil; `rest` is the point on the unturned eyeball. */
function eyeColor(rest: Vec3, iris: Rgb, radius: number): Rgb {
  const [x, y] = [rest[0] / radius, rest[1] / radius];
  const r = Math.hypot(x, y);
  const a = Math.atan2(y, x);
  const edge = 0.47;
  const corner = smoothstep(0.35, 0.9, Math.abs(x));
  const veins = smoothstep(0.62, 0.95, 1 - Math.abs(noise(x * 9, y * 22, 5 + fbm(x * 6, y * 6, 1, 2))));
  const sclera = lerp([0.62, 0.58, 0.54], [0.6, 0.4, 0.35], clamp(0.45 * corner + 0.22 * veins * corner));
  if (rest[2] < 0) return sclera;
  const q = r / edge;
  const fibres = 0.5 + 0.5 * noise(a * 14, q * 2.2, 2) + 0.35 * noise(a * 31, q * 4, 9);
  const flare = smoothstep(0.62, 0.42, q + 0.06 * noise(a * 9, 0, 4));
  let color = scale(iris, mix(0.6, 1.5, clamp(fibres)));
  color = lerp(color, times(add(color, [0.05, 0.03, 0.01]), [1.35, 1.1, 0.8]), flare * 0.7);
  color = scale(color, mix(1, 0.28, smoothstep(0.78, 1, q)));
  // Refraction in the cornea brightens the side of the iris below the light.
  color = scale(color, 1 + 0.5 * smoothstep(0.2, -0.8, y / edge));
  color = lerp(color, [0.004, 0.004, 0.005], smoothstep(0.4, 0.34, q));
  return lerp(color, scale(sclera, 1), smoothstep(0.93, 1.07, q));
}

/** Two directions that span the plane across a unit vector. */
export function frameAround(n: Vec3): [Vec3, Vec3] {
  const u = unit(cross(n, Math.abs(n[1]) < 0.9 ? [0, 1, 0] : [1, 0, 0]));
  return [u, cross(n, u)];
}

/** GGX reflection of one light for view and light directions (dot products clamped), without the light's colour. */
export function ggx(n: Vec3, v: Vec3, l: Vec3, roughness: number, f0: number): number {
  const h = unit(add(v, l));
  const nl = dot(n, l);
  if (nl <= 0) return 0;
  const nh = Math.max(0, dot(n, h));
  const nv = Math.max(0.05, dot(n, v));
  const a2 = roughness ** 4;
  const d = a2 / (Math.PI * (nh * nh * (a2 - 1) + 1) ** 2);
  const k = (roughness + 1) ** 2 / 8;
  const g = 1 / ((nl * (1 - k) + k) * (nv * (1 - k) + k));
  const f = f0 + (1 - f0) * (1 - Math.max(0, dot(v, h))) ** 5;
  return 0.25 * d * g * f * nl;
}
