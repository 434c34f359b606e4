/** Nearest samples: the way to resize labels, which have no values in between. */
import type { LabelMap } from '../picture.ts';

/** The labels at width x height; sample i reads floor(i · from / to), as PyTorch does. */
export function resizeNearest(
  source: Uint8Array,
  sourceWidth: number,
  sourceHeight: number,
  width: number,
  height: number,
): Uint8Array<ArrayBuffer> {
  const columns = Int32Array.from({ length: width }, (_, x) => Math.floor((x * sourceWidth) / width));
  const out = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    const row = Math.floor((y * sourceHeight) / height) * sourceWidth;
    for (let x = 0; x < width; x++, i++) out[i] = source[row + columns[x]!]!;
  }
  return out;
}

/** The map at width x height. */
export const resizeLabels = ({ width: w, height: h, labels }: LabelMap, width: number, height: number): LabelMap => ({
  width,
  height,
  labels: resizeNearest(labels, w, h, width, height),
});
