import { add, catmull, lerp, mix, scale, smoothstep, sub, type Vec3 } from './math.ts';
import { bridge, type Mesh } from './mesh.ts';
import type { GarmentLook } from './person.ts';
import { fbm } from './random.ts';
import { type HalfRing, LOWER_NECK, ringPoint, UPPER_NECK } from './rings.ts';

const COLUMNS = 72;

/** Key rings of the clothed body from the upper neck down, half rings from the nape to the throat. */
const RINGS: readonly HalfRing[] = [
  UPPER_NECK,
  LOWER_NECK,
  [
    [0, -14, -14.6],
    [4.6, -14.4, -14.2],
    [8, -15.2, -13],
    [10, -16, -11.4],
    [10.8, -16.6, -9.8],
    [10.6, -17.2, -8],
    [9.4, -18, -6],
    [7, -18.9, -4],
    [3.8, -19.6, -2.4],
    [0, -20, -1.8],
  ],
  [
    [0, -18, -16.4],
    [7, -18, -16],
    [13, -18.4, -14.6],
    [18, -19, -12.6],
    [20, -19.8, -10.4],
    [19, -21, -7.6],
    [15.4, -22.4, -4.4],
    [11, -23.6, -2],
    [6, -24.4, -0.4],
    [0, -24.6, 0.2],
  ],
  [
    [0, -25, -18],
    [9, -25, -17.5],
    [17, -25.4, -15.6],
    [22.6, -26, -12.6],
    [24.6, -26.6, -9.6],
    [23.4, -27.4, -6],
    [18.4, -28.6, -2.4],
    [12.6, -29.6, 0.4],
    [6.4, -30.2, 2],
    [0, -30.4, 2.4],
  ],
  [
    [0, -42, -18],
    [9, -42, -17.5],
    [18, -42, -15.6],
    [24, -42, -12.6],
    [26, -42, -9],
    [24.6, -42, -5],
    [19.4, -42, -1],
    [13.4, -42, 2],
    [6.8, -42, 3.6],
    [0, -42, 4],
  ],
];

/** The body's surface at column turn (0 nape, 1 throat, 2 nape) and ring parameter s (0 … 5), `out` units outside. */
function bodyPoint(turnAt: number, s: number, out: number): Vec3 {
  const keys = RINGS.map((ring) => ringPoint(ring, turnAt));
  const i = Math.min(Math.floor(s), keys.length - 2);
  const p = catmull(keys[Math.max(0, i - 1)]!, keys[i]!, keys[i + 1]!, keys[Math.min(i + 2, keys.length - 1)]!, s - i);
  const axis: Vec3 = [0, p[1] - 5 * smoothstep(0.6, 2.4, s), -8.2];
  const d = sub(p, axis);
  return add(p, scale(d, out / Math.hypot(...d)));
}

/** Where the neckline runs, by kind: ring parameter at the column. */
function neckline(kind: GarmentLook['kind'], turnAt: number): number {
  const front = Math.exp(-(((turnAt - 1) / 0.2) ** 2));
  const v = Math.max(0, 1 - Math.abs(turnAt - 1) / 0.36);
  return { crew: 1.42 + 0.2 * front, vneck: 1.22 + 1.25 * v ** 1.1, turtleneck: 0.55, shirt: 1.15 + 1.1 * v ** 1.3 }[
    kind
  ];
}

/** A grid of points (rows of columns) as a mesh; columns close when `closed`. */
function grid(rows: readonly (readonly Vec3[])[], closed: boolean): Mesh {
  const n = rows[0]!.length;
  const position = Float32Array.from(rows.flat(2));
  const triangles: number[] = [];
  for (let r = 0; r + 1 < rows.length; r++) {
    const ring = (k: number): number[] => Array.from({ length: n }, (_, i) => k * n + i);
    triangles.push(...bridge(ring(r + 1), ring(r), closed));
  }
  return { position, rest: position.slice(), triangles: Uint32Array.from(triangles) };
}

/** The garment's meshes at rest: the body and, for a shirt, its collar. `seed` varies the folds. */
export function garment(look: GarmentLook, seed: number): Mesh[] {
  const turns = Array.from({ length: COLUMNS }, (_, i) => (2 * i) / COLUMNS);
  const fold = (p: Vec3, s: number): number =>
    0.7 * smoothstep(1.6, 3, s) * fbm(p[0] * 0.14 + seed, p[1] * 0.1 - p[0] * 0.05, p[2] * 0.14, 3) +
    0.12 * fbm(p[0] * 0.6, p[1] * 0.35 + seed, p[2] * 0.6, 2);
  const rows: Vec3[][] = [];
  const rim =
    look.kind === 'turtleneck'
      ? [
          [0.05, 0.3],
          [-0.12, 0.22],
          [-0.16, 0.38],
          [-0.08, 0.55],
          [0.1, 0.6],
        ]
      : [
          [0.1, 0.02],
          [0.01, 0.06],
          [-0.03, 0.16],
          [-0.03, 0.3],
          [0.02, 0.4],
          [0.1, 0.42],
          [0.18, 0.36],
          [0.2, 0.3],
        ];
  for (const [ds, out] of rim) rows.push(turns.map((t) => bodyPoint(t, neckline(look.kind, t) + ds!, out!)));
  for (let k = 1; k <= 44; k++)
    rows.push(
      turns.map((t) => {
        const start = neckline(look.kind, t) + rim.at(-1)![0]!;
        const s = mix(start, 5, (k / 44) ** 1.15);
        const p = bodyPoint(t, s, 0.34);
        return add(p, scale([p[0] / 20, 0.3, 0.6], fold(p, s) * smoothstep(0, 6, k)));
      }),
    );
  const meshes = [grid(rows, true)];
  if (look.kind === 'shirt') meshes.push(collar());
  return meshes;
}

/** A shirt collar: a standing band that folds over and opens at the throat. */
function collar(): Mesh {
  const from = 0.07;
  const turns = Array.from({ length: 61 }, (_, i) => mix(-1 + from, 1 - from, i / 60)).map((t) => (t < 0 ? t + 2 : t));
  const profile = [
    [1.5, 0.3],
    [1.1, 0.28],
    [0.82, 0.4],
    [0.76, 0.56],
    [0.84, 0.78],
    [1.1, 1.25],
    [1.4, 1.45],
    [1.62, 1.35],
    [1.66, 1.2],
  ] as const;
  return grid(
    profile.map(([s, out]) =>
      turns.map((t) => {
        const toFront = smoothstep(0.5, 0.87, t <= 1 ? t : 2 - t);
        const p = bodyPoint(t, s + toFront * (0.22 + 0.25 * smoothstep(0.8, 1.6, s)), out + 0.1 * toFront);
        return lerp(p, [p[0], p[1], p[2] + 0.5], toFront);
      }),
    ),
    false,
  );
}
