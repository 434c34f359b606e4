/**
 * Fills what neither half of the source's face shows. Narrow places (the frame of glasses, a strand) are closed from
 * the new face round them and given the target's finest detail; wide ones keep the target's face, as it was blended.
 */
import { gaussianBlur } from '#engine/image/blur.ts';
import { cropRgb, withPart } from '#engine/image/crop.ts';
import { fillUnknown } from '#engine/image/fill.ts';
import { smoothstep } from '#engine/image/math.ts';
import type { RgbImage } from '#engine/image/picture.ts';
import { resizePlane, shrinkPlane } from '#engine/image/resize.ts';
import type { Exchange } from './exchange.ts';
import type { DrivenTexture } from './texture/driven-texture.ts';

const REDUCTION = 4;
/** Neighbourhood that decides whether a place is narrow, and the width of the detail that is kept, pixels at 1024. */
const NARROW_SIGMA = 24;
const DETAIL_SIGMA = 6;
/** Share of lost pixels in the neighbourhood: filled below, left to the target above. */
const NARROW = { filled: 0.35, left: 0.6 } as const;
const LEAST_LOSS = 0.02;

/** @param opacity the source's share of the texture over the window @param scale window pixels at 1024 */
export function fillLost(
  crop: RgbImage,
  exchanged: Exchange,
  texture: DrivenTexture,
  opacity: Float32Array,
  scale: number,
): RgbImage {
  const { window, background, occluder, region } = exchanged;
  const { width, height } = window;
  const n = width * height;
  const hole = new Float32Array(n);
  let largest = 0;
  for (let i = 0; i < n; i++) {
    hole[i] = texture.lost[i]! * region[i]! * (1 - occluder[i]!) * opacity[i]!;
    largest = Math.max(largest, hole[i]!);
  }
  if (largest < LEAST_LOSS) return crop;
  const image = cropRgb(crop, window);
  const w = Math.floor(width / REDUCTION);
  const h = Math.floor(height / REDUCTION);
  const lost = shrinkPlane(hole, width, height, REDUCTION).data;
  const inside = shrinkPlane(region, width, height, REDUCTION).data;
  const covered = shrinkPlane(occluder, width, height, REDUCTION).data;
  const known = lost.map((l, i) => Math.max(0, 1 - 4 * l) * inside[i]! * Math.max(0, 1 - 2 * covered[i]!));
  const small = new Float32Array(3 * w * h);
  for (let k = 0; k < 3; k++) {
    small.set(shrinkPlane(image.data.subarray(k * n, (k + 1) * n), width, height, REDUCTION).data, k * w * h);
  }
  const filled = fillUnknown(small, known, w, h, 3);
  const around = gaussianBlur(lost, w, h, (NARROW_SIGMA * scale) / REDUCTION);
  const narrow = resizePlane(
    around.map((a) => smoothstep(NARROW.left, NARROW.filled, a)),
    w,
    h,
    width,
    height,
  );
  const data = image.data.slice();
  for (let k = 0; k < 3; k++) {
    const fill = resizePlane(filled.subarray(k * w * h, (k + 1) * w * h), w, h, width, height);
    const detail = background.data.subarray(k * n, (k + 1) * n);
    const broad = gaussianBlur(detail, width, height, DETAIL_SIGMA * scale);
    for (let i = 0; i < n; i++) {
      const strength = hole[i]! * narrow[i]!;
      if (strength <= 0) continue;
      const o = k * n + i;
      const value = Math.min(1, Math.max(0, fill[i]! + detail[i]! - broad[i]!));
      data[o]! += strength * (value - data[o]!);
    }
  }
  return withPart(crop, window, { width, height, data });
}
