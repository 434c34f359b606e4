/** Colour and light: tables are read with linear interpolation; log light is log(linear light + floor). */
import { at, bytes, four, put, putFour } from './lanes';
import { enlargedRow, openRows } from './resize';

/** The table's value at `x` steps (within the table, which has one entry more). */
@inline
function look(table: usize, x: f32): f32 {
  const i = <i32>x;
  const low = at(table, i);
  return low + (at(table, i + 1) - low) * (x - <f32>i);
}

/** Values in [0, 1], clipped, through a table of `steps` steps. */
export function mapTable(values: usize, table: usize, steps: i32, out: usize, n: i32): void {
  const top = <f32>steps;
  for (let i = 0; i < n; i++) put(out, i, look(table, min<f32>(max<f32>(at(values, i) * top, 0), top)));
}

/** Light + share · change of three planes through a table that begins at `low`, where the mask is above 0. */
export function changedLight(
  light: usize,
  change: usize,
  share: f32,
  mask: usize,
  n: i32,
  table: usize,
  low: f32,
  scale: f32,
  steps: i32,
  out: usize,
): void {
  const top = <f32>steps;
  for (let k = 0, o = 0; k < 3; k++) {
    for (let i = 0; i < n; i++, o++) {
      if (!(at(mask, i) > 0)) continue;
      const x = (at(light, o) + share * at(change, o) - low) * scale;
      put(out, o, look(table, min<f32>(max<f32>(x, 0), top)));
    }
  }
}

/** Weighted sum of three planes. */
export function weighPlanes(planes: usize, n: i32, a: f32, b: f32, c: f32, out: usize): void {
  const second = planes + bytes(n);
  const third = second + bytes(n);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const ab = f32x4.add(
      f32x4.mul(f32x4.splat(a), four(planes, i)),
      f32x4.mul(f32x4.splat(b), four(second, i)),
    );
    putFour(out, i, f32x4.add(ab, f32x4.mul(f32x4.splat(c), four(third, i))));
  }
  for (; i < n; i++) put(out, i, a * at(planes, i) + b * at(second, i) + c * at(third, i));
}

/** CIE Lab of pixels, interleaved; `linear` has `linearSteps` over [0, 1], `curve` has `curveSteps` over [0, top]. */
export function labPixels(
  rgb: usize,
  n: i32,
  linear: usize,
  linearSteps: i32,
  curve: usize,
  curveSteps: i32,
  top: f32,
  out: usize,
): void {
  const steps = <f32>linearSteps;
  const scale = <f32>curveSteps / top;
  for (let i = 0; i < n; i++) {
    const r = look(linear, min<f32>(max<f32>(at(rgb, i) * steps, 0), steps));
    const g = look(linear, min<f32>(max<f32>(at(rgb, n + i) * steps, 0), steps));
    const b = look(linear, min<f32>(max<f32>(at(rgb, 2 * n + i) * steps, 0), steps));
    const x = look(curve, ((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505) * scale);
    const y = look(curve, (0.2126 * r + 0.7152 * g + 0.0722 * b) * scale);
    const z = look(curve, ((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089) * scale);
    put(out, 3 * i, 116 * y - 16);
    put(out, 3 * i + 1, 500 * (x - y));
    put(out, 3 * i + 2, 200 * (y - z));
  }
}

/**
 * The change of one channel's log light, where the mask is not 0: wanted light and detail in the place of its own. Detail
 * above `faint` is worth log(1 + (e^detail - 1) ratio) and goes on by `beyond` at most above the knee.
 */
export function lightChange(
  own: usize,
  mask: usize,
  wanted: usize,
  present: usize,
  ratio: usize,
  sw: i32,
  sh: i32,
  width: i32,
  height: i32,
  contrast: f32,
  faint: f32,
  knee: f32,
  beyond: f32,
  out: usize,
  room: usize,
): void {
  const one = bytes(16 + 3 * width + 3 * height + 3 * (width + 4));
  openRows(room, wanted, sw, sh, width, height);
  openRows(room + one, present, sw, sh, width, height);
  openRows(room + 2 * one, ratio, sw, sh, width, height);
  for (let y = 0, i = 0; y < height; y++) {
    const wantedRow = enlargedRow(room, y);
    const presentRow = enlargedRow(room + one, y);
    const ratioRow = enlargedRow(room + 2 * one, y);
    for (let x = 0; x < width; x++, i++) {
      if (at(mask, i) == 0) continue;
      const value = at(own, i);
      let detail = contrast * (value - at(presentRow, x));
      if (detail > faint) {
        detail = Mathf.log(1 + (Mathf.exp(detail) - 1) * at(ratioRow, x));
        if (detail > knee) detail = knee + beyond * Mathf.tanh((detail - knee) / beyond);
      }
      put(out, i, at(wantedRow, x) + detail - value);
    }
  }
}
