/** Triangles and outlines. */
import { at, bytes, put } from './lanes';

/** Barycentric slack, so that shared edges leave no cracks. */
const SLACK: f64 = -1e-4;
const SMALLEST_AREA: f64 = 1e-3;

/**
 * Interpolates `channels` values a vertex over triangles (vertex numbers, as floats like all planes); the nearest (smallest z) wins. `depth` is
 * far at first.
 */
export function rasterize(
  vertices: usize,
  triangles: usize,
  count: i32,
  values: usize,
  channels: i32,
  width: i32,
  height: i32,
  depth: usize,
  attributes: usize,
): void {
  const n = width * height;
  for (let t = 0; t < count; t++) {
    const ia = <i32>at(triangles, 3 * t);
    const ib = <i32>at(triangles, 3 * t + 1);
    const ic = <i32>at(triangles, 3 * t + 2);
    const ax = <f64>at(vertices, 3 * ia);
    const ay = <f64>at(vertices, 3 * ia + 1);
    const bx = <f64>at(vertices, 3 * ib) - ax;
    const by = <f64>at(vertices, 3 * ib + 1) - ay;
    const cx = <f64>at(vertices, 3 * ic) - ax;
    const cy = <f64>at(vertices, 3 * ic + 1) - ay;
    const area = bx * cy - by * cx;
    if (abs<f64>(area) < SMALLEST_AREA) continue;
    const za = <f64>at(vertices, 3 * ia + 2);
    const zb = <f64>at(vertices, 3 * ib + 2) - za;
    const zc = <f64>at(vertices, 3 * ic + 2) - za;
    const x0 = max(0, <i32>Math.floor(ax + min<f64>(0, min<f64>(bx, cx)) - 0.5));
    const x1 = min(width - 1, <i32>Math.ceil(ax + max<f64>(0, max<f64>(bx, cx))));
    const y0 = max(0, <i32>Math.floor(ay + min<f64>(0, min<f64>(by, cy)) - 0.5));
    const y1 = min(height - 1, <i32>Math.ceil(ay + max<f64>(0, max<f64>(by, cy))));
    for (let y = y0; y <= y1; y++) {
      const py = <f64>y + 0.5 - ay;
      for (let x = x0, i = y * width + x0; x <= x1; x++, i++) {
        const px = <f64>x + 0.5 - ax;
        const wb = (px * cy - py * cx) / area;
        const wc = (bx * py - by * px) / area;
        const wa = 1 - wb - wc;
        if (wb < SLACK || wc < SLACK || wa < SLACK) continue;
        const z = za + wb * zb + wc * zc;
        if (z >= <f64>at(depth, i)) continue;
        put(depth, i, <f32>z);
        for (let k = 0; k < channels; k++) {
          const a = <f64>at(values, ia * channels + k);
          const b = <f64>at(values, ib * channels + k);
          const c = <f64>at(values, ic * channels + k);
          put(attributes, k * n + i, <f32>(wa * a + wb * b + wc * c));
        }
      }
    }
  }
}
