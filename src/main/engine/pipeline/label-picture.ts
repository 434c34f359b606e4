import type { LabelMap, RgbImage } from '#engine/image/picture.ts';
import { REGIONS } from '#shared/regions.ts';

/** A label map in the regions' display colours; `highlight` (same size) lightens the pixels where it is 1. */
export function labelPicture({ width, height, labels }: LabelMap, highlight?: Uint8Array): RgbImage {
  const n = width * height;
  const data = new Float32Array(3 * n);
  for (let i = 0; i < n; i++) {
    const color = REGIONS[labels[i]!]!.color;
    const lift = highlight?.[i] ? 0.6 : 0;
    for (let k = 0; k < 3; k++) data[k * n + i] = lift + (1 - lift) * (color[k]! / 255);
  }
  return { width, height, data };
}
