/** Projective sampling with the numbers of Pillow's `Image.transform`, bilinear: no antialiasing, truncated levels. */
import type { ByteImage } from '../picture.ts';

type Point = readonly [number, number];
/** Upper left, lower left, lower right, upper right. */
export type Quad = readonly [Point, Point, Point, Point];

export interface Transformed {
  readonly image: ByteImage;
  /** 1 where the output shows the picture; the rest is 0 in all channels. */
  readonly covered: Uint8Array<ArrayBuffer>;
}

/** Source position of the centre (x, y) of an output pixel, in continuous coordinates. */
type Locate = (x: number, y: number) => Point;

function transform(source: ByteImage, width: number, height: number, locate: Locate): Transformed {
  const { width: sw, height: sh, channels, data } = source;
  const n = width * height;
  const out = new Uint8Array(n * channels);
  const covered = new Uint8Array(n);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const [u, v] = locate(x + 0.5, y + 0.5);
      if (!(u >= 0 && u < sw && v >= 0 && v < sh)) continue;
      covered[i] = 1;
      const [x0, y0] = [Math.floor(u - 0.5), Math.floor(v - 0.5)];
      const [f, g] = [u - 0.5 - x0, v - 0.5 - y0];
      const left = Math.max(x0, 0);
      const right = Math.min(x0 + 1, sw - 1);
      const top = Math.max(y0, 0) * sw;
      const bottom = y0 + 1 < sh ? (y0 + 1) * sw : top;
      for (let k = 0, p = 0; k < channels; k++, p += sw * sh) {
        const a = data[p + top + left]!;
        const b = data[p + bottom + left]!;
        const above = a + (data[p + top + right]! - a) * f;
        const below = b + (data[p + bottom + right]! - b) * f;
        out[k * n + i] = above + (below - above) * g;
      }
    }
  }
  return { image: { width, height, channels, data: out }, covered };
}

/** The quadrangle of the picture as a width x height picture, its corners mapped bilinearly. */
export function transformQuad(source: ByteImage, quad: Quad, width: number, height: number): Transformed {
  const [nw, sw, se, ne] = quad;
  const axis = (k: 0 | 1) => (x: number, y: number) =>
    nw[k] +
    ((ne[k] - nw[k]) / width) * x +
    ((sw[k] - nw[k]) / height) * y +
    ((se[k] - sw[k] - ne[k] + nw[k]) / (width * height)) * x * y;
  const [u, v] = [axis(0), axis(1)];
  return transform(source, width, height, (x, y) => [u(x, y), v(x, y)]);
}

/** a … h of u = (a x + b y + c) / (g x + h y + 1), v = (d x + e y + f) / (g x + h y + 1). */
export type Perspective = readonly [number, number, number, number, number, number, number, number];

/** The picture seen through a perspective that leads from output to source. */
export function transformPerspective(
  source: ByteImage,
  [a, b, c, d, e, f, g, h]: Perspective,
  width: number,
  height: number,
): Transformed {
  return transform(source, width, height, (x, y) => {
    const w = g * x + h * y + 1;
    return [(a * x + b * y + c) / w, (d * x + e * y + f) / w];
  });
}

/** Solves the linear system by elimination with pivots; each row ends in its right-hand side. */
function solve(rows: number[][]): number[] {
  const n = rows.length;
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let r = k + 1; r < n; r++) if (Math.abs(rows[r]![k]!) > Math.abs(rows[pivot]![k]!)) pivot = r;
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    const row = rows[k]!;
    if (Math.abs(row[k]!) < 1e-12) throw new RangeError('these corners span no quadrangle');
    for (let r = 0; r < n; r++) {
      const factor = r === k ? 0 : rows[r]![k]! / row[k]!;
      if (factor !== 0) for (let j = k; j <= n; j++) rows[r]![j]! -= factor * row[j]!;
    }
  }
  return rows.map((row, k) => row[n]! / row[k]!);
}

/**
 * The perspective that takes each corner of `from` to the corner of `to`.
 * @throws RangeError when three corners lie on a line
 */
export function perspectiveBetween(from: Quad, to: Quad): Perspective {
  const rows = from.flatMap(([x, y], i) => {
    const [u, v] = to[i]!;
    return [
      [x, y, 1, 0, 0, 0, -u * x, -u * y, u],
      [0, 0, 0, x, y, 1, -v * x, -v * y, v],
    ];
  });
  return solve(rows) as unknown as Perspective;
}
