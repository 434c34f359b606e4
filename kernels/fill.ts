/** Pull and push: known values spread into places of little confidence. */
import { at, bytes, put } from './lanes';

/** Half the size: means of 2 x 2 cells weighted by confidence, which saturates at 1. The results are zero at first. */
export function pull(
  fine: usize,
  fineWeight: usize,
  width: i32,
  height: i32,
  channels: i32,
  out: usize,
  outWeight: usize,
): void {
  const w = (width + 1) >> 1;
  const h = (height + 1) >> 1;
  const n = w * h;
  const fineN = width * height;
  for (let y = 0, i = 0; y < h; y++) {
    const y1 = min(2 * y + 1, height - 1) * width;
    const y0 = 2 * y * width;
    for (let x = 0; x < w; x++, i++) {
      const x1 = min(2 * x + 1, width - 1);
      const a = y0 + 2 * x;
      const b = y0 + x1;
      const c = y1 + 2 * x;
      const d = y1 + x1;
      const wa = at(fineWeight, a);
      const wb = at(fineWeight, b);
      const wc = at(fineWeight, c);
      const wd = at(fineWeight, d);
      const sum = wa + wb + wc + wd;
      if (!(sum > 0)) continue;
      put(outWeight, i, min<f32>(1, sum));
      for (let k = 0; k < channels; k++) {
        const plane = fine + bytes(k * fineN);
        put(out, k * n + i, (wa * at(plane, a) + wb * at(plane, b) + wc * at(plane, c) + wd * at(plane, d)) / sum);
      }
    }
  }
}

/** Mixes the enlarged coarse level in where the fine one has little confidence. */
export function push(
  fine: usize,
  weight: usize,
  coarse: usize,
  width: i32,
  height: i32,
  channels: i32,
  out: usize,
): void {
  const cw = (width + 1) >> 1;
  const ch = (height + 1) >> 1;
  const n = width * height;
  const cn = cw * ch;
  for (let y = 0, i = 0; y < height; y++) {
    const v = min<f32>(<f32>(ch - 1), max<f32>(0, (<f32>y + 0.5) / 2 - 0.5));
    const j = <i32>v;
    const q: f32 = v - <f32>j;
    const top = j * cw;
    const bottom = min(j + 1, ch - 1) * cw;
    for (let x = 0; x < width; x++, i++) {
      const u = min<f32>(<f32>(cw - 1), max<f32>(0, (<f32>x + 0.5) / 2 - 0.5));
      const l = <i32>u;
      const p: f32 = u - <f32>l;
      const r = min(l + 1, cw - 1);
      const w = at(weight, i);
      for (let k = 0; k < channels; k++) {
        const plane = coarse + bytes(k * cn);
        const a = at(plane, top + l) + p * (at(plane, top + r) - at(plane, top + l));
        const b = at(plane, bottom + l) + p * (at(plane, bottom + r) - at(plane, bottom + l));
        put(out, k * n + i, w * at(fine, k * n + i) + (1 - w) * (a + q * (b - a)));
      }
    }
  }
}

/** Opacity of what is lost: lost, in the region, not covered, times a share; returns the largest. */
export function holeOpacity(lost: usize, region: usize, cover: usize, share: usize, n: i32, out: usize): f32 {
  let largest: f32 = 0;
  for (let i = 0; i < n; i++) {
    const value = at(lost, i) * at(region, i) * (1 - at(cover, i)) * at(share, i);
    put(out, i, value);
    largest = max<f32>(largest, value);
  }
  return largest;
}

/** Where there is a hole, as far as it is one, a plane becomes background + change, clipped to [0, 1]. */
export function fillHole(plane: usize, background: usize, change: usize, hole: usize, n: i32): void {
  for (let i = 0; i < n; i++) {
    const share = at(hole, i);
    if (share <= 0) continue;
    const value = min<f32>(max<f32>(at(background, i) + at(change, i), 0), 1);
    put(plane, i, at(plane, i) + share * (value - at(plane, i)));
  }
}
