/**
 * Fills what neither half of the source's face shows (under hair, frames, turned away). Blending left the target's own
 * face there; it is now carried over to the tone of the new face: the change round such a place spreads smoothly into
 * it and is added, as in seamless cloning (Perez et al. 2003).
 */
import { cropRgb, withPart } from '#engine/image/crop.ts';
import { fillUnknown } from '#engine/image/fill.ts';
import { withKernels } from '#engine/image/kernels/kernels.ts';
import type { RgbImage } from '#engine/image/picture.ts';
import { newPlane, rawPlane } from '#engine/image/planes.ts';
import { resizePlane, shrinkPlane } from '#engine/image/resize.ts';
import type { Exchange } from './exchange.ts';
import { featureMask, forBox } from './feature-masks.ts';
import type { DrivenTexture } from './texture/driven-texture.ts';

const REDUCTION = 4;
const LEAST_LOSS = 0.02;
/** Brows and eyes change in ways of their own, which the skin round them must not take over: their zones' growth. */
const FEATURES = [
  { part: 'rightBrow', factor: 1.4 },
  { part: 'leftBrow', factor: 1.4 },
  { part: 'rightEye', factor: 1.3 },
  { part: 'leftEye', factor: 1.3 },
] as const;

/** @param opacity the source's share of the texture over the window */
export function fillLost(crop: RgbImage, exchanged: Exchange, texture: DrivenTexture, opacity: Float32Array): RgbImage {
  const { window, background, occluder, region, local } = exchanged;
  const { width, height } = window;
  const n = width * height;
  const hole = rawPlane(n);
  const maps = { read: [texture.lost, region, occluder, opacity], write: [hole] };
  const largest = withKernels(maps, (kernels, [lost, inside, cover, share, to]) =>
    kernels.holeOpacity(lost!, inside!, cover!, share!, n, to!),
  );
  if (largest < LEAST_LOSS) return crop;
  const image = cropRgb(crop, window);
  const w = Math.floor(width / REDUCTION);
  const h = Math.floor(height / REDUCTION);
  const lost = shrinkPlane(hole, width, height, REDUCTION).data;
  const inside = shrinkPlane(region, width, height, REDUCTION).data;
  const covered = shrinkPlane(occluder, width, height, REDUCTION).data;
  const feature = newPlane(w * h);
  const reduced = local.map((value) => value / REDUCTION);
  for (const { part, factor } of FEATURES) {
    const mask = featureMask(reduced, [part], w, h, factor);
    forBox(mask.box, w, (i, j) => {
      feature[i] = Math.max(feature[i]!, mask.data[j]!);
    });
  }
  // Outside the face nothing changed: that is known too, and ties the change down at the outline.
  const known = lost.map(
    (l, i) => Math.max(0, 1 - 4 * l) * (1 - feature[i]!) * (inside[i]! > 0.05 ? Math.max(0, 1 - 2 * covered[i]!) : 0.2),
  );
  const change = newPlane(3 * w * h);
  for (let k = 0; k < 3; k++) {
    const part = (plane: Float32Array) =>
      shrinkPlane(plane.subarray(k * n, (k + 1) * n), width, height, REDUCTION).data;
    const after = part(image.data);
    const before = part(background.data);
    for (let j = 0; j < w * h; j++) change[k * w * h + j] = after[j]! - before[j]!;
  }
  const filled = fillUnknown(change, known, w, h, 3);
  const { data } = image;
  for (let k = 0; k < 3; k++) {
    const spread = resizePlane(filled.subarray(k * w * h, (k + 1) * w * h), w, h, width, height);
    const part = (planes: Float32Array) => planes.subarray(k * n, (k + 1) * n);
    const lent = { read: [part(background.data), spread, hole], change: [part(data)] };
    withKernels(lent, (kernels, [behind, change, opening, to]) => kernels.fillHole(to!, behind!, change!, opening!, n));
  }
  return withPart(crop, window, { width, height, data });
}
