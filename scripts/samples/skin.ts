import { type CanonicalFace, LOOPS } from './canonical-face.ts';
import { hairline } from './hairline.ts';
import {
  bell,
  clamp,
  inPolygon,
  lerp,
  mix,
  nearLine,
  type Rgb,
  scale,
  smoothstep,
  spline,
  srgb,
  times,
  type Vec3,
} from './math.ts';
import type { Person } from './person.ts';
import { fbm, hash, noise } from './random.ts';
import { relaxedLandmarks } from './traits.ts';

/** Signed coverage (0..1) of a closed landmark loop in x and y with a soft border of `softness` units. */
function loopMask(points: readonly Vec3[], loop: readonly number[], softness: number): (p: Vec3) => number {
  const outline = spline(
    loop.map((v) => points[v]!),
    5,
    true,
  );
  const closed = [...outline, outline[0]!];
  return ([x, y, z]) => {
    if (z < 1) return 0;
    const { distance } = nearLine(x, y, closed);
    return smoothstep(-softness, softness, inPolygon(x, y, outline) ? distance : -distance);
  };
}

/** The masks on the undeformed face that paint and hair share. */
export type FaceMasks = {
  readonly lips: (p: Vec3) => number;
  readonly brows: (p: Vec3) => number;
  readonly beard: (p: Vec3) => number;
};
export function faceMasks(face: CanonicalFace): FaceMasks {
  const points = relaxedLandmarks(face.points);
  const lips = loopMask(points, LOOPS.lipsOuter, 0.1);
  const brow = loopMask(points, LOOPS.rightBrow, 0.22);
  return {
    lips,
    brows: ([x, y, z]) => brow([-Math.abs(x), y, z]),
    beard: (p) => {
      const [ax, y, z] = [Math.abs(p[0]), p[1], p[2]];
      // Upper border from the sideburn over the cheek to the mouth's corner, moustache above the lip.
      const cheek = smoothstep(-0.5, -1.6, y - Math.max(-3.2 + 1.1 * Math.max(0, ax - 3.2), -5.2 + 0.8 * ax));
      const moustache =
        smoothstep(3, 2.2, ax) * smoothstep(-1.9, -2.4, y) * smoothstep(-4.3, -3.9, y) * smoothstep(3.5, 4.5, z);
      const soul = 1 - 0.75 * bell(ax - 1.6, 0.6) * bell(y + 5.7, 0.45);
      const low = smoothstep(-12.6, -10.4, y) * smoothstep(-4.6, -3, z);
      return clamp(Math.max(cheek * soul, moustache)) * low * (1 - lips(p));
    },
  };
}

/** `lip` and `beard` are the masks' values, kept for the fine paint. */
export type SkinPaint = { readonly albedo: Rgb; readonly shine: number; readonly lip: number; readonly beard: number };

