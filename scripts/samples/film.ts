import { type Bvh, type Hit, trace } from './bvh.ts';
import { type Camera, rayThrough } from './camera.ts';
import { type HairDensity, transmittance } from './hair-light.ts';
import { environment, type Lighting } from './lighting.ts';
import { add, dot, type Rgb, scale, sub, unit, type Vec3 } from './math.ts';
import { hash } from './random.ts';
import type { Material, Scene } from './scene.ts';
import { frameAround, ggx, type Surface, surfaceAt } from './surface.ts';

/** Samples a pixel has along each axis. */
export const GRID = 2;

/** What the tracer leaves per sample (GRID² a pixel): finished light, and for pooled surfaces the albedo that waits for their diffuse light. */
export type Film = {
  readonly camera: Camera;
  /** Samples across and down. */
  readonly across: number;
  readonly down: number;
  readonly light: Float32Array;
  readonly albedo: Float32Array;
  /** Distance along z, Infinity where only the backdrop is. */
  readonly depth: Float32Array;
  /** Per sample: 1 + the number of the pool in which its diffuse light waits, 0 for none. */
  readonly pool: Uint8Array;
  readonly pools: readonly Pool[];
};
/** Diffuse light of one kind of surface, summed over each pixel's samples, and their number. */
export type Pool = { readonly irradiance: Float32Array; readonly count: Float32Array };
/** The materials whose diffuse light is spread together before it is used: skin scatters, the others are only smoothed. */
const POOLS: readonly (readonly Material[])[] = [['skin'], ['cloth'], ['eye', 'tooth', 'flesh']];

/** Traces the solid scene; `backdrop` gives the radiance behind it at picture fractions. */
export function traceFilm(
  scene: Scene,
  hair: HairDensity | undefined,
  lighting: Lighting,
  camera: Camera,
  backdrop: (u: number, v: number) => Rgb,
): Film {
  const [across, down] = [camera.width * GRID, camera.height * GRID];
  const film: Film = {
    camera,
    across,
    down,
    light: new Float32Array(3 * across * down),
    albedo: new Float32Array(3 * across * down),
    depth: new Float32Array(across * down).fill(Infinity),
    pool: new Uint8Array(across * down),
    pools: POOLS.map(() => ({
      irradiance: new Float32Array(3 * camera.width * camera.height),
      count: new Float32Array(camera.width * camera.height),
    })),
  };
  const hit: Hit = { triangle: 0, t: 0, u: 0, v: 0 };
  for (let y = 0; y < down; y++)
    for (let x = 0; x < across; x++) {
      const sample = y * across + x;
      const [px, py] = [(x + 0.25 + 0.5 * hash(x, y, 1)) / GRID, (y + 0.25 + 0.5 * hash(x, y, 2)) / GRID];
      const d = rayThrough(camera, px, py);
      const { eye } = camera;
      if (!trace(scene.bvh, eye[0], eye[1], eye[2], d[0], d[1], d[2], 1e4, false, hit)) {
        film.light.set(backdrop(px / camera.width, py / camera.height), 3 * sample);
        continue;
      }
      const point = add(eye, scale(d, hit.t));
      film.depth[sample] = -d[2] * hit.t;
      const surface = surfaceAt(scene, hit, point, d);
      const { diffuse, specular } = illuminate(scene.bvh, hair, lighting, surface, d, x, y);
      film.light.set(specular, 3 * sample);
      const number = POOLS.findIndex((materials) => materials.includes(surface.material));
      if (number >= 0) {
        const { irradiance, count } = film.pools[number]!;
        film.pool[sample] = number + 1;
        film.albedo.set(surface.albedo, 3 * sample);
        const pixel = Math.floor(y / GRID) * camera.width + Math.floor(x / GRID);
        for (let c = 0; c < 3; c++) irradiance[3 * pixel + c]! += diffuse[c]!;
        count[pixel]!++;
      } else for (let c = 0; c < 3; c++) film.light[3 * sample + c]! += diffuse[c]! * surface.albedo[c]!;
    }
  return film;
}

const shadowHit: Hit = { triangle: 0, t: 0, u: 0, v: 0 };

