/** Planes combined pixel by pixel. */
import { at, bytes, four, put, putFour } from './lanes';

/** own where the share is 1, other where it is 0, mixed between; `channels` planes, one share. */
export function mixPlanes(own: usize, other: usize, share: usize, n: i32, channels: i32): void {
  const one = f32x4.splat(1);
  for (let k = 0; k < channels; k++) {
    let i = 0;
    for (; i + 4 <= n; i += 4) {
      const s = four(share, i);
      const a = four(own, i);
      const b = four(other, i);
      const mixed = f32x4.add(b, f32x4.mul(s, f32x4.sub(a, b)));
      putFour(own, i, v128.bitselect(a, mixed, f32x4.ge(s, one)));
    }
    for (; i < n; i++) {
      const s = at(share, i);
      const b = at(other, i);
      if (s < 1) put(own, i, b + s * (at(own, i) - b));
    }
    own += bytes(n);
    other += bytes(n);
  }
}

/** clip((value - low) scale) to [0, 1]; `out` may be the plane itself. */
export function ramp(plane: usize, low: f32, scale: f32, n: i32, out: usize): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const v = f32x4.mul(f32x4.sub(four(plane, i), f32x4.splat(low)), f32x4.splat(scale));
    putFour(out, i, f32x4.min(f32x4.max(v, f32x4.splat(0)), f32x4.splat(1)));
  }
  for (; i < n; i++) put(out, i, min<f32>(max<f32>((at(plane, i) - low) * scale, 0), 1));
}

/** The larger of each value and `scale` times the other's. */
export function raise(plane: usize, other: usize, scale: f32, n: i32): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    putFour(plane, i, f32x4.max(four(plane, i), f32x4.mul(f32x4.splat(scale), four(other, i))));
  }
  for (; i < n; i++) put(plane, i, max<f32>(at(plane, i), scale * at(other, i)));
}

/** a b + c; `c` 0: none. */
export function multiplyAdd(a: usize, b: usize, c: usize, n: i32, out: usize): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const product = f32x4.mul(four(a, i), four(b, i));
    putFour(out, i, c == 0 ? product : f32x4.add(product, four(c, i)));
  }
  for (; i < n; i++) put(out, i, at(a, i) * at(b, i) + (c == 0 ? <f32>0 : at(c, i)));
}

/** Mean squares become 1 / (variance + eps). */
export function inverseVariance(squares: usize, mean: usize, eps: f32, n: i32): void {
  const one = f32x4.splat(1);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const m = four(mean, i);
    const variance = f32x4.max(f32x4.sub(four(squares, i), f32x4.mul(m, m)), f32x4.splat(0));
    putFour(squares, i, f32x4.div(one, f32x4.add(variance, f32x4.splat(eps))));
  }
  for (; i < n; i++) {
    const m = at(mean, i);
    put(squares, i, 1 / (max<f32>(at(squares, i) - m * m, 0) + eps));
  }
}

/** Mean products and means of the map become slope and offset of its linear model over the guide. */
export function linearModel(products: usize, means: usize, guideMean: usize, weight: usize, n: i32): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const m = four(guideMean, i);
    const b = four(means, i);
    const slope = f32x4.mul(f32x4.sub(four(products, i), f32x4.mul(m, b)), four(weight, i));
    putFour(products, i, slope);
    putFour(means, i, f32x4.sub(b, f32x4.mul(slope, m)));
  }
  for (; i < n; i++) {
    const slope = (at(products, i) - at(guideMean, i) * at(means, i)) * at(weight, i);
    put(products, i, slope);
    put(means, i, at(means, i) - slope * at(guideMean, i));
  }
}

/** Opacity of a face: its region without what covers it, without what is lost, times a share, where its mask is above 0. */
export function faceOpacity(
  mask: usize,
  region: usize,
  cover: usize,
  lost: usize,
  share: usize,
  n: i32,
  out: usize,
): void {
  const one = f32x4.splat(1);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const seen = f32x4.mul(f32x4.sub(one, four(cover, i)), f32x4.sub(one, four(lost, i)));
    const value = f32x4.mul(f32x4.mul(four(region, i), seen), four(share, i));
    putFour(out, i, v128.and(value, f32x4.gt(four(mask, i), f32x4.splat(0))));
  }
  for (; i < n; i++) {
    const value = at(region, i) * ((1 - at(cover, i)) * (1 - at(lost, i))) * at(share, i);
    put(out, i, at(mask, i) > 0 ? value : 0);
  }
}

/** 1 less the larger of two covers where the mask is above 0; 0 elsewhere. */
export function seenShare(mask: usize, cover: usize, lost: usize, n: i32, out: usize): void {
  const one = f32x4.splat(1);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const seen = f32x4.sub(one, f32x4.max(four(cover, i), four(lost, i)));
    putFour(out, i, v128.and(seen, f32x4.gt(four(mask, i), f32x4.splat(0))));
  }
  for (; i < n; i++) put(out, i, at(mask, i) > 0 ? 1 - max<f32>(at(cover, i), at(lost, i)) : 0);
}

/** smooth + (1 - inside) plane, in the plane's place; returns the largest amount of the result. */
export function fadeInto(plane: usize, smooth: usize, inside: usize, n: i32): f32 {
  const one = f32x4.splat(1);
  let most = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const outside = f32x4.sub(one, four(inside, i));
    const value = f32x4.add(four(smooth, i), f32x4.mul(outside, four(plane, i)));
    most = f32x4.max(most, f32x4.abs(value));
    putFour(plane, i, value);
  }
  let largest = max<f32>(
    max<f32>(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
    max<f32>(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
  );
  for (; i < n; i++) {
    const value = at(smooth, i) + (1 - at(inside, i)) * at(plane, i);
    largest = max<f32>(largest, abs<f32>(value));
    put(plane, i, value);
  }
  return largest;
}

/** value / weight where the weight is above `least`, 0 elsewhere. */
export function divideBy(plane: usize, weight: usize, least: f32, n: i32): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const w = four(weight, i);
    putFour(plane, i, v128.and(f32x4.div(four(plane, i), w), f32x4.gt(w, f32x4.splat(least))));
  }
  for (; i < n; i++) put(plane, i, at(weight, i) > least ? at(plane, i) / at(weight, i) : 0);
}
