/** Gaussian and Laplacian pyramids with the 5-tap binomial kernel [1 4 6 4 1] / 16 (Burt and Adelson 1983). Edges repeat. */
import type { Plane } from './picture.ts';
import { newPlane } from './planes.ts';

/** Blurs with the binomial kernel and keeps every second sample: ceil(width / 2) x ceil(height / 2). */
export function reducePlane({ width, height, data }: Plane): Plane {
  const w = (width + 1) >> 1;
  const h = (height + 1) >> 1;
  const out = newPlane(w * h);
  // Columns first: whole rows are added, so the inner loops run along memory.
  const column = new Float32Array(width);
  for (let y = 0; y < h; y++) {
    const c = 2 * y;
    const up2 = (c > 1 ? c - 2 : 0) * width;
    const up1 = (c > 0 ? c - 1 : 0) * width;
    const middle = c * width;
    const down1 = Math.min(c + 1, height - 1) * width;
    const down2 = Math.min(c + 2, height - 1) * width;
    for (let x = 0; x < width; x++) {
      column[x] =
        (data[up2 + x]! + data[down2 + x]! + 4 * (data[up1 + x]! + data[down1 + x]!) + 6 * data[middle + x]!) * 0.0625;
    }
    const to = y * w;
    const at = (x: number) => column[Math.max(0, Math.min(width - 1, x))]!;
    const edge = (x: number) =>
      (at(2 * x - 2) + at(2 * x + 2) + 4 * (at(2 * x - 1) + at(2 * x + 1)) + 6 * at(2 * x)) * 0.0625;
    const last = (width - 3) >> 1;
    out[to] = edge(0);
    for (let x = 1, c2 = 2; x <= last; x++, c2 += 2) {
      out[to + x] =
        (column[c2 - 2]! + column[c2 + 2]! + 4 * (column[c2 - 1]! + column[c2 + 1]!) + 6 * column[c2]!) * 0.0625;
    }
    for (let x = Math.max(1, last + 1); x < w; x++) out[to + x] = edge(x);
  }
  return { width: w, height: h, data: out };
}

/**
 * Enlarges a reduced plane to the size of `fine` with the same kernel (the counterpart of `reducePlane`) and writes
 * fine + sign · enlarged into `out`, which may be `fine`'s own data.
 */
function addEnlarged(coarse: Plane, fine: Plane, sign: 1 | -1, out: Float32Array): void {
  const { width: sw, height: sh, data } = coarse;
  const { width, height, data: base } = fine;
  const column = new Float32Array(sw);
  for (let y = 0; y < height; y++) {
    const j = y >> 1;
    const middle = j * sw;
    const below = Math.min(j + 1, sh - 1) * sw;
    if (y & 1) {
      for (let x = 0; x < sw; x++) column[x] = 0.5 * sign * (data[middle + x]! + data[below + x]!);
    } else {
      const above = (j > 0 ? j - 1 : 0) * sw;
      for (let x = 0; x < sw; x++) {
        column[x] = sign * (0.125 * (data[above + x]! + data[below + x]!) + 0.75 * data[middle + x]!);
      }
    }
    const to = y * width;
    for (let i = 0, x = 0; x < width; i++, x += 2) {
      const here = column[i]!;
      const right = column[i + 1 < sw ? i + 1 : sw - 1]!;
      out[to + x] = base[to + x]! + 0.125 * (column[i > 0 ? i - 1 : 0]! + right) + 0.75 * here;
      if (x + 1 < width) out[to + x + 1] = base[to + x + 1]! + 0.5 * (here + right);
    }
  }
}

/** Enlarges a reduced plane to width x height. */
export function expandPlane(coarse: Plane, width: number, height: number): Plane {
  const fine = { width, height, data: newPlane(width * height) };
  addEnlarged(coarse, fine, 1, fine.data);
  return fine;
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
    const data = newPlane(level.data.length);
    addEnlarged(coarser, level, -1, data);
    return { width: level.width, height: level.height, data };
  });
}

/** The plane of a Laplacian pyramid. Writes into the bands' own data: the pyramid is used up. */
export function collapsePyramid(bands: readonly Plane[]): Plane {
  for (let i = bands.length - 2; i >= 0; i--) addEnlarged(bands[i + 1]!, bands[i]!, 1, bands[i]!.data);
  return bands[0]!;
}
