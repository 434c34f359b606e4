/**
 * Light and tone of the skin on target and source, as smooth logarithmic planes at a quarter of the window's size.
 * Features, hair and shadows of glasses are left out and filled from the skin round them, so a beard or a brow does
 * not darken what is taken for the skin's light.
 */
import { gaussianBlur } from '#engine/image/blur.ts';
import { logLightPlane } from '#engine/image/color.ts';
import { fillUnknown } from '#engine/image/fill.ts';
import { edgeFilter } from '#engine/image/guided-filter.ts';
import type { RgbImage } from '#engine/image/picture.ts';
import { newPlane } from '#engine/image/planes.ts';
import { shrinkPlane } from '#engine/image/resize.ts';

export const LIGHT_REDUCTION = 4;
/** Scales at 1024: what is broader than COARSE is light, what is finer than FINE is detail, pixels. */
const COARSE_SIGMA = 42;
const FINE_SIGMA = 12.6;
/** Variance of log light below which an edge counts as detail: wrinkles stay, edges of cast shadows join the light. */
const EDGE_VARIANCE = 0.02;

export interface SkinLight {
  readonly width: number;
  readonly height: number;
  /** Broad light, one plane a channel. */
  readonly coarse: readonly Float32Array[];
  /** Broad light as it is known from the places that can be compared alone. */
  readonly comparable: readonly Float32Array[];
  /** Light with its edges; detail is what the picture has beyond it. */
  readonly fine: readonly Float32Array[];
}

/**
 * @param image the window
 * @param confidence 1 where bare skin shows, at the reduced size
 * @param comparable the same where both faces show it, and this one directly
 * @param scale window pixels at 1024
 */
export function skinLight(
  image: RgbImage,
  confidence: Float32Array,
  comparable: Float32Array,
  scale: number,
): SkinLight {
  const n = image.width * image.height;
  const width = Math.floor(image.width / LIGHT_REDUCTION);
  const height = Math.floor(image.height / LIGHT_REDUCTION);
  const small = width * height;
  const reduced = newPlane(3 * small);
  for (let k = 0; k < 3; k++) {
    const plane = image.data.subarray(k * n, (k + 1) * n);
    reduced.set(shrinkPlane(plane, image.width, image.height, LIGHT_REDUCTION).data, k * small);
  }
  const log = logLightPlane(reduced);
  const filled = fillUnknown(log, confidence, width, height, 3);
  const channel = (k: number) => filled.subarray(k * small, (k + 1) * small);
  const luminance = newPlane(small);
  for (let i = 0; i < small; i++) {
    luminance[i] = 0.3 * filled[i]! + 0.59 * filled[small + i]! + 0.11 * filled[2 * small + i]!;
  }
  const shared = fillUnknown(log, comparable, width, height, 3);
  const sigma = (at1024: number) => (at1024 * scale) / LIGHT_REDUCTION;
  const alongEdges = edgeFilter(luminance, width, height, 1.7 * sigma(FINE_SIGMA), EDGE_VARIANCE);
  return {
    width,
    height,
    coarse: [0, 1, 2].map((k) => gaussianBlur(channel(k), width, height, sigma(COARSE_SIGMA))),
    comparable: [0, 1, 2].map((k) =>
      gaussianBlur(shared.subarray(k * small, (k + 1) * small), width, height, sigma(COARSE_SIGMA)),
    ),
    fine: [0, 1, 2].map((k) => alongEdges(channel(k))),
  };
}
