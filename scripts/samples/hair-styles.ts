import { add, bell, lerp, mix, scale, smoothstep, unit, type Vec3 } from './math.ts';
import type { HairStyle } from './person.ts';
import { hash, noise } from './random.ts';
import type { Root } from './strands.ts';

/** How a style grows: points a strand, roots a square unit, and the path from a root. */
type Style = {
  readonly steps: number;
  readonly perArea: number;
  readonly width: number;
  readonly path: (root: Root, random: () => number) => Vec3[];
};

/** Solids that hair lies on, in head space: skull, face, neck and shoulders as ellipsoids. */
const SOLIDS: readonly { readonly centre: Vec3; readonly radii: Vec3 }[] = [
  { centre: [0, 3, -6], radii: [8.5, 9.5, 10.8] },
  { centre: [0, 0, -1.5], radii: [7.7, 9.5, 6.4] },
  { centre: [0, -9, -7.4], radii: [6.4, 10, 6.3] },
  { centre: [0, -27, -9], radii: [24, 10.4, 9.5] },
];

/** Pushes a point out of the solids by at least `lift` units. */
function pushOut(p: Vec3, lift: number): Vec3 {
  for (const { centre, radii } of SOLIDS) {
    const q: Vec3 = [
      (p[0] - centre[0]) / (radii[0] + lift),
      (p[1] - centre[1]) / (radii[1] + lift),
      (p[2] - centre[2]) / (radii[2] + lift),
    ];
    const l = Math.hypot(...q);
    if (l < 1 && l > 1e-6)
      p = [
        centre[0] + (q[0] / l) * (radii[0] + lift),
        centre[1] + (q[1] / l) * (radii[1] + lift),
        centre[2] + (q[2] / l) * (radii[2] + lift),
      ];
  }
  return p;
}

/** Outward direction from the skull, as long as the point stands off further than `lift` (0 below the ears). */
function standOff(p: Vec3, lift: number): Vec3 {
  const { centre, radii } = SOLIDS[0]!;
  const q = [0, 1, 2].map((k) => (p[k]! - centre[k]!) / (radii[k]! + lift)) as [number, number, number];
  const l = Math.hypot(...q);
  return scale(q, (smoothstep(1, 1.12, l) * smoothstep(-3, 3, p[1])) / l);
}

type Growth = {
  readonly steps: number;
  readonly length: (root: Root, r: number) => number;
  /** Wished direction at a point; t runs 0..1 along the strand, `lock` is a number in -1..1 shared by a lock of hair. */
  readonly flow: (p: Vec3, root: Root, t: number, lock: number) => Vec3;
  /** How fast the strand turns to the wish, 0..1 a step; the lift from the scalp; the wildness of noise. */
  readonly bend: number;
  readonly lift: (root: Root, r: number) => number;
  readonly noise: number;
  /** Curl radius in units and turns along the strand. */
  readonly curl?: { readonly radius: number; readonly turns: number };
  /** Share of the root's own direction at the start. */
  readonly rise: number;
  /** How strongly the hair is drawn back to the skull where it stands off. */
  readonly cling: number;
};

