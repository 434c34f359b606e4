/**
 * Dilation and erosion by a rectangle: extremes over a window, in the same time for every window (van Herk 1992). What
 * lies outside the picture is ignored, so a border neither grows nor erodes ("geodesic", as in kornia).
 */

/** How far the window reaches to each side of its pixel. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly up: number;
  readonly down: number;
}

/** The square window of (2 radius + 1)² pixels. */
export const square = (radius: number): Box => ({ left: radius, right: radius, up: radius, down: radius });

type Samples = Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>;

/** Largest values over windows [i - before, i + after] of `count` samples that lie `stride` apart from `start`. */
function slideMaximum(
  data: Samples,
  start: number,
  stride: number,
  count: number,
  before: number,
  after: number,
  room: { readonly forward: Float32Array; readonly backward: Float32Array },
): void {
  const size = before + after + 1;
  const { forward, backward } = room;
  const padded = count + before + after;
  for (let i = 0; i < padded; i++) {
    const j = i - before;
    const v = j >= 0 && j < count ? data[start + j * stride]! : -Infinity;
    backward[i] = v;
    forward[i] = i % size === 0 ? v : Math.max(forward[i - 1]!, v);
  }
  for (let i = padded - 2; i >= 0; i--) {
    if ((i + 1) % size !== 0) backward[i] = Math.max(backward[i]!, backward[i + 1]!);
  }
  for (let i = 0; i < count; i++) data[start + i * stride] = Math.max(backward[i]!, forward[i + size - 1]!);
}

/** Grey dilation: each pixel takes the largest value of its window. `data` is width x height, row-major. */
export function dilateBox<T extends Samples>(data: T, width: number, height: number, box: Box): T {
  const out = data.slice() as T;
  const length = Math.max(width + box.left + box.right, height + box.up + box.down);
  const room = { forward: new Float32Array(length), backward: new Float32Array(length) };
  if (box.left + box.right > 0) {
    for (let y = 0; y < height; y++) slideMaximum(out, y * width, 1, width, box.left, box.right, room);
  }
  if (box.up + box.down > 0) {
    for (let x = 0; x < width; x++) slideMaximum(out, x, width, height, box.up, box.down, room);
  }
  return out;
}

/** Turns samples upside down, in place: the smallest become the largest. */
function negate(data: Samples): void {
  if (data instanceof Uint8Array) for (let i = 0; i < data.length; i++) data[i] = 255 - data[i]!;
  else for (let i = 0; i < data.length; i++) data[i] = -data[i]!;
}

/** Grey erosion: each pixel takes the smallest value of its window. */
export function erodeBox<T extends Samples>(data: T, width: number, height: number, box: Box): T {
  const flipped = data.slice() as T;
  negate(flipped);
  const out = dilateBox(flipped, width, height, box);
  negate(out);
  return out;
}
