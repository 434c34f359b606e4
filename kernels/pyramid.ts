/** Steps of pyramids with the binomial kernel [1 4 6 4 1] / 16, and what is done with their bands. Edges repeat. */
import { at, bytes, four, put, putFour } from './lanes';

/** Blurs and keeps every second sample: ceil(width / 2) x ceil(height / 2). */
export function reduce(source: usize, width: i32, height: i32, out: usize, room: usize): void {
  const w = (width + 1) >> 1;
  const h = (height + 1) >> 1;
  const column = room + 16;
  for (let y = 0; y < h; y++) {
    const up2 = source + bytes(max(2 * y - 2, 0) * width);
    const up1 = source + bytes(max(2 * y - 1, 0) * width);
    const here = source + bytes(2 * y * width);
    const down1 = source + bytes(min(2 * y + 1, height - 1) * width);
    const down2 = source + bytes(min(2 * y + 2, height - 1) * width);
    let x = 0;
    for (; x + 4 <= width; x += 4) {
      const near = f32x4.mul(f32x4.splat(4), f32x4.add(four(up1, x), four(down1, x)));
      const middle = f32x4.mul(f32x4.splat(6), four(here, x));
      const sum = f32x4.add(f32x4.add(f32x4.add(four(up2, x), four(down2, x)), near), middle);
      putFour(column, x, f32x4.mul(sum, f32x4.splat(0.0625)));
    }
    for (; x < width; x++) {
      const sum = at(up2, x) + at(down2, x) + 4 * (at(up1, x) + at(down1, x)) + 6 * at(here, x);
      put(column, x, sum * 0.0625);
    }
    const first = at(column, 0);
    const last = at(column, width - 1);
    put(column, -1, first);
    put(column, -2, first);
    for (let k = 0; k < 8; k++) put(column, width + k, last);
    const to = out + bytes(y * w);
    x = 0;
    for (; x + 4 <= w; x += 4) {
      const a = four(column, 2 * x - 2);
      const b = four(column, 2 * x + 2);
      const c = four(column, 2 * x + 6);
      const even = v128.shuffle<f32>(a, b, 0, 2, 4, 6);
      const odd = v128.shuffle<f32>(a, b, 1, 3, 5, 7);
      const next = v128.shuffle<f32>(b, c, 0, 2, 4, 6);
      const middle = v128.shuffle<f32>(even, next, 1, 2, 3, 6);
      const right = v128.shuffle<f32>(even, next, 2, 3, 6, 7);
      const nextOdd = v128.shuffle<f32>(b, c, 1, 3, 5, 7);
      const oddRight = v128.shuffle<f32>(odd, nextOdd, 1, 2, 3, 6);
      const near = f32x4.mul(f32x4.splat(4), f32x4.add(odd, oddRight));
      const sum = f32x4.add(f32x4.add(f32x4.add(even, right), near), f32x4.mul(f32x4.splat(6), middle));
      putFour(to, x, f32x4.mul(sum, f32x4.splat(0.0625)));
    }
    for (; x < w; x++) {
      const c = 2 * x;
      const sum =
        at(column, c - 2) + at(column, c + 2) + 4 * (at(column, c - 1) + at(column, c + 1)) + 6 * at(column, c);
      put(to, x, sum * 0.0625);
    }
  }
}

/** Writes fine + sign times the enlarged coarse plane (ceil of half the sides) into `out`, which may be `fine`. */
export function addEnlarged(
  coarse: usize,
  fine: usize,
  width: i32,
  height: i32,
  sign: f32,
  out: usize,
  room: usize,
): void {
  const w = (width + 1) >> 1;
  const h = (height + 1) >> 1;
  const column = room + 16;
  for (let y = 0; y < height; y++) {
    const j = y >> 1;
    const here = coarse + bytes(j * w);
    const below = coarse + bytes(min(j + 1, h - 1) * w);
    const above = coarse + bytes(max(j - 1, 0) * w);
    const outer = (y & 1 ? <f32>0.5 : <f32>0.125) * sign;
    const middle = (y & 1 ? <f32>0.5 : <f32>0.75) * sign;
    let x = 0;
    for (; x + 4 <= w; x += 4) {
      const far = y & 1 ? four(below, x) : f32x4.add(four(above, x), four(below, x));
      putFour(column, x, f32x4.add(f32x4.mul(f32x4.splat(outer), far), f32x4.mul(f32x4.splat(middle), four(here, x))));
    }
    for (; x < w; x++) {
      const far = y & 1 ? at(below, x) : at(above, x) + at(below, x);
      put(column, x, outer * far + middle * at(here, x));
    }
    put(column, -1, at(column, 0));
    const last = at(column, w - 1);
    for (let k = 0; k < 5; k++) put(column, w + k, last);
    const base = fine + bytes(y * width);
    const to = out + bytes(y * width);
    let i = 0;
    for (; 2 * i + 8 <= width; i += 4) {
      const left = four(column, i - 1);
      const centre = four(column, i);
      const right = four(column, i + 1);
      const even = f32x4.add(
        f32x4.mul(f32x4.splat(0.125), f32x4.add(left, right)),
        f32x4.mul(f32x4.splat(0.75), centre),
      );
      const odd = f32x4.mul(f32x4.splat(0.5), f32x4.add(centre, right));
      putFour(to, 2 * i, f32x4.add(four(base, 2 * i), v128.shuffle<f32>(even, odd, 0, 4, 1, 5)));
      putFour(to, 2 * i + 4, f32x4.add(four(base, 2 * i + 4), v128.shuffle<f32>(even, odd, 2, 6, 3, 7)));
    }
    for (let x = 2 * i; x < width; x++) {
      i = x >> 1;
      const value: f32 =
        x & 1
          ? 0.5 * (at(column, i) + at(column, i + 1))
          : 0.125 * (at(column, i - 1) + at(column, i + 1)) + 0.75 * at(column, i);
      put(to, x, at(base, x) + value);
    }
  }
}

/** face becomes background + mask (gain face - background). */
export function mixBand(face: usize, background: usize, mask: usize, gain: f32, n: i32): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const b = four(background, i);
    const difference = f32x4.sub(f32x4.mul(f32x4.splat(gain), four(face, i)), b);
    putFour(face, i, f32x4.add(b, f32x4.mul(four(mask, i), difference)));
  }
  for (; i < n; i++) {
    const b = at(background, i);
    put(face, i, b + at(mask, i) * (gain * at(face, i) - b));
  }
}

/** The sum of the squares of a band where a mask is above a limit. */
export function bandEnergy(band: usize, mask: usize, limit: f32, n: i32): f64 {
  let sum = f64x2.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const seen = f32x4.gt(four(mask, i), f32x4.splat(limit));
    if (!v128.any_true(seen)) continue;
    const v = v128.and(four(band, i), seen);
    const square = f32x4.mul(v, v);
    sum = f64x2.add(sum, f64x2.promote_low_f32x4(square));
    sum = f64x2.add(sum, f64x2.promote_low_f32x4(v128.shuffle<f32>(square, square, 2, 3, 0, 1)));
  }
  let total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  for (; i < n; i++) if (at(mask, i) > limit) total += <f64>(at(band, i) * at(band, i));
  return total;
}