function grow(g: Growth): Style['path'] {
  return (root, random) => {
    const r = random();
    const lockSize = 0.9;
    const cell = root.rest.map((v) => Math.floor(v / lockSize + 0.35 * noise(v, root.rest[1], 3))) as unknown as Vec3;
    const lock = 2 * hash(...cell) - 1;
    const lock2 = 2 * hash(cell[0] + 91, cell[1], cell[2]) - 1;
    const length = g.length(root, r) * (0.9 + 0.2 * random()) * (1 + 0.08 * lock2);
    const step = length / (g.steps - 1);
    const lift = g.lift(root, r);
    let d = unit(lerp(g.flow(root.point, root, 0, lock), root.normal, g.rise));
    let p = root.point;
    const own = [random() - 0.5, random() - 0.5, random() - 0.5];
    const path: Vec3[] = [p];
    const phase = 6.28 * (0.5 + 0.5 * lock) + 0.9 * random();
    for (let i = 1; i < g.steps; i++) {
      const t = i / (g.steps - 1);
      const wish = g.flow(p, root, t, lock);
      const wander: Vec3 = [
        noise(p[0] * 0.35 + lock * 9, p[1] * 0.25, p[2] * 0.35) + 0.6 * own[0]! + 0.4 * lock,
        0.5 * noise(p[0] * 0.35, p[1] * 0.25 + lock * 9, p[2] * 0.35) + 0.4 * own[1]!,
        noise(p[0] * 0.35, p[1] * 0.25, p[2] * 0.35 + lock2 * 9) + 0.6 * own[2]! + 0.4 * lock2,
      ];
      d = unit(add(add(lerp(d, wish, g.bend), scale(wander, g.noise)), scale(standOff(p, lift), -g.cling)));
      p = pushOut(add(p, scale(d, step)), lift * smoothstep(0, 0.25, t));
      path.push(p);
    }
    if (!g.curl) return path;
    const { radius, turns } = g.curl;
    return path.map((q, i) => {
      const t = i / (g.steps - 1);
      const a = phase + 6.28 * turns * t * (0.85 + 0.3 * (0.5 + 0.5 * lock2));
      const k = radius * smoothstep(0, 0.2, t) * (0.7 + 0.5 * (0.5 + 0.5 * lock));
      return [q[0] + k * Math.cos(a), q[1] + 0.35 * k * Math.sin(2 * a), q[2] + k * Math.sin(a)];
    });
  };
}

/** Direction along the skull away from a parting at x = part: sideways near the parting, then falling, and clear of the face. */
function fromParting(part: number, backward: number) {
  return (p: Vec3, root: Root, t: number, lock: number): Vec3 => {
    const side = Math.sign(root.rest[0] - part + 0.25 * lock) || 1;
    const across = smoothstep(7, 1.5, side * (p[0] - part)) * smoothstep(3, 9, p[1]);
    const overFace = smoothstep(0, 4, p[2]) * smoothstep(-8, 0, p[1]);
    const wide = smoothstep(8.6, 6, Math.abs(p[0]));
    return unit([
      side * (0.05 + 1.6 * across + 1.1 * overFace * wide),
      -1 + 0.7 * across,
      -backward * (0.25 * (1 - t) + 1.3 * overFace),
    ]);
  };
}
const crown = (root: Root): number => smoothstep(3, 9, root.rest[1]);

