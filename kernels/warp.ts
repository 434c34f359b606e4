/** Sampling at free positions, in continuous pixel coordinates; edges repeat. */
import { at, bytes, put } from './lanes';

/**
 * Values of `channels` planes of sw x sh at `scale` times the positions (u, v): width x height of them, `stride` apart
 * from row to row.
 */
export function sampleBilinear(
  source: usize,
  sw: i32,
  sh: i32,
  channels: i32,
  u: usize,
  v: usize,
  stride: i32,
  width: i32,
  height: i32,
  scale: f32,
  out: usize,
): void {
  const plane = bytes(sw * sh);
  const n = bytes(width * height);
  const right = <f32>(sw - 1);
  const bottom = <f32>(sh - 1);
  for (let y = 0; y < height; y++) {
    let to = out + bytes(y * width);
    for (let i = y * stride, end = i + width; i < end; i++, to += 4) {
      const px: f32 = min<f32>(max<f32>(at(u, i) * scale - 0.5, 0), right);
      const py: f32 = min<f32>(max<f32>(at(v, i) * scale - 0.5, 0), bottom);
      const ix = min(<i32>px, sw - 2);
      const iy = min(<i32>py, sh - 2);
      const fx = px - <f32>ix;
      const fy = py - <f32>iy;
      // Exact at both ends, so that pixels come back as they are.
      const ex: f32 = 1 - fx;
      const ey: f32 = 1 - fy;
      let p = source + bytes(iy * sw + ix);
      for (let k = 0, o = to; k < channels; k++, o += n, p += plane) {
        const q = p + bytes(sw);
        const a = ex * load<f32>(p) + fx * load<f32>(p, 4);
        const b = ex * load<f32>(q) + fx * load<f32>(q, 4);
        store<f32>(o, ey * a + fy * b);
      }
    }
  }
}

/** The four Catmull-Rom weights (a = -0.5) at a share f between the second and the third sample. */
// @ts-expect-error: decorator
@inline
function cubicWeights(f: f32): v128 {
  const f2 = f * f;
  const f3 = f2 * f;
  return f32x4(
    -0.5 * f3 + f2 - 0.5 * f,
    1.5 * f3 - 2.5 * f2 + 1,
    -1.5 * f3 + 2 * f2 + 0.5 * f,
    0.5 * f3 - 0.5 * f2,
  );
}

// @ts-expect-error: decorator
@inline
function sum4(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}

/** Catmull-Rom values of three planes at `n` positions where the mask is above 0; elsewhere `out` stays. */
export function sampleCubic(
  source: usize,
  sw: i32,
  sh: i32,
  u: usize,
  v: usize,
  mask: usize,
  n: i32,
  out: usize,
): void {
  const plane = bytes(sw * sh);
  const right = <f32>(sw - 1);
  const bottom = <f32>(sh - 1);
  for (let i = 0; i < n; i++) {
    if (!(at(mask, i) > 0)) continue;
    const px: f32 = min<f32>(max<f32>(at(u, i) - 0.5, 0), right);
    const py: f32 = min<f32>(max<f32>(at(v, i) - 0.5, 0), bottom);
    const ix = min(<i32>px, sw - 2);
    const iy = min(<i32>py, sh - 2);
    const wx = cubicWeights(px - <f32>ix);
    const wy = cubicWeights(py - <f32>iy);
    const inside = ix > 0 && ix < sw - 2;
    const left = max(ix - 1, 0);
    const far = min(ix + 2, sw - 1);
    let row0 = source + bytes(max(iy - 1, 0) * sw);
    let row1 = source + bytes(iy * sw);
    let row2 = row1 + bytes(sw);
    let row3 = source + bytes(min(iy + 2, sh - 1) * sw);
    for (let k = 0, o = i; k < 3; k++, o += n) {
      let a: v128, b: v128, c: v128, d: v128;
      if (inside) {
        const x = bytes(ix - 1);
        a = v128.load(row0 + x);
        b = v128.load(row1 + x);
        c = v128.load(row2 + x);
        d = v128.load(row3 + x);
      } else {
        a = f32x4(at(row0, left), at(row0, ix), at(row0, ix + 1), at(row0, far));
        b = f32x4(at(row1, left), at(row1, ix), at(row1, ix + 1), at(row1, far));
        c = f32x4(at(row2, left), at(row2, ix), at(row2, ix + 1), at(row2, far));
        d = f32x4(at(row3, left), at(row3, ix), at(row3, ix + 1), at(row3, far));
      }
      const upper = f32x4.add(
        f32x4.mul(v128.shuffle<f32>(wy, wy, 0, 0, 0, 0), a),
        f32x4.mul(v128.shuffle<f32>(wy, wy, 1, 1, 1, 1), b),
      );
      const lower = f32x4.add(
        f32x4.mul(v128.shuffle<f32>(wy, wy, 2, 2, 2, 2), c),
        f32x4.mul(v128.shuffle<f32>(wy, wy, 3, 3, 3, 3), d),
      );
      put(out, o, sum4(f32x4.mul(wx, f32x4.add(upper, lower))));
      row0 += plane;
      row1 += plane;
      row2 += plane;
      row3 += plane;
    }
  }
}

/**
 * Three planes of width x height whose pixel (x, y) shows the source at (u0 + ux x + uy y, v0 + vx x + vy y), bilinear;
 * outside the source they stay, and `outside` (0: none) gets 1.
 */
export function warpAffine(
  source: usize,
  sw: i32,
  sh: i32,
  u0: f64,
  ux: f64,
  uy: f64,
  v0: f64,
  vx: f64,
  vy: f64,
  width: i32,
  height: i32,
  out: usize,
  outside: usize,
): void {
  const plane = bytes(sw * sh);
  const n = bytes(width * height);
  const right = <f64>sw - 0.5;
  const bottom = <f64>sh - 0.5;
  const lastX = <f64>(sw - 1);
  const lastY = <f64>(sh - 1);
  for (let y = 0, i = 0; y < height; y++) {
    const rowU = u0 + uy * <f64>y;
    const rowV = v0 + vy * <f64>y;
    for (let x = 0; x < width; x++, i++) {
      const u = rowU + ux * <f64>x;
      const v = rowV + vx * <f64>x;
      if (u < -0.5 || v < -0.5 || u > right || v > bottom) {
        if (outside != 0) put(outside, i, 1);
        continue;
      }
      const px = min<f64>(max<f64>(u, 0), lastX);
      const py = min<f64>(max<f64>(v, 0), lastY);
      const ix = min(<i32>px, sw - 2);
      const iy = min(<i32>py, sh - 2);
      const fx = <f32>(px - <f64>ix);
      const fy = <f32>(py - <f64>iy);
      const ex: f32 = 1 - fx;
      const ey: f32 = 1 - fy;
      let p = source + bytes(iy * sw + ix);
      let o = out + bytes(i);
      for (let k = 0; k < 3; k++, o += n, p += plane) {
        const q = p + bytes(sw);
        const a = ex * load<f32>(p) + fx * load<f32>(p, 4);
        const b = ex * load<f32>(q) + fx * load<f32>(q, 4);
        store<f32>(o, ey * a + fy * b);
      }
    }
  }
}