/** The slow part of the skin's paint at a place on the undeformed head (evaluated per vertex). */
export function skinPainter(person: Person, masks: FaceMasks): (rest: Vec3) => SkinPaint {
  const { skin, hair, beard } = person;
  const tone = srgb(skin.tone);
  const lipTone = srgb(skin.lips);
  const hairTone = srgb(hair.color);
  const light = (tone[0] + tone[1] + tone[2]) / 3;
  const redden = (c: Rgb, k: number): Rgb => times(c, [1 + 0.05 * k, 1 - 0.3 * k, 1 - 0.27 * k]);
  return (rest) => {
    const [x, y, z] = rest;
    const ax = Math.abs(x);
    const front = smoothstep(0, 2.5, z);
    const rosy =
      0.9 * bell(ax - 4.1, 1.5) * bell(y + 0.6, 1.4) * front +
      0.75 * bell(ax, 1.3) * bell(y + 0.9, 1) * smoothstep(5, 6.5, z) +
      0.35 * bell(ax, 1.6) * bell(y + 8.2, 1) * front +
      0.5 * smoothstep(7.4, 8.6, ax) * bell(y - 1, 3.5);
    let albedo = redden(tone, skin.blush * rosy + 0.12 * fbm(x * 0.7, y * 0.7, z * 0.7, 3));
    // Thin lid skin: darker and redder round the eye.
    const socket = bell(ax - 3.05, 1.25) * bell(y - 2.5, 0.72) * front;
    albedo = times(redden(albedo, 0.35 * socket), scale([1, 1, 1], 1 - (0.16 + 0.1 * person.identity.age) * socket));
    const rim = bell(ax - 3.1, 1.25) * bell(y - 2.25, 0.1) * front;
    albedo = redden(albedo, 0.4 * rim);
    const inner = bell(ax - 1.75, 0.22) * bell(y - 2.55, 0.2) * front;
    albedo = lerp(albedo, redden(scale(tone, 0.9), 1.1), inner);
    // The forehead is a little yellower, the lower face cooler on bearded skin.
    albedo = times(albedo, [1, 1, 1 - 0.05 * bell(y - 6.5, 1.6) * front]);
    const bearded = masks.beard(rest);
    const shadow = bearded * skin.stubble;
    albedo = lerp(albedo, times(albedo, [0.62, 0.66, 0.72]), clamp(shadow) * 0.55);
    if (beard) albedo = lerp(albedo, scale(srgb(beard.color), 0.8), bearded * 0.5);
    albedo = lerp(
      albedo,
      lerp(albedo, srgb(person.brows.color), 0.35),
      masks.brows(rest) * 0.6 * person.brows.thickness,
    );
    const lip = masks.lips(rest);
    const lipShade = mix(0.98, 1.04, smoothstep(-4.3, -4.9, y)) * mix(0.7, 1, smoothstep(0, 0.28, Math.abs(y + 4.27)));
    albedo = lerp(albedo, scale(lipTone, lipShade), lip);
    const nostril = bell(ax - 0.78, 0.3) * bell(y + 1.9, 0.2) * smoothstep(6.3, 5.9, z) * front;
    albedo = lerp(albedo, times(albedo, [0.3, 0.16, 0.14]), clamp(1.3 * nostril));
    const scalp = hairline(rest, hair.recede);
    if (hair.style === 'bald')
      albedo = lerp(albedo, times(albedo, lerp([1, 1, 1], [0.82, 0.83, 0.85], 1 - light)), 0.6 * scalp);
    else albedo = lerp(albedo, scale(hairTone, 0.7), 0.85 * smoothstep(0.12, 0.6, scalp));
    const oily =
      0.5 * bell(ax, 1.4) * smoothstep(4, 6, z) +
      0.5 * bell(y - 6.4, 1.7) * front +
      0.25 * bell(ax - 4.4, 1.2) * bell(y + 0.1, 0.8);
    const shine =
      skin.shine *
      (0.45 + 0.75 * oily) *
      mix(1, 0.3, scalp) *
      mix(1, 0.6, socket) *
      mix(0.35, 1, smoothstep(-15, -10, y));
    return { albedo, shine: mix(shine, 1.25, lip), lip, beard: bearded };
  };
}

/** The fine part, per sample: a factor on the albedo (mottling, freckles, stubble dots). */
export function skinGrain(person: Person, beard: number, rest: Vec3): Rgb {
  const [x, y, z] = rest;
  const mottle = 1 + 0.05 * fbm(x * 2.2, y * 2.2, z * 2.2, 3);
  let factor: Rgb = [mottle, mottle * (1 + 0.025 * noise(x * 3.1, y * 3.1, z * 3.1)), mottle];
  if (person.skin.freckles > 0 && z > 1) {
    const where = bell(Math.abs(x) - 2.4, 2.4) * bell(y - 0.3, 1.7);
    const cell = spots(x * 2.6, y * 2.6, z * 1.3, 0.75 * where * person.skin.freckles);
    factor = times(factor, lerp([1, 1, 1], [0.86, 0.7, 0.6], cell * person.skin.freckles));
  }
  if (person.skin.stubble > 0) {
    const density = beard * person.skin.stubble;
    if (density > 0.02) factor = scale(factor, 1 - 0.45 * density * spots(x * 9, y * 9, z * 9, 0.75));
  }
  return factor;
}

/** Height of pores and fine lines in units; lips have vertical creases instead. */
export function skinRelief([x, y, z]: Vec3, lip: number, age: number): number {
  const pores =
    0.0024 * noise(x * 13, y * 13, z * 13) +
    0.0016 * noise(x * 24, y * 24, z * 24) +
    (0.003 + 0.009 * age) * noise(x * 3, y * 5, z * 3);
  const creases = 0.004 * noise(x * 7.5, y * 0.9, 3) + 0.002 * noise(x * 15, y * 2, 7);
  return mix(pores, creases, lip);
}

/** Soft round spots, one a jittered cell with the given probability. */
function spots(x: number, y: number, z: number, probability: number): number {
  const [xi, yi, zi] = [Math.floor(x), Math.floor(y), Math.floor(z)];
  if (hash(xi, yi, zi) > probability) return 0;
  const [cx, cy] = [0.3 + 0.4 * hash(xi, yi, zi + 77), 0.3 + 0.4 * hash(xi, yi, zi + 154)];
  const radius = 0.12 + 0.16 * hash(xi, yi, zi + 231);
  return smoothstep(radius, radius * 0.4, Math.hypot(x - xi - cx, y - yi - cy));
}
