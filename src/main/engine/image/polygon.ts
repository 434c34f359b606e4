/** Antialiased polygons on planes. */
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
  out: Float32Array<ArrayBuffer> = new Float32Array(width * height),
): Float32Array<ArrayBuffer> {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const [, y] of points) {
    low = Math.min(low, y);
    high = Math.max(high, y);
  }
  const coverage = new Float32Array(width + 1);
  const first = Math.max(0, Math.floor(low));
  const last = Math.min(height - 1, Math.ceil(high) - 1);
  for (let row = first; row <= last; row++) {
    coverage.fill(0);
    for (let s = 0; s < SCANLINES; s++) addSpans(crossings(points, row + (s + 0.5) / SCANLINES), width, coverage);
    const to = row * width;
    for (let x = 0; x < width; x++) {
      const c = Math.min(1, coverage[x]!);
      if (c > 0) out[to + x]! += c * (1 - out[to + x]!);
    }
  }
  return out;
}

/** Where the horizontal line at `y` crosses the outline, in order. */
function crossings(points: readonly Point[], y: number): number[] {
  const xs: number[] = [];
  let [x0, y0] = points[points.length - 1]!;
  for (const [x1, y1] of points) {
    if (y1 > y !== y0 > y) xs.push(x1 + ((x0 - x1) * (y - y1)) / (y0 - y1));
    x0 = x1;
    y0 = y1;
  }
  return xs.sort((a, b) => a - b);
}

function addSpans(xs: readonly number[], width: number, coverage: Float32Array): void {
  const share = 1 / SCANLINES;
  for (let k = 0; k + 1 < xs.length; k += 2) {
    const from = Math.max(0, xs[k]!);
    const to = Math.min(width, xs[k + 1]!);
    if (to <= from) continue;
    const first = Math.floor(from);
    const last = Math.floor(to);
    if (first === last) {
      coverage[first]! += (to - from) * share;
      continue;
    }
    coverage[first]! += (first + 1 - from) * share;
    for (let x = first + 1; x < last; x++) coverage[x]! += share;
    coverage[last]! += (to - last) * share;
  }
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
