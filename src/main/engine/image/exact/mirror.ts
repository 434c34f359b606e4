/** Reads over the edge of a picture. */

/** The sample that stands for `i` of `count`: mirrored at the edge sample, which is not repeated ("reflect-101"). */
export function mirror(i: number, count: number): number {
  if (count === 1) return 0;
  const period = 2 * (count - 1);
  const j = ((i % period) + period) % period;
  return j < count ? j : period - j;
}
