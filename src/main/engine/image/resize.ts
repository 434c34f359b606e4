/** Changes of resolution on planes and RGB images. */
import type { Plane, RgbImage } from './picture.ts';

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
  const data = new Float32Array(width * height);
  halvePlane(plane.data, plane.width, plane.height, data);
  return { width, height, data };
}

/** Means of `factor` x `factor` cells; width and height must be multiples of it. */
export function shrinkPlane(source: Float32Array, width: number, height: number, factor: number): Plane {
  const w = Math.floor(width / factor);
  const h = Math.floor(height / factor);
  const data = new Float32Array(w * h);
  const share = 1 / (factor * factor);
  for (let y = 0; y < h * factor; y++) {
    const row = Math.floor(y / factor) * w;
    let p = y * width;
    for (let x = 0; x < w; x++) {
      let sum = 0;
      for (let k = 0; k < factor; k++) sum += source[p++]!;
      data[row + x]! += sum * share;
    }
  }
  return { width: w, height: h, data };
}

/** Bilinear resize with half-pixel centres and clamped edges (no antialiasing: meant for enlarging). */
export function resizePlane(
  source: Float32Array,
  sw: number,
  sh: number,
  width: number,
  height: number,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(width * height);
  const left = new Int32Array(width);
  const right = new Int32Array(width);
  const share = new Float32Array(width);
  for (let x = 0; x < width; x++) {
    const u = Math.min(sw - 1, Math.max(0, ((x + 0.5) * sw) / width - 0.5));
    const i = Math.floor(u);
    left[x] = i;
    right[x] = Math.min(sw - 1, i + 1);
    share[x] = u - i;
  }
  for (let y = 0, i = 0; y < height; y++) {
    const v = Math.min(sh - 1, Math.max(0, ((y + 0.5) * sh) / height - 0.5));
    const j = Math.floor(v);
    const q = v - j;
    const top = j * sw;
    const bottom = Math.min(sh - 1, j + 1) * sw;
    for (let x = 0; x < width; x++, i++) {
      const l = left[x]!;
      const r = right[x]!;
      const p = share[x]!;
      const a = source[top + l]! + p * (source[top + r]! - source[top + l]!);
      const b = source[bottom + l]! + p * (source[bottom + r]! - source[bottom + l]!);
      out[i] = a + q * (b - a);
    }
  }
  return out;
}
