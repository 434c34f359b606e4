/** Small functions of numbers that kernels share. */

export const clamp = (x: number, low: number, high: number): number => (x < low ? low : x > high ? high : x);

/** Linear interpolation from a (t = 0) to b (t = 1). */
export const mix = (a: number, b: number, t: number): number => a + (b - a) * t;

/** 0 at `from`, 1 at `to`, smooth between (3t² - 2t³); `from` may lie above `to`. */
export function smoothstep(from: number, to: number, x: number): number {
  const t = clamp((x - from) / (to - from), 0, 1);
  return t * t * (3 - 2 * t);
}
