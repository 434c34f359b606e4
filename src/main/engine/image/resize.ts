/** Changes of resolution on planes and RGB images. */
import type { Plane, RgbImage } from './picture.ts';
import { newPlane } from './planes.ts';

const halves = new WeakMap<RgbImage, RgbImage>();

/** Halves one plane by 2x2 means; an odd last row or column is left out. `source` is width x height, row-major. */
function halvePlane(source: Float32Array, width: number, height: number, out: Float32Array): void {
  const w = width >> 1;
  const h = height >> 1;
  for (let y = 0, i = 0; y < h; y++) {
    let p = 2 * y * width;
    for (let x = 0; x < w; x++, i++, p += 2) {
      out[i] = 0.25 * (source[p]! + source[p + 1]! + source[p + width]! + source[p + width + 1]!);
    }
  }
}

/** Half the image by 2x2 means. The result is remembered as long as the image lives, so a mip chain is built once. */
export function halfRgb(image: RgbImage): RgbImage {
  const known = halves.get(image);
  if (known) return known;
  const width = image.width >> 1;
  const height = image.height >> 1;
  const n = image.width * image.height;
  const data = new Float32Array(width * height * 3);
  for (let k = 0; k < 3; k++) {
    const out = data.subarray(k * width * height, (k + 1) * width * height);
    halvePlane(image.data.subarray(k * n, (k + 1) * n), image.width, image.height, out);
  }
  const half = { width, height, data };
  halves.set(image, half);
  return half;
}

/** Half a plane by 2x2 means. */
export function halfPlane(plane: Plane): Plane {
  const width = plane.width >> 1;
  const height = plane.height >> 1;
  const data = newPlane(width * height);
  halvePlane(plane.data, plane.width, plane.height, data);
  return { width, height, data };
}

/** Means of `factor` x `factor` cells; width and height must be multiples of it. */
export function shrinkPlane(source: Float32Array, width: number, height: number, factor: number): Plane {
  const w = Math.floor(width / factor);
  const h = Math.floor(height / factor);
  const data = newPlane(w * h);
  const share = 1 / (factor * factor);
  for (let y = 0, to = 0; y < h; y++) {
    for (let x = 0; x < w; x++, to++) {
      let sum = 0;
      for (let row = 0, p = y * factor * width + x * factor; row < factor; row++, p += width) {
        for (let k = 0; k < factor; k++) sum += source[p + k]!;
      }
      data[to] = sum * share;
    }
  }
  return { width: w, height: h, data };
}

/** Where the pixels of an enlarged axis are read: the sample below, the one above, and the share of the latter. */
interface AxisReads {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly share: Float32Array;
}

function axisReads(from: number, to: number): AxisReads {
  const low = new Int32Array(to);
  const high = new Int32Array(to);
  const share = new Float32Array(to);
  for (let x = 0; x < to; x++) {
    const u = Math.min(from - 1, Math.max(0, ((x + 0.5) * from) / to - 0.5));
    const i = Math.floor(u);
    low[x] = i;
    high[x] = Math.min(from - 1, i + 1);
    share[x] = u - i;
  }
  return { low, high, share };
}

/** One row of `source`, enlarged. */
function enlargeRow(source: Float32Array, row: number, { low, high, share }: AxisReads, out: Float32Array): void {
  for (let x = 0; x < out.length; x++) {
    const a = source[row + low[x]!]!;
    out[x] = a + share[x]! * (source[row + high[x]!]! - a);
  }
}

/**
 * The rows of an enlarged plane, bilinear with half-pixel centres and clamped edges (no antialiasing), one at a time:
 * each row of the source is enlarged once and then mixed with its neighbour.
 * @returns gives row `y`; what it gave before is overwritten
 */
export function enlargedRows(
  source: Float32Array,
  sw: number,
  sh: number,
  width: number,
  height: number,
): (y: number) => Float32Array {
  const across = axisReads(sw, width);
  const down = axisReads(sh, height);
  const out = new Float32Array(width);
  let upper = new Float32Array(width);
  let lower = new Float32Array(width);
  let upperRow = -1;
  let lowerRow = -1;
  return (y) => {
    const low = down.low[y]!;
    const high = down.high[y]!;
    if (upperRow !== low) {
      [upper, lower] = [lower, upper];
      [upperRow, lowerRow] = [lowerRow, upperRow];
      if (upperRow !== low) {
        enlargeRow(source, low * sw, across, upper);
        upperRow = low;
      }
    }
    if (lowerRow !== high) {
      enlargeRow(source, high * sw, across, lower);
      lowerRow = high;
    }
    mixRows(upper, lower, down.share[y]!, out);
    return out;
  };
}

function mixRows(upper: Float32Array, lower: Float32Array, share: number, out: Float32Array): void {
  for (let x = 0; x < out.length; x++) {
    const a = upper[x]!;
    out[x] = a + share * (lower[x]! - a);
  }
}

/** `enlargedRows` as a plane. */
export function resizePlane(
  source: Float32Array,
  sw: number,
  sh: number,
  width: number,
  height: number,
): Float32Array<ArrayBuffer> {
  const out = newPlane(width * height);
  const row = enlargedRows(source, sw, sh, width, height);
  for (let y = 0; y < height; y++) out.set(row(y), y * width);
  return out;
}
