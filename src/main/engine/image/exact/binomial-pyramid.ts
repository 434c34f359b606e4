/** One step down and up a pyramid with the numbers of OpenCV's `pyrDown` and `pyrUp`: kernel [1 4 6 4 1] / 16. */
import { mirror } from './mirror.ts';

/** Sums of the five taps, times 256, at even positions; beyond the border the picture is mirrored. */
function downSums(data: ArrayLike<number>, width: number, height: number, write: (i: number, sum: number) => void) {
  const w = (width + 1) >> 1;
  const h = (height + 1) >> 1;
  const line = new Float64Array(width + 4);
  for (let y = 0; y < h; y++) {
    const row = (k: number) => mirror(2 * y + k, height) * width;
    const [a, b, c, d, e] = [row(-2), row(-1), row(0), row(1), row(2)];
    for (let x = 0; x < width; x++) {
      line[x + 2] = data[a + x]! + data[e + x]! + 4 * (data[b + x]! + data[d + x]!) + 6 * data[c + x]!;
    }
    for (const x of [-2, -1, width, width + 1]) line[x + 2] = line[mirror(x, width) + 2]!;
    for (let x = 0, p = 0; x < w; x++, p += 2) {
      write(y * w + x, line[p]! + line[p + 4]! + 4 * (line[p + 1]! + line[p + 3]!) + 6 * line[p + 2]!);
    }
  }
}

/** Half the plane: ceil(width / 2) x ceil(height / 2). */
export function pyramidDown(data: Float32Array, width: number, height: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(((width + 1) >> 1) * ((height + 1) >> 1));
  downSums(data, width, height, (i, sum) => {
    out[i] = sum / 256;
  });
  return out;
}

/** Half the plane of levels, rounded. */
export function pyramidDownLevels(data: Uint8Array, width: number, height: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(((width + 1) >> 1) * ((height + 1) >> 1));
  downSums(data, width, height, (i, sum) => {
    out[i] = (sum + 128) >> 8;
  });
  return out;
}

/** Twice the plane: 2 width x 2 height. On the left and above mirrored, on the right and below the last sample repeats. */
export function pyramidUp(data: ArrayLike<number>, width: number, height: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(4 * width * height);
  const line = new Float64Array(width);
  for (let y = 0; y < 2 * height; y++) {
    const j = y >> 1;
    const middle = j * width;
    const below = Math.min(j + 1, height - 1) * width;
    if (y & 1) for (let x = 0; x < width; x++) line[x] = (data[middle + x]! + data[below + x]!) / 2;
    else {
      const above = mirror(j - 1, height) * width;
      for (let x = 0; x < width; x++) line[x] = (data[above + x]! + 6 * data[middle + x]! + data[below + x]!) / 8;
    }
    const to = 2 * width * y;
    for (let x = 0; x < width; x++) {
      const right = line[Math.min(x + 1, width - 1)]!;
      out[to + 2 * x] = (line[x > 0 ? x - 1 : mirror(-1, width)]! + 6 * line[x]! + right) / 8;
      out[to + 2 * x + 1] = (line[x]! + right) / 2;
    }
  }
  return out;
}
