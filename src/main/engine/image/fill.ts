/** Smooth filling of unknown places by pull-push (Gortler et al., The Lumigraph, section 3.4): known values spread outwards. */
import type { Plane } from './picture.ts';
import { newPlane } from './planes.ts';

interface Weighted {
  readonly width: number;
  readonly height: number;
  /** Channel-major weighted means. */
  readonly data: Float32Array;
  readonly weight: Float32Array;
}

/** Half the size: means of 2x2 cells weighted by confidence, the confidence saturating at 1. */
function pull(fine: Weighted, channels: number): Weighted {
  const width = (fine.width + 1) >> 1;
  const height = (fine.height + 1) >> 1;
  const n = width * height;
  const fineN = fine.width * fine.height;
  const data = newPlane(n * channels);
  const weight = newPlane(n);
  for (let y = 0, i = 0; y < height; y++) {
    const y1 = Math.min(2 * y + 1, fine.height - 1);
    for (let x = 0; x < width; x++, i++) {
      const x1 = Math.min(2 * x + 1, fine.width - 1);
      const a = 2 * y * fine.width + 2 * x;
      const b = 2 * y * fine.width + x1;
      const c = y1 * fine.width + 2 * x;
      const d = y1 * fine.width + x1;
      const wa = fine.weight[a]!;
      const wb = fine.weight[b]!;
      const wc = fine.weight[c]!;
      const wd = fine.weight[d]!;
      const sum = wa + wb + wc + wd;
      if (!(sum > 0)) continue;
      weight[i] = Math.min(1, sum);
      for (let k = 0, o = 0; k < channels; k++, o += fineN) {
        const { data: f } = fine;
        data[k * n + i] = (wa * f[o + a]! + wb * f[o + b]! + wc * f[o + c]! + wd * f[o + d]!) / sum;
      }
    }
  }
  return { width, height, data, weight };
}

/** Mixes the enlarged coarse level in where the fine one has little confidence. */
function push(
  fine: Weighted,
  coarse: Float32Array,
  cw: number,
  ch: number,
  channels: number,
): Float32Array<ArrayBuffer> {
  const { width, height } = fine;
  const n = width * height;
  const cn = cw * ch;
  const out = newPlane(n * channels);
  for (let y = 0, i = 0; y < height; y++) {
    const v = Math.min(ch - 1, Math.max(0, (y + 0.5) / 2 - 0.5));
    const j = Math.floor(v);
    const q = v - j;
    const top = j * cw;
    const bottom = Math.min(j + 1, ch - 1) * cw;
    for (let x = 0; x < width; x++, i++) {
      const u = Math.min(cw - 1, Math.max(0, (x + 0.5) / 2 - 0.5));
      const l = Math.floor(u);
      const p = u - l;
      const r = Math.min(l + 1, cw - 1);
      const w = fine.weight[i]!;
      for (let k = 0; k < channels; k++) {
        const o = k * cn;
        const a = coarse[o + top + l]! + p * (coarse[o + top + r]! - coarse[o + top + l]!);
        const b = coarse[o + bottom + l]! + p * (coarse[o + bottom + r]! - coarse[o + bottom + l]!);
        out[k * n + i] = w * fine.data[k * n + i]! + (1 - w) * (a + q * (b - a));
      }
    }
  }
  return out;
}

/**
 * Fills the places of low confidence from the confident ones round them.
 * @param data channel-major planes of width x height
 * @param weight confidence in [0, 1] of each pixel; where it is 1 the values stay
 * @returns new planes; all zero when there is no confident pixel
 */
export function fillUnknown(
  data: Float32Array,
  weight: Float32Array,
  width: number,
  height: number,
  channels: number,
): Float32Array<ArrayBuffer> {
  const levels: Weighted[] = [{ width, height, data, weight }];
  for (let top = levels[0]!; top.width > 1 || top.height > 1; top = levels[levels.length - 1]!)
    levels.push(pull(top, channels));
  const last = levels.pop()!;
  let coarse = new Float32Array(last.data);
  let size = { width: last.width, height: last.height };
  for (let level = levels.pop(); level; level = levels.pop()) {
    coarse = push(level, coarse, size.width, size.height, channels);
    size = level;
  }
  return coarse;
}

/** `fillUnknown` of one plane. */
export const fillPlane = ({ width, height, data }: Plane, weight: Float32Array): Plane => ({
  width,
  height,
  data: fillUnknown(data, weight, width, height, 1),
});
