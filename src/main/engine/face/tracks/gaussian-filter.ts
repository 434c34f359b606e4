/** scipy's `gaussian_filter1d` (spec pipeline 0.2-11). */

/** Widths in standard deviations at which the kernel ends. */
const TRUNCATE = 4;

/** `values` smoothed with deviation `sigma`; beyond the ends they go on mirrored, the last one repeated. */
export function gaussianFilter(values: ArrayLike<number>, sigma: number): Float64Array<ArrayBuffer> {
  const n = values.length;
  const radius = Math.floor(TRUNCATE * sigma + 0.5);
  const kernel = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)));
  const total = kernel.reduce((sum, weight) => sum + weight, 0);
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let k = -radius; k <= radius; k++) out[i]! += (kernel[k + radius]! / total) * values[mirrored(i + k, n)]!;
  }
  return out;
}

/** The index within 0 to n - 1 that stands for one beyond the ends: … 1 0 | 0 1 … n-1 | n-1 n-2 … */
export function mirrored(index: number, n: number): number {
  const period = 2 * n;
  const i = ((index % period) + period) % period;
  return i < n ? i : period - 1 - i;
}
