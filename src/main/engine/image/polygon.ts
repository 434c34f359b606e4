/** Antialiased polygons on planes. */
import { newPlane } from './planes.ts';
export type Point = readonly [number, number];

/** Scan lines a pixel; horizontal coverage is exact. */
const SCANLINES = 4;

/**
 * Draws a polygon (even-odd rule) into a coverage map: `out` becomes out + coverage (1 - out), so overlapping polygons
 * unite. Coordinates are continuous pixels.
 */
export function fillPolygon(
  points: readonly Point[],
  width: number,
  height: number,
  out: Float32Array<ArrayBuffer> = newPlane(width * height),
): Float32Array<ArrayBuffer> {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const corners = new Float64Array(2 * points.length);
  points.forEach(([x, y], i) => {
    corners[2 * i] = x;
    corners[2 * i + 1] = y;
    low = Math.min(low, y);
    high = Math.max(high, y);
  });
  const coverage = new Float32Array(width + 1);
  const xs = new Float64Array(points.length);
  const first = Math.max(0, Math.floor(low));
  const last = Math.min(height - 1, Math.ceil(high) - 1);
  for (let row = first; row <= last; row++) {
    let from = width;
    let to = 0;
    for (let s = 0; s < SCANLINES; s++) {
      const count = crossings(corners, row + (s + 0.5) / SCANLINES, xs);
      for (let k = 0; k + 1 < count; k += 2) {
        const begin = xs[k]! > 0 ? xs[k]! : 0;
        const end = xs[k + 1]! < width ? xs[k + 1]! : width;
        if (end <= begin) continue;
        addSpan(begin, end, coverage);
        from = Math.min(from, Math.floor(begin));
        to = Math.max(to, Math.ceil(end));
      }
    }
    const o = row * width;
    for (let x = from; x < to; x++) {
      const c = coverage[x]! < 1 ? coverage[x]! : 1;
      if (c > 0) out[o + x]! += c * (1 - out[o + x]!);
    }
    coverage.fill(0, from, to + 1);
  }
  return out;
}

/** Where the horizontal line at `y` crosses the outline, in order, into `xs`; returns how often. */
function crossings(corners: Float64Array, y: number, xs: Float64Array): number {
  let count = 0;
  let x0 = corners[corners.length - 2]!;
  let y0 = corners[corners.length - 1]!;
  for (let i = 0; i < corners.length; i += 2) {
    const x1 = corners[i]!;
    const y1 = corners[i + 1]!;
    if (y1 > y !== y0 > y) {
      const x = x1 + ((x0 - x1) * (y - y1)) / (y0 - y1);
      let k = count++;
      for (; k > 0 && xs[k - 1]! > x; k--) xs[k] = xs[k - 1]!;
      xs[k] = x;
    }
    x0 = x1;
    y0 = y1;
  }
  return count;
}

/** Adds one scan line's share of the pixels from `begin` to `end`. */
function addSpan(begin: number, end: number, coverage: Float32Array): void {
  const share = 1 / SCANLINES;
  const first = Math.floor(begin);
  const last = Math.floor(end);
  if (first === last) {
    coverage[first]! += (end - begin) * share;
    return;
  }
  coverage[first]! += (first + 1 - begin) * share;
  for (let x = first + 1; x < last; x++) coverage[x]! += share;
  coverage[last]! += (end - last) * share;
}

/** The polygon scaled about the mean of its corners. */
export function growPolygon(points: readonly Point[], factor: number): Point[] {
  let cx = 0;
  let cy = 0;
  for (const [x, y] of points) {
    cx += x / points.length;
    cy += y / points.length;
  }
  return points.map(([x, y]): Point => [cx + (x - cx) * factor, cy + (y - cy) * factor]);
}
