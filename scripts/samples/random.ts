/** A seeded stream of numbers in [0, 1) (mulberry32). */
export function random(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A hash of three integers in [0, 1). */
export function hash(x: number, y: number, z: number): number {
  let h = Math.imul(x | 0, 0x27d4eb2d) ^ Math.imul(y | 0, 0x165667b1) ^ Math.imul(z | 0, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

/** Value noise in [-1, 1], one cell a unit. Written out in scalars: it is the renderer's most called function. */
export function noise(x: number, y: number, z: number): number {
  const xi = Math.floor(x);
  const yi = Math.floor(y);
  const zi = Math.floor(z);
  const fx = x - xi;
  const fy = y - yi;
  const fz = z - zi;
  const u = fx * fx * (3 - 2 * fx);
  const v = fy * fy * (3 - 2 * fy);
  const w = fz * fz * (3 - 2 * fz);
  const a = hash(xi, yi, zi) * (1 - u) + hash(xi + 1, yi, zi) * u;
  const b = hash(xi, yi + 1, zi) * (1 - u) + hash(xi + 1, yi + 1, zi) * u;
  const c = hash(xi, yi, zi + 1) * (1 - u) + hash(xi + 1, yi, zi + 1) * u;
  const d = hash(xi, yi + 1, zi + 1) * (1 - u) + hash(xi + 1, yi + 1, zi + 1) * u;
  return 2 * ((a * (1 - v) + b * v) * (1 - w) + (c * (1 - v) + d * v) * w) - 1;
}

/** Fractal sum of `octaves` noises, about [-1, 1]. */
export function fbm(x: number, y: number, z: number, octaves: number): number {
  let sum = 0;
  for (let o = 0, amp = 0.5, f = 1; o < octaves; o++, amp *= 0.5, f *= 2.03) sum += amp * noise(x * f, y * f, z * f);
  return sum;
}
