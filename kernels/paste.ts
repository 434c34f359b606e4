/** What changed in a crop, read at the pixels of a picture. */
import { at, bytes, four, put } from './lanes';

/** Floats of a pixel: difference of red, green, blue; share of detail that goes; red, green, blue before; nothing. */
const VALUES: i32 = 8;

@inline
function change(before: usize, after: usize, i: i32, n: i32): f32 {
  const r = abs<f32>(at(after, i) - at(before, i));
  const g = abs<f32>(at(after, i + n) - at(before, i + n));
  const b = abs<f32>(at(after, i + 2 * n) - at(before, i + 2 * n));
  return max<f32>(r, max<f32>(g, b));
}

/** The box of the pixels whose change reaches `least`: first and last column, first and last row, into `box`. */
export function changedBox(before: usize, after: usize, width: i32, height: i32, least: f32, box: usize): void {
  const n = width * height;
  let x0 = width;
  let x1 = -1;
  let y0 = height;
  let y1 = -1;
  for (let y = 0; y < height; y++) {
    const row = y * width;
    let left = 0;
    let right = width - 1;
    while (left <= right && change(before, after, row + left, n) < least) left++;
    if (left > right) continue;
    while (change(before, after, row + right, n) < least) right--;
    x0 = min(x0, left);
    x1 = max(x1, right);
    y0 = min(y0, y);
    y1 = y;
  }
  store<i32>(box, x0);
  store<i32>(box, x1, 4);
  store<i32>(box, y0, 8);
  store<i32>(box, y1, 12);
}

/** Lays the change of an area (which may reach beyond the crop; edges repeat) pixel by pixel. */
export function packChange(
  before: usize,
  after: usize,
  width: i32,
  height: i32,
  x0: i32,
  y0: i32,
  areaWidth: i32,
  areaHeight: i32,
  values: usize,
): void {
  const n = width * height;
  let o = values;
  for (let y = 0; y < areaHeight; y++) {
    const row = min(max(y + y0, 0), height - 1) * width;
    for (let x = 0; x < areaWidth; x++, o += bytes(VALUES)) {
      const i = row + min(max(x + x0, 0), width - 1);
      const r = at(before, i);
      const g = at(before, i + n);
      const b = at(before, i + 2 * n);
      v128.store(o, f32x4(at(after, i) - r, at(after, i + n) - g, at(after, i + 2 * n) - b, 0));
      v128.store(o, f32x4(r, g, b, 0), 16);
    }
  }
}

/** The largest change of each pixel, and whether it changed at all. */
export function changeStrength(values: usize, n: i32, least: f32, strength: usize, within: usize): void {
  for (let i = 0; i < n; i++) {
    const v = f32x4.abs(four(values, i * VALUES));
    const largest = max<f32>(
      f32x4.extract_lane(v, 0),
      max<f32>(f32x4.extract_lane(v, 1), f32x4.extract_lane(v, 2)),
    );
    if (largest < least) continue;
    put(strength, i, largest);
    put(within, i, 1);
  }
}

/** The share of detail that goes: smoothly from `from` to `to` of the strength, inside of what changed. */
export function detailShare(values: usize, strength: usize, within: usize, n: i32, from: f32, to: f32): void {
  for (let i = 0; i < n; i++) {
    const t = min<f32>(max<f32>((at(strength, i) - from) / (to - from), 0), 1);
    const inside = min<f32>(max<f32>(4 * at(within, i) - 2, 0), 1);
    put(values, i * VALUES + 3, t * t * (3 - 2 * t) * inside);
  }
}

/**
 * Adds the change to `count` pixels, the first at (u, v) in the area and each next one (du, dv) further.
 * @param plane bytes from one colour to the next, `pixel` from one pixel to the next
 * @param top largest value; whole numbers are rounded and clipped
 * @param changed gets 1 for each pixel that changes; 0: none
 */
