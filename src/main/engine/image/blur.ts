/** Gaussian blur as three box passes per axis: the same cost for every width. Edges repeat. */
import { newPlane } from './planes.ts';

/** The three box radii whose cascade has the variance of a Gaussian of this sigma (pixels). */
export function boxRadii(sigma: number): [number, number, number] {
  const passes = 3;
  const ideal = Math.sqrt((12 * sigma * sigma) / passes + 1);
  let low = Math.floor(ideal);
  if (low % 2 === 0) low--;
  const small = Math.round((12 * sigma * sigma - passes * (low * low + 4 * low + 3)) / (-4 * low - 4));
  const radius = (pass: number) => ((pass < small ? low : low + 2) - 1) >> 1;
  return [radius(0), radius(1), radius(2)];
}

function boxRows(source: Float32Array, out: Float32Array, width: number, height: number, radius: number): void {
  const whole = width > 2 * radius + 1 ? height - (height % 4) : 0;
  for (let y = 0; y < whole; y += 4) boxFourRows(source, out, y * width, width, radius);
  for (let y = whole; y < height; y++) boxRow(source, out, y * width, width, radius);
}

/** One row of any width. */
function boxRow(source: Float32Array, out: Float32Array, row: number, width: number, radius: number): void {
  const share = 1 / (2 * radius + 1);
  const last = width - 1;
  let sum = source[row]! * (radius + 1);
  for (let x = 1; x <= radius; x++) sum += source[row + Math.min(x, last)]!;
  for (let x = 0; x < width; x++) {
    out[row + x] = sum * share;
    sum += source[row + Math.min(x + radius + 1, last)]! - source[row + Math.max(x - radius, 0)]!;
  }
}

/** Four rows, wider than the window, side by side: each sum waits for itself only, so they overlap in the processor. */
function boxFourRows(source: Float32Array, out: Float32Array, row: number, width: number, radius: number): void {
  const share = 1 / (2 * radius + 1);
  const [a, b, c, d] = [row, row + width, row + 2 * width, row + 3 * width];
  const last = width - 1;
  let [s, t, u, v] = [0, 0, 0, 0];
  for (let x = -radius; x <= radius; x++) {
    const i = x < 0 ? 0 : x;
    s += source[a + i]!;
    t += source[b + i]!;
    u += source[c + i]!;
    v += source[d + i]!;
  }
  // Where the window's left end is clamped, where neither is, where the right end is.
  const ends = [radius, last - radius, width];
  for (let part = 0, x = 0; part < 3; part++) {
    for (const end = ends[part]!; x < end; x++) {
      const enter = part === 2 ? last : x + radius + 1;
      const leave = part === 0 ? 0 : x - radius;
      out[a + x] = s * share;
      out[b + x] = t * share;
      out[c + x] = u * share;
      out[d + x] = v * share;
      s += source[a + enter]! - source[a + leave]!;
      t += source[b + enter]! - source[b + leave]!;
      u += source[c + enter]! - source[c + leave]!;
      v += source[d + enter]! - source[d + leave]!;
    }
  }
}

function boxColumns(source: Float32Array, out: Float32Array, width: number, height: number, radius: number): void {
  const share = 1 / (2 * radius + 1);
  const last = height - 1;
  const sums = new Float64Array(width);
  for (let x = 0; x < width; x++) sums[x] = source[x]! * (radius + 1);
  for (let y = 1; y <= radius; y++) {
    const row = Math.min(y, last) * width;
    for (let x = 0; x < width; x++) sums[x]! += source[row + x]!;
  }
  for (let y = 0; y < height; y++) {
    const row = y * width;
    const enter = Math.min(y + radius + 1, last) * width;
    const leave = Math.max(y - radius, 0) * width;
    for (let x = 0; x < width; x++) {
      const sum = sums[x]!;
      out[row + x] = sum * share;
      sums[x] = sum + source[enter + x]! - source[leave + x]!;
    }
  }
}

let scratch = new Float32Array(0);

/** Room for one pass, kept from call to call: blurs are many, and fresh memory is dear. */
function scratchRoom(size: number): Float32Array {
  if (scratch.length < size) scratch = new Float32Array(size);
  return scratch;
}

/** Blurs a plane with a Gaussian of `sigma` pixels; below 0.4 pixels it stays as it is. */
export function blurInPlace(plane: Float32Array, width: number, height: number, sigma: number): void {
  if (sigma < 0.4) return;
  const between = scratchRoom(width * height);
  for (const radius of boxRadii(sigma)) {
    if (radius === 0) continue;
    boxRows(plane, between, width, height, radius);
    boxColumns(between, plane, width, height, radius);
  }
}

/** The plane blurred with a Gaussian of `sigma` pixels; below 0.4 pixels a copy. */
export function gaussianBlur(
  source: Float32Array,
  width: number,
  height: number,
  sigma: number,
): Float32Array<ArrayBuffer> {
  const out = newPlane(width * height);
  out.set(source.subarray(0, out.length));
  blurInPlace(out, width, height, sigma);
  return out;
}
