/** Gaussian and Laplacian pyramids with the 5-tap binomial kernel [1 4 6 4 1] / 16 (Burt and Adelson 1983). Edges repeat. */
import type { Plane } from './picture.ts';

/** Blurs with the binomial kernel and keeps every second sample: ceil(width / 2) x ceil(height / 2). */
export function reducePlane({ width, height, data }: Plane): Plane {
  const w = (width + 1) >> 1;
  const h = (height + 1) >> 1;
  const rows = new Float32Array(w * height);
  const out = new Float32Array(w * h);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    for (let x = 0; x < w; x++) {
      const c = 2 * x;
      const l1 = c > 0 ? c - 1 : 0;
      const l2 = c > 1 ? c - 2 : 0;
      const r1 = Math.min(c + 1, width - 1);
      const r2 = Math.min(c + 2, width - 1);
      rows[y * w + x] =
        (data[row + l2]! + data[row + r2]! + 4 * (data[row + l1]! + data[row + r1]!) + 6 * data[row + c]!) * 0.0625;
    }
  }
  for (let y = 0; y < h; y++) {
    const c = 2 * y;
    const up2 = (c > 1 ? c - 2 : 0) * w;
    const up1 = (c > 0 ? c - 1 : 0) * w;
    const down1 = Math.min(c + 1, height - 1) * w;
    const down2 = Math.min(c + 2, height - 1) * w;
    for (let x = 0; x < w; x++) {
      out[y * w + x] =
        (rows[up2 + x]! + rows[down2 + x]! + 4 * (rows[up1 + x]! + rows[down1 + x]!) + 6 * rows[c * w + x]!) * 0.0625;
    }
  }
  return { width: w, height: h, data: out };
}

/** Enlarges a reduced plane to width x height with the same kernel; the counterpart of `reducePlane`. */
export function expandPlane({ width: sw, height: sh, data }: Plane, width: number, height: number): Plane {
  const rows = new Float32Array(width * sh);
  const out = new Float32Array(width * height);
  for (let y = 0; y < sh; y++) {
    const from = y * sw;
    const to = y * width;
    for (let x = 0; x < width; x++) {
      const i = x >> 1;
      const r = Math.min(i + 1, sw - 1);
      rows[to + x] =
        x & 1
          ? 0.5 * (data[from + i]! + data[from + r]!)
          : 0.125 * (data[from + (i > 0 ? i - 1 : 0)]! + data[from + r]!) + 0.75 * data[from + i]!;
    }
  }
  for (let y = 0; y < height; y++) {
    const j = y >> 1;
    const to = y * width;
    const middle = j * width;
    const below = Math.min(j + 1, sh - 1) * width;
    if (y & 1) {
      for (let x = 0; x < width; x++) out[to + x] = 0.5 * (rows[middle + x]! + rows[below + x]!);
    } else {
      const above = (j > 0 ? j - 1 : 0) * width;
      for (let x = 0; x < width; x++) {
        out[to + x] = 0.125 * (rows[above + x]! + rows[below + x]!) + 0.75 * rows[middle + x]!;
      }
    }
  }
  return { width, height, data: out };
}

/** `levels` planes, each half the one before; the first is the plane itself. */
export function gaussianPyramid(plane: Plane, levels: number): Plane[] {
  const out = [plane];
  while (out.length < levels) out.push(reducePlane(out[out.length - 1]!));
  return out;
}

/** Band-pass levels, the last one low-pass. `collapsePyramid` restores the plane up to rounding. */
export function laplacianPyramid(plane: Plane, levels: number): Plane[] {
  const gaussian = gaussianPyramid(plane, levels);
  return gaussian.map((level, i) => {
    const coarser = gaussian[i + 1];
    if (!coarser) return level;
    const band = expandPlane(coarser, level.width, level.height);
    for (let k = 0; k < band.data.length; k++) band.data[k] = level.data[k]! - band.data[k]!;
    return band;
  });
}

/** The plane of a Laplacian pyramid. */
export function collapsePyramid(bands: readonly Plane[]): Plane {
  let plane = bands[bands.length - 1]!;
  for (let i = bands.length - 2; i >= 0; i--) {
    const band = bands[i]!;
    plane = expandPlane(plane, band.width, band.height);
    for (let k = 0; k < plane.data.length; k++) plane.data[k]! += band.data[k]!;
  }
  return plane;
}