@inline
function addRow<T>(
  data: usize,
  pixel: i32,
  plane: i32,
  top: f32,
  values: usize,
  down: i32,
  u: f64,
  v: f64,
  du: f64,
  dv: f64,
  count: i32,
  least: f32,
  changed: usize,
): void {
  for (let x = 0; x < count; x++) {
    const px = u + du * <f64>x;
    const py = v + dv * <f64>x;
    const ix = <i32>px;
    const iy = <i32>py;
    const fx = f32x4.splat(<f32>(px - <f64>ix));
    const fy = f32x4.splat(<f32>(py - <f64>iy));
    const ex = f32x4.sub(f32x4.splat(1), fx);
    const ey = f32x4.sub(f32x4.splat(1), fy);
    const p = values + bytes((iy * down + ix) * VALUES);
    const q = p + bytes(down * VALUES);
    const w00 = f32x4.mul(ex, ey);
    const w10 = f32x4.mul(fx, ey);
    const w01 = f32x4.mul(ex, fy);
    const w11 = f32x4.mul(fx, fy);
    const difference = f32x4.add(
      f32x4.add(f32x4.mul(w00, v128.load(p)), f32x4.mul(w10, v128.load(p, 32))),
      f32x4.add(f32x4.mul(w01, v128.load(q)), f32x4.mul(w11, v128.load(q, 32))),
    );
    const share = f32x4.extract_lane(difference, 3);
    const moves = f32x4.ge(f32x4.abs(difference), f32x4.splat(least));
    if ((i32x4.bitmask(moves) & 7) == 0 && !(share > 0)) continue;
    if (changed != 0) store<u8>(changed + x, 1);
    let result = f32x4.mul(f32x4.splat(top), difference);
    let o = data + x * pixel;
    const own = f32x4(<f32>load<T>(o), <f32>load<T>(o + plane), <f32>load<T>(o + 2 * plane), 0);
    result = f32x4.add(own, result);
    if (share > 0) {
      const before = f32x4.add(
        f32x4.add(f32x4.mul(w00, v128.load(p, 16)), f32x4.mul(w10, v128.load(p, 48))),
        f32x4.add(f32x4.mul(w01, v128.load(q, 16)), f32x4.mul(w11, v128.load(q, 48))),
      );
      const detail = f32x4.sub(own, f32x4.mul(f32x4.splat(top), before));
      result = f32x4.sub(result, f32x4.mul(f32x4.splat(share), detail));
    }
    if (isInteger<T>()) {
      const clipped = f32x4.min(f32x4.max(result, f32x4.splat(0)), f32x4.splat(top));
      result = f32x4.floor(f32x4.add(clipped, f32x4.splat(0.5)));
    }
    store<T>(o, <T>f32x4.extract_lane(result, 0));
    o += plane;
    store<T>(o, <T>f32x4.extract_lane(result, 1));
    o += plane;
    store<T>(o, <T>f32x4.extract_lane(result, 2));
  }
}

/** `addRow` on interleaved bytes. */
export function addRowBytes(
  data: usize,
  pixel: i32,
  values: usize,
  down: i32,
  u: f64,
  v: f64,
  du: f64,
  dv: f64,
  count: i32,
  least: f32,
): void {
  addRow<u8>(data, pixel, 1, 255, values, down, u, v, du, dv, count, least, 0);
}

/** `addRow` on planes of floats up to 1; `changed` are bytes. */
export function addRowPlanes(
  data: usize,
  plane: i32,
  values: usize,
  down: i32,
  u: f64,
  v: f64,
  du: f64,
  dv: f64,
  count: i32,
  least: f32,
  changed: usize,
): void {
  addRow<f32>(data, 4, plane, 1, values, down, u, v, du, dv, count, least, changed);
}

/** Interleaved bytes as planes of floats up to 1, `step` bytes apart; equal offsets repeat a colour. */
export function unpackBytes(source: usize, step: i32, red: i32, green: i32, blue: i32, count: i32, out: usize, plane: i32): void {
  const scale: f32 = 255;
  for (let i = 0; i < count; i++, source += step) {
    put(out, i, <f32>load<u8>(source + red) / scale);
    put(out, i + plane, <f32>load<u8>(source + green) / scale);
    put(out, i + 2 * plane, <f32>load<u8>(source + blue) / scale);
  }
}