const bob = grow({
  cling: 0.25,
  steps: 26,
  length: (root) => 6.5 + (root.rest[1] + 4) * 0.82 + 0.1 * Math.abs(root.rest[0]),
  flow: (p, root, t, lock) => {
    const d = fromParting(-2, 0.75)(p, root, t, lock);
    const inward = smoothstep(0.75, 1, t);
    return unit([d[0] - 1.3 * inward * Math.sign(p[0]), d[1], d[2]]);
  },
  bend: 0.4,
  lift: (root, r) => (0.35 + 1 * r) * (0.4 + 0.8 * crown(root)),
  noise: 0.07,
  rise: 0.35,
});
const long = grow({
  cling: 0.25,
  steps: 40,
  length: (root) => 16.5 + 0.75 * (root.rest[1] + 4),
  flow: (p, root, t, lock) => {
    const d = fromParting(1.6, 0.8)(p, root, t, lock);
    const wave = 0.34 * Math.sin(p[1] * 0.62 + 3 * lock) * smoothstep(0.2, 0.45, t);
    const inward = smoothstep(0.3, 0.6, t) * 0.12;
    return unit([d[0] + wave - inward * Math.sign(p[0]), d[1], d[2] + wave * 0.6 + 0.16 * smoothstep(0.45, 0.75, t)]);
  },
  bend: 0.4,
  lift: (root, r) => (0.4 + 1.2 * r) * (0.45 + 0.8 * crown(root)),
  noise: 0.07,
  rise: 0.35,
});
const crop = grow({
  cling: 0.0,
  steps: 9,
  length: (root, r) => mix(0.8, 2.3 + 0.5 * r, smoothstep(4, 9.5, root.rest[1])),
  flow: (_p, root) => unit([0.25 * Math.sign(root.rest[0]), mix(-1, 0.45, crown(root)), mix(-0.5, 0.9, crown(root))]),
  bend: 0.25,
  lift: (_, r) => 0.1 + 0.35 * r,
  noise: 0.16,
  rise: 0.6,
});
const parted = grow({
  cling: 0.55,
  steps: 16,
  length: (root, r) => mix(1.4, 5.6 + 1.2 * r, smoothstep(4.5, 9.5, root.rest[1])),
  flow: (_p, root, t, lock) => {
    const side = Math.sign(root.rest[0] + 3.4);
    const top = crown(root);
    const front = smoothstep(-1, 4, root.rest[2]);
    return unit([
      side * mix(0.2, 1.2, top),
      mix(-1, 0.1 - 0.9 * t + 0.9 * front * (1 - t), top),
      mix(-0.8, -0.35 - 0.3 * front + 0.2 * lock, top),
    ]);
  },
  bend: 0.3,
  lift: (root, r) => (0.2 + 1.1 * r) * (0.3 + 0.9 * crown(root)),
  noise: 0.08,
  rise: 0.45,
});
const swept = grow({
  cling: 0.5,
  steps: 16,
  length: (root, r) => mix(1.3, 6.6 + r, smoothstep(4.5, 9.5, root.rest[1])),
  flow: (_p, root, t, lock) =>
    unit([0.25 * Math.sign(root.rest[0]) + 0.15 * lock, mix(-0.8, 0.7 - 1.1 * t, crown(root)), -1]),
  bend: 0.28,
  lift: (root, r) => (0.2 + 1.1 * r) * (0.25 + crown(root)),
  noise: 0.08,
  rise: 0.5,
});
const curly = grow({
  cling: 0,
  steps: 44,
  length: (root, r) => 6.2 + 1.6 * r + 0.42 * Math.max(0, root.rest[1]),
  flow: (p, root, t, lock) => {
    const d = fromParting(0.8 + lock, 0.5)(p, root, t, lock);
    return unit(add(scale(root.normal, 0.55 * (1 - t)), [d[0], d[1] * mix(0.5, 1, t), d[2]]));
  },
  bend: 0.22,
  lift: (_, r) => 0.4 + 1.3 * r,
  noise: 0.08,
  rise: 0.75,
  curl: { radius: 0.46, turns: 3.6 },
});
const afro = grow({
  cling: 0,
  steps: 40,
  length: (root, r) =>
    (3 + 1.5 * r) * (0.55 + 0.45 * smoothstep(-3, 6, root.rest[1])) * (1 - 0.35 * bell(root.rest[2] - 4, 1.6)),
  flow: (p, root) => unit(add(root.normal, [0.25 * noise(p[0], p[1], p[2]), 0.35, 0])),
  bend: 0.2,
  lift: () => 0.1,
  noise: 0.16,
  rise: 0.85,
  curl: { radius: 0.26, turns: 6 },
});

/** Every hairstyle; a bald head grows nothing. */
export const STYLES: Readonly<Record<Exclude<HairStyle, 'bald'>, Style>> = {
  crop: { steps: 9, perArea: 85, width: 0.034, path: crop },
  parted: { steps: 16, perArea: 75, width: 0.034, path: parted },
  swept: { steps: 16, perArea: 75, width: 0.034, path: swept },
  bob: { steps: 26, perArea: 65, width: 0.034, path: bob },
  long: { steps: 40, perArea: 60, width: 0.034, path: long },
  curly: { steps: 44, perArea: 42, width: 0.036, path: curly },
  afro: { steps: 40, perArea: 75, width: 0.034, path: afro },
};
