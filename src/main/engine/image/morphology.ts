/** Masks as sets of pixels: growing, shrinking, and what hangs together. */

function extreme(
  mask: Float32Array,
  width: number,
  height: number,
  radius: number,
  pick: (a: number, b: number) => number,
): Float32Array<ArrayBuffer> {
  let current = new Float32Array(mask);
  let next = new Float32Array(mask.length);
  for (let step = 0; step < radius; step++) {
    for (let y = 0; y < height; y++) {
      const up = y > 0 ? -width : 0;
      const down = y < height - 1 ? width : 0;
      for (let x = 0, i = y * width; x < width; x++, i++) {
        let v = pick(current[i]!, pick(current[i + up]!, current[i + down]!));
        if (x > 0) v = pick(v, current[i - 1]!);
        if (x < width - 1) v = pick(v, current[i + 1]!);
        next[i] = v;
      }
    }
    [current, next] = [next, current];
  }
  return current;
}

/** Grey dilation by a diamond of `radius` pixels. */
export const dilate = (mask: Float32Array, width: number, height: number, radius: number): Float32Array<ArrayBuffer> =>
  extreme(mask, width, height, radius, (a, b) => Math.max(a, b));

/** Grey erosion by a diamond of `radius` pixels; the picture's border does not erode. */
export const erode = (mask: Float32Array, width: number, height: number, radius: number): Float32Array<ArrayBuffer> =>
  extreme(mask, width, height, radius, (a, b) => Math.min(a, b));

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
  const visit = (i: number) => {
    if (reached[i] === 0 && inside(i)) {
      reached[i] = 1;
      stack[top++] = i;
    }
  };
  for (let i = 0; i < reached.length; i++) if (isSeed(i)) visit(i);
  while (top > 0) {
    const i = stack[--top]!;
    const x = i % width;
    if (x > 0) visit(i - 1);
    if (x < width - 1) visit(i + 1);
    if (i >= width) visit(i - width);
    if (i < width * (height - 1)) visit(i + width);
  }
  return reached;
}
