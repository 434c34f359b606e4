/** Bilinear resizing whose corner samples stay corner samples (`align_corners` of PyTorch); the other way is `resizePlane`. */
import type { Plane } from '../picture.ts';

interface Taps {
  readonly low: Int32Array;
  readonly share: Float64Array;
}

function cornerTaps(from: number, to: number): Taps {
  const low = new Int32Array(to);
  const share = new Float64Array(to);
  for (let i = 0; i < to; i++) {
    const position = to === 1 ? 0 : (i * (from - 1)) / (to - 1);
    low[i] = Math.min(Math.floor(position), Math.max(0, from - 2));
    share[i] = position - low[i]!;
  }
  return { low, share };
}

/** The plane at width x height; the source position of sample i is i (from - 1) / (to - 1). */
export function resizeAlignedCorners(source: Plane, width: number, height: number): Plane {
  const columns = cornerTaps(source.width, width);
  const rows = cornerTaps(source.height, height);
  const right = source.width > 1 ? 1 : 0;
  const below = source.height > 1 ? source.width : 0;
  const data = new Float32Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    const row = rows.low[y]! * source.width;
    const g = rows.share[y]!;
    for (let x = 0; x < width; x++, i++) {
      const p = row + columns.low[x]!;
      const f = columns.share[x]!;
      const a = source.data[p]! * (1 - f) + source.data[p + right]! * f;
      const b = source.data[p + below]! * (1 - f) + source.data[p + below + right]! * f;
      data[i] = a * (1 - g) + b * g;
    }
  }
  return { width, height, data };
}
