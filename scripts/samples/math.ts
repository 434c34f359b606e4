/** A point or direction. Head space is MediaPipe's canonical face space: about 0.9 cm a unit, x to the picture's right, y up, z to the viewer. */
export type Vec3 = readonly [number, number, number];
/** Linear-light colour, 1 is diffuse white. */
export type Rgb = readonly [number, number, number];

export const clamp = (x: number, low = 0, high = 1): number => Math.min(high, Math.max(low, x));
export const mix = (a: number, b: number, t: number): number => a + (b - a) * t;
/** Cubic step from 0 at `from` to 1 at `to`; `from` may be the larger. */
export const smoothstep = (from: number, to: number, x: number): number => {
  const t = clamp((x - from) / (to - from));
  return t * t * (3 - 2 * t);
};
/** Unnormalised Gaussian of a distance. */
export const bell = (distance: number, width: number): number => Math.exp(-0.5 * (distance / width) ** 2);

export const add = (a: Vec3, b: Vec3): Vec3 => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const sub = (a: Vec3, b: Vec3): Vec3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const scale = (a: Vec3, k: number): Vec3 => [a[0] * k, a[1] * k, a[2] * k];
export const dot = (a: Vec3, b: Vec3): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const cross = (a: Vec3, b: Vec3): Vec3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
export const norm = (a: Vec3): number => Math.hypot(a[0], a[1], a[2]);
export const unit = (a: Vec3): Vec3 => scale(a, 1 / (norm(a) || 1));
export const lerp = (a: Vec3, b: Vec3, t: number): Vec3 => [mix(a[0], b[0], t), mix(a[1], b[1], t), mix(a[2], b[2], t)];
export const times = (a: Rgb, b: Rgb): Rgb => [a[0] * b[0], a[1] * b[1], a[2] * b[2]];
export const at = (array: ArrayLike<number>, i: number): Vec3 => [array[3 * i]!, array[3 * i + 1]!, array[3 * i + 2]!];

/** sRGB byte triple as `0xrrggbb` to linear light. */
export const srgb = (hex: number): Rgb => [16, 8, 0].map((s) => decodeSrgb(((hex >> s) & 255) / 255)) as unknown as Rgb;
/** Inverse sRGB transfer of a value in 0..1. */
const decodeSrgb = (v: number): number => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
/** sRGB transfer of linear light in 0..1. */
export const encodeSrgb = (v: number): number => (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055);

/** Row-major rotation in degrees: roll about z after pitch about x (positive looks down) after yaw about y (positive turns to the picture's right). */
export function rotation(yaw: number, pitch: number, roll: number): Float64Array {
  const rad = Math.PI / 180;
  const [cy, sy, cp, sp] = [Math.cos(yaw * rad), Math.sin(yaw * rad), Math.cos(pitch * rad), Math.sin(pitch * rad)];
  const [cr, sr] = [Math.cos(roll * rad), Math.sin(roll * rad)];
  const columns = (
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ] as const
  ).map(([x, y, z]) => {
    const [x1, z1] = [cy * x + sy * z, -sy * x + cy * z];
    const [y2, z2] = [cp * y - sp * z1, sp * y + cp * z1];
    return [cr * x1 - sr * y2, sr * x1 + cr * y2, z2];
  });
  return Float64Array.from({ length: 9 }, (_, i) => columns[i % 3]![Math.floor(i / 3)]!);
}
/** Rotates a vector by a row-major matrix. */
export const turn = (m: Float64Array, v: Vec3): Vec3 => [
  m[0]! * v[0] + m[1]! * v[1] + m[2]! * v[2],
  m[3]! * v[0] + m[4]! * v[1] + m[5]! * v[2],
  m[6]! * v[0] + m[7]! * v[1] + m[8]! * v[2],
];

/** Catmull-Rom between b and c. */
export const catmull = (a: Vec3, b: Vec3, c: Vec3, d: Vec3, t: number): Vec3 =>
  [0, 1, 2].map((k) => {
    const [p, q, r, s] = [a[k]!, b[k]!, c[k]!, d[k]!];
    return q + 0.5 * t * (r - p + t * (2 * p - 5 * q + 4 * r - s + t * (3 * (q - r) + s - p)));
  }) as unknown as Vec3;

/** A Catmull-Rom curve through the points, `steps` points a span. */
export function spline(points: readonly Vec3[], steps: number, closed = false): Vec3[] {
  const n = points.length;
  const pick = (i: number): Vec3 => points[closed ? (i + n) % n : clamp(i, 0, n - 1)]!;
  const out: Vec3[] = [];
  for (let i = 0; i < (closed ? n : n - 1); i++)
    for (let k = 0; k < steps; k++) out.push(catmull(pick(i - 1), pick(i), pick(i + 1), pick(i + 2), k / steps));
  if (!closed) out.push(points[n - 1]!);
  return out;
}

/** Distance in x and y from a point to a polyline, and how far along it the nearest point lies (0..1). */
export function nearLine(x: number, y: number, line: readonly Vec3[]): { distance: number; along: number } {
  let best = Infinity;
  let along = 0;
  for (let i = 0; i + 1 < line.length; i++) {
    const [a, b] = [line[i]!, line[i + 1]!];
    const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
    const t = clamp(((x - a[0]) * dx + (y - a[1]) * dy) / (dx * dx + dy * dy || 1));
    const d = (x - a[0] - t * dx) ** 2 + (y - a[1] - t * dy) ** 2;
    if (d < best) [best, along] = [d, (i + t) / (line.length - 1)];
  }
  return { distance: Math.sqrt(best), along };
}

/** Whether a point lies in a polygon in x and y (even-odd rule). */
export function inPolygon(x: number, y: number, polygon: readonly Vec3[]): boolean {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [a, b] = [polygon[i]!, polygon[j]!];
    if (a[1] > y !== b[1] > y && x < ((b[0] - a[0]) * (y - a[1])) / (b[1] - a[1]) + a[0]) inside = !inside;
  }
  return inside;
}

/** Piecewise-linear lookup in a table of [x, y] rows with rising x, flat outside. */
export function table(rows: readonly (readonly [number, number])[], x: number): number {
  let i = 0;
  while (i + 1 < rows.length && rows[i + 1]![0] < x) i++;
  const [a, b] = [rows[i]!, rows[Math.min(i + 1, rows.length - 1)]!];
  return b[0] === a[0] ? a[1] : mix(a[1], b[1], clamp((x - a[0]) / (b[0] - a[0])));
}