/** Direct light from the soft lights, ambient light by one cosine-weighted ray, and reflections. */
function illuminate(
  bvh: Bvh,
  hair: HairDensity | undefined,
  lighting: Lighting,
  s: Surface,
  d: Vec3,
  x: number,
  y: number,
): { diffuse: Rgb; specular: Rgb } {
  const view = scale(d, -1);
  const diffuse: [number, number, number] = [0, 0, 0];
  const specular: [number, number, number] = [0, 0, 0];
  const from = add(s.point, scale(s.normal, 0.012));
  const inside = s.material === 'tooth' || s.material === 'flesh';
  lighting.lights.forEach((light, i) => {
    const [u, v] = frameAround(light.toward);
    const [r, a] = [Math.sqrt(hash(x, y, 11 + 4 * i)) * Math.tan(light.radius), 6.2832 * hash(x, y, 12 + 4 * i)];
    const l = unit(add(light.toward, add(scale(u, r * Math.cos(a)), scale(v, r * Math.sin(a)))));
    const nl = dot(s.normal, l);
    // Light that enters skin next to the terminator comes out beyond it.
    const facing = s.material === 'skin' ? Math.max(0, (nl + 0.08) / 1.08) : Math.max(0, nl);
    if (facing <= 0) return;
    const lifted = nl < 0.1 ? add(from, scale(s.normal, 0.05)) : from;
    if (trace(bvh, lifted[0], lifted[1], lifted[2], l[0], l[1], l[2], 80, true, shadowHit)) return;
    const pass = transmittance(hair, s.point, l, 10, 0.35 + 0.3 * hash(x, y, 13));
    const shine = s.material === 'eye' ? 0 : s.shine * ggx(s.bumped, view, l, s.roughness, s.f0) * Math.PI;
    for (let c = 0; c < 3; c++) {
      diffuse[c]! += pass * facing * light.color[c]!;
      specular[c]! += pass * shine * light.color[c]! * 0.8;
    }
  });
  // Ambient: one ray; what it meets is taken to be dim skin.
  const [u, v] = frameAround(s.normal);
  const [r2, a] = [hash(x, y, 31), 6.2832 * hash(x, y, 32)];
  const r = Math.sqrt(r2);
  const w = add(scale(s.normal, Math.sqrt(1 - r2)), add(scale(u, r * Math.cos(a)), scale(v, r * Math.sin(a))));
  const blocked = trace(bvh, from[0], from[1], from[2], w[0], w[1], w[2], 14, true, shadowHit);
  const open = transmittance(hair, s.point, w, 8, 0.3 + 0.3 * hash(x, y, 33));
  const sky = environment(lighting, w, 0);
  for (let c = 0; c < 3; c++)
    diffuse[c]! += blocked
      ? 0.3 * sky[c]! * BOUNCE[c]! * (1 - 0.75 * Math.min(1, 0.2 / (0.05 + shadowHit.t)))
      : open * sky[c]! + (1 - open) * 0.03;
  if (inside) for (let c = 0; c < 3; c++) diffuse[c]! *= 0.85;
  mirror(bvh, hair, lighting, s, d, view, blocked, specular, x, y);
  return { diffuse, specular };
}
const BOUNCE: Rgb = [1, 0.62, 0.5];

/** Adds the surroundings' reflection: sharp on wet and polished surfaces, dim and rough elsewhere. */
function mirror(
  bvh: Bvh,
  hair: HairDensity | undefined,
  lighting: Lighting,
  s: Surface,
  d: Vec3,
  view: Vec3,
  blocked: boolean,
  out: [number, number, number],
  x: number,
  y: number,
): void {
  const cos = Math.max(0, dot(s.bumped, view));
  const sharp = s.roughness < 0.2;
  // A rough surface's grazing reflection mostly meets itself.
  const fresnel = s.f0 + (sharp ? 1 - s.f0 : 0.16) * (1 - cos) ** 5;
  const reflected = unit(sub(d, scale(s.bumped, 2 * dot(d, s.bumped))));
  let seen = blocked ? 0.25 : 1;
  if (sharp) {
    const from = add(s.point, scale(s.normal, 0.02));
    seen = trace(bvh, from[0], from[1], from[2], reflected[0], reflected[1], reflected[2], 12, true, shadowHit)
      ? 0.08
      : transmittance(hair, s.point, reflected, 6, 0.4 + 0.2 * hash(x, y, 41));
  }
  const sky = environment(lighting, reflected, sharp ? SOFTBOX : 0);
  for (let c = 0; c < 3; c++) out[c]! += s.shine * fresnel * seen * sky[c]! * (s.material === 'cloth' ? 0.4 : 1);
}
/** A softbox's radiance over the irradiance it gives, for mirrors. */
const SOFTBOX = 14;
