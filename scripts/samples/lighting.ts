import { bell, mix, type Rgb, scale, smoothstep, unit, type Vec3 } from './math.ts';

/** A soft light: direction towards it, irradiance it gives a surface that faces it, and its angular radius in radians. */
export type Light = { readonly toward: Vec3; readonly color: Rgb; readonly radius: number };
export type Lighting = {
  readonly lights: readonly Light[];
  /** Ambient radiance from above, the sides and below. */
  readonly sky: Rgb;
  readonly ground: Rgb;
};

const light = (x: number, y: number, z: number, color: Rgb, strength: number, radius: number): Light => ({
  toward: unit([x, y, z]),
  color: scale(color, strength),
  radius,
});
const WARM: Rgb = [1, 0.93, 0.84];
const NEUTRAL: Rgb = [1, 0.98, 0.96];
const COOL: Rgb = [0.92, 0.96, 1];

/** Studio set-ups by name; x > 0 is the picture's right. */
export const SETUPS = {
  loopLeft: {
    lights: [light(-0.7, 0.75, 1, NEUTRAL, 2.1, 0.22), light(0.9, 0.6, -0.7, COOL, 1.3, 0.15)],
    sky: [0.42, 0.44, 0.48],
    ground: [0.24, 0.21, 0.19],
  },
  loopRight: {
    lights: [light(0.75, 0.7, 1, WARM, 2.1, 0.22), light(-0.9, 0.5, -0.7, COOL, 1.2, 0.15)],
    sky: [0.42, 0.44, 0.47],
    ground: [0.24, 0.21, 0.18],
  },
  butterfly: {
    lights: [
      light(0.1, 0.95, 1, NEUTRAL, 1.9, 0.28),
      light(-0.9, 0.5, -0.8, WARM, 1.2, 0.15),
      light(0.9, 0.5, -0.8, WARM, 1.2, 0.15),
    ],
    sky: [0.46, 0.46, 0.48],
    ground: [0.34, 0.31, 0.29],
  },
  rembrandt: {
    lights: [light(1.1, 0.85, 0.65, WARM, 2.5, 0.16), light(-0.8, 0.4, -0.8, COOL, 1, 0.15)],
    sky: [0.3, 0.32, 0.37],
    ground: [0.18, 0.15, 0.13],
  },
  window: {
    lights: [light(-1.2, 0.45, 0.75, COOL, 2.3, 0.34), light(0.8, 0.5, -0.9, WARM, 1, 0.15)],
    sky: [0.38, 0.41, 0.46],
    ground: [0.23, 0.21, 0.2],
  },
  golden: {
    lights: [light(0.9, 0.5, 0.9, [1, 0.85, 0.66], 2.2, 0.2), light(-0.8, 0.6, -0.7, [1, 0.8, 0.6], 1.5, 0.12)],
    sky: [0.4, 0.42, 0.47],
    ground: [0.27, 0.22, 0.17],
  },
} as const satisfies Record<string, Lighting>;
export type SetupName = keyof typeof SETUPS;

/** Radiance that a mirror sees in a direction: the ambient gradient, and the lights as softboxes. */
export function environment(setup: Lighting, d: Vec3, softbox: number): Rgb {
  const up = smoothstep(-0.6, 0.8, d[1]);
  const out: [number, number, number] = [0, 1, 2].map((k) => mix(setup.ground[k]!, setup.sky[k]!, up)) as [
    number,
    number,
    number,
  ];
  for (const { toward, color, radius } of setup.lights) {
    const angle = Math.acos(Math.min(1, Math.max(-1, d[0] * toward[0] + d[1] * toward[1] + d[2] * toward[2])));
    const k = softbox * smoothstep(radius * 1.9, radius * 1.6, angle) + (softbox > 0 ? 0.06 : 0.4) * bell(angle, 0.7);
    for (let c = 0; c < 3; c++) out[c]! += k * color[c]!;
  }
  return out;
}
