import { catmull, type Vec3 } from './math.ts';

/** A symmetric closed ring given by its right half, from the top (or nape) to the bottom (or throat). */
export type HalfRing = readonly Vec3[];

/** Rings of the neck, which the head and the clothed body share. */
export const UPPER_NECK: HalfRing = [
  [0, -1.2, -15.4],
  [3.6, -1.6, -14.4],
  [5.6, -2.8, -12.4],
  [6.3, -4.6, -10.6],
  [6.3, -6.6, -9.4],
  [6.1, -8.6, -8.2],
  [5.8, -10.4, -6.6],
  [4.8, -12, -4.6],
  [2.7, -13.4, -2.4],
  [0, -13.8, -1.4],
];
export const LOWER_NECK: HalfRing = [
  [0, -10.5, -13.6],
  [3.4, -10.7, -13],
  [5.6, -11.2, -11.8],
  [6.4, -12, -10.4],
  [6.6, -12.8, -9.2],
  [6.5, -13.8, -8],
  [6.1, -14.8, -6.4],
  [4.9, -15.8, -4.8],
  [2.8, -16.6, -3],
  [0, -16.9, -2.2],
];

/** A ring's point at `turn` (0 top … 1 bottom … 2 top again). */
export function ringPoint(ring: HalfRing, turnAt: number): Vec3 {
  const t = turnAt <= 1 ? turnAt : 2 - turnAt;
  const f = t * (ring.length - 1);
  const i = Math.min(Math.floor(f), ring.length - 2);
  const mirror = (p: Vec3): Vec3 => [-p[0], p[1], p[2]];
  const before = i === 0 ? mirror(ring[1]!) : ring[i - 1]!;
  const after = i + 2 < ring.length ? ring[i + 2]! : mirror(ring[ring.length - 2]!);
  const p = catmull(before, ring[i]!, ring[i + 1]!, after, f - i);
  return turnAt <= 1 ? p : mirror(p);
}
