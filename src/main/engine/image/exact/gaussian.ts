/** Gaussian filters with the numbers of OpenCV; beyond the border the picture is mirrored. */
import { mirror } from './mirror.ts';

/** OpenCV's fixed-point kernels for 8-bit pictures, 256ths: named by size and sigma. */
export const GAUSSIAN_3 = [85, 86, 85] as const;
export const GAUSSIAN_5 = [51, 51, 52, 51, 51] as const;
export const GAUSSIAN_7 = [36, 36, 37, 38, 37, 36, 36] as const;

type Kernel = ArrayLike<number>;

function convolveRows(source: ArrayLike<number>, width: number, height: number, kernel: Kernel, out: Float64Array) {
  const r = (kernel.length - 1) / 2;
  const line = new Float64Array(width + 2 * r);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let x = -r; x < width + r; x++) line[x + r] = source[row + mirror(x, width)]!;
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 0; k <= 2 * r; k++) sum += line[x + k]! * kernel[k]!;
      out[row + x] = sum;
    }
  }
}

/** One row of the column filter: sums of whole rows, along memory. */
function columnSums(rows: Float64Array, width: number, height: number, y: number, kernel: Kernel, sums: Float64Array) {
  const r = (kernel.length - 1) / 2;
  sums.fill(0);
  for (let k = -r; k <= r; k++) {
    const row = mirror(y + k, height) * width;
    const weight = kernel[k + r]!;
    for (let x = 0; x < width; x++) sums[x]! += rows[row + x]! * weight;
  }
}

/** Blurs levels by a kernel of 256ths in both directions: (Σ + 2¹⁵) >> 16, as OpenCV does for 8-bit pictures. */
export function blurLevels(source: Uint8Array, width: number, height: number, kernel: Kernel): Uint8Array<ArrayBuffer> {
  const rows = new Float64Array(width * height);
  convolveRows(source, width, height, kernel, rows);
  const sums = new Float64Array(width);
  const out = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    columnSums(rows, width, height, y, kernel, sums);
    for (let x = 0; x < width; x++) out[y * width + x] = (sums[x]! + 32768) >> 16;
  }
  return out;
}

/** The normalised weights exp(-x² / 2σ²) for `size` (odd) samples. */
export function gaussianKernel(size: number, sigma: number): Float64Array {
  const r = (size - 1) / 2;
  const weights = Float64Array.from({ length: size }, (_, i) => Math.exp(-((i - r) ** 2) / (2 * sigma * sigma)));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => w / sum);
}

/** Blurs a plane of numbers by a normalised kernel in both directions. */
export function blurPlane(
  source: Float32Array,
  width: number,
  height: number,
  kernel: Kernel,
): Float32Array<ArrayBuffer> {
  const rows = new Float64Array(width * height);
  convolveRows(source, width, height, kernel, rows);
  const sums = new Float64Array(width);
  const out = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    columnSums(rows, width, height, y, kernel, sums);
    out.set(sums, y * width);
  }
  return out;
}
