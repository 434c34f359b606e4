/** Masks as sets of pixels: growing, shrinking, and what hangs together. */
import { newPlane } from './planes.ts';

let spare = new Float32Array(0);

/** The extreme over a diamond, as `radius` steps of a cross. Outside the picture lies nothing. */
function extreme(
  mask: Float32Array,
  width: number,
  height: number,
  radius: number,
  largest: boolean,
): Float32Array<ArrayBuffer> {
  const out = newPlane(mask.length);
  out.set(mask);
  if (spare.length < mask.length) spare = new Float32Array(mask.length);
  for (let step = 0; step < radius; step++) {
    spare.set(out);
    if (largest) growStep(spare, out, width, height);
    else shrinkStep(spare, out, width, height);
  }
  return out;
}

function growStep(from: Float32Array, to: Float32Array, width: number, height: number): void {
  const last = width - 1;
  for (let y = 0; y < height; y++) {
    const up = y > 0 ? -width : 0;
    const down = y < height - 1 ? width : 0;
    for (let x = 0, i = y * width; x < width; x++, i++) {
      let v = from[i]!;
      const a = from[i + up]!;
      const b = from[i + down]!;
      const l = x > 0 ? from[i - 1]! : v;
      const r = x < last ? from[i + 1]! : v;
      if (a > v) v = a;
      if (b > v) v = b;
      if (l > v) v = l;
      if (r > v) v = r;
      to[i] = v;
    }
  }
}

function shrinkStep(from: Float32Array, to: Float32Array, width: number, height: number): void {
  const last = width - 1;
  for (let y = 0; y < height; y++) {
    const up = y > 0 ? -width : 0;
    const down = y < height - 1 ? width : 0;
    for (let x = 0, i = y * width; x < width; x++, i++) {
      let v = from[i]!;
      const a = from[i + up]!;
      const b = from[i + down]!;
      const l = x > 0 ? from[i - 1]! : v;
      const r = x < last ? from[i + 1]! : v;
      if (a < v) v = a;
      if (b < v) v = b;
      if (l < v) v = l;
      if (r < v) v = r;
      to[i] = v;
    }
  }
}

/** Grey dilation by a diamond of `radius` pixels. */
export const dilate = (mask: Float32Array, width: number, height: number, radius: number): Float32Array<ArrayBuffer> =>
  extreme(mask, width, height, radius, true);

/** Grey erosion by a diamond of `radius` pixels; the picture's border does not erode. */
export const erode = (mask: Float32Array, width: number, height: number, radius: number): Float32Array<ArrayBuffer> =>
  extreme(mask, width, height, radius, false);

/**
 * The pixels of `inside` that hang together (4-neighbours) with a seed.
 * @param inside which pixels may be walked; seeds outside it are ignored
 * @returns 1 for each reached pixel
 */
export function connectedTo(
  width: number,
  height: number,
  isSeed: (i: number) => boolean,
  inside: (i: number) => boolean,
): Uint8Array<ArrayBuffer> {
  const reached = new Uint8Array(width * height);
  const stack = new Int32Array(width * height);
  let top = 0;
  for (let i = 0; i < reached.length; i++) {
    if (!isSeed(i) || !inside(i)) continue;
    reached[i] = 1;
    stack[top++] = i;
  }
  while (top > 0) {
    const i = stack[--top]!;
    const x = i % width;
    if (x > 0 && reached[i - 1] === 0 && inside(i - 1)) {
      reached[i - 1] = 1;
      stack[top++] = i - 1;
    }
    if (x < width - 1 && reached[i + 1] === 0 && inside(i + 1)) {
      reached[i + 1] = 1;
      stack[top++] = i + 1;
    }
    if (i >= width && reached[i - width] === 0 && inside(i - width)) {
      reached[i - width] = 1;
      stack[top++] = i - width;
    }
    if (i < width * (height - 1) && reached[i + width] === 0 && inside(i + width)) {
      reached[i + width] = 1;
      stack[top++] = i + width;
    }
  }
  return reached;
}
