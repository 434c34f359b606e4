/**
 * Multi-band blending (Burt and Adelson 1983): the face's bands join the target's, the coarser the wider. The finest
 * bands are scaled to the target's sharpness.
 */
import { clamp } from '#engine/image/math.ts';
import type { Plane, RgbImage } from '#engine/image/picture.ts';
import { newPlane } from '#engine/image/planes.ts';
import { rampInPlace } from '#engine/image/pointwise.ts';
import { bandEnergy, collapsePyramid, laplacianPyramid, mixBand } from '#engine/image/pyramid.ts';

export const LEVELS = 6;
/** How far the bands' gains go to the target's sharpness, finest first: grain wholly, wrinkles hardly. */
const MATCHED_SHARE = [1, 0.6, 0.3] as const;
export const MATCHED_LEVELS = MATCHED_SHARE.length;
const GAIN_RANGE = [0.4, 1.2] as const;
const SURE = 0.9;

/** Laplacian pyramids of the three channels. */
export type RgbPyramid = readonly [Plane[], Plane[], Plane[]];

export function rgbPyramid({ width, height, data }: RgbImage): RgbPyramid {
  const n = width * height;
  return [0, 1, 2].map((k) =>
    laplacianPyramid({ width, height, data: data.subarray(k * n, (k + 1) * n) }, LEVELS),
  ) as unknown as RgbPyramid;
}

/** Per level, the ratio of the background's to the face's detail over the places where both show skin. */
export function sharpnessGains(face: RgbPyramid, background: RgbPyramid, both: readonly Plane[]): number[] {
  return both.map(({ data: mask }, level) => {
    const energy = (pyramid: RgbPyramid) =>
      pyramid.reduce((sum, bands) => sum + bandEnergy(bands[level]!.data, mask, SURE), 0);
    const [faceEnergy, backgroundEnergy] = [energy(face), energy(background)];
    const ratio = clamp(Math.sqrt((backgroundEnergy + 1e-9) / (faceEnergy + 1e-9)), ...GAIN_RANGE);
    return ratio ** MATCHED_SHARE[level]!;
  });
}

/**
 * @param masks Gaussian pyramid of the face's opacity, LEVELS planes
 * @param both Gaussian pyramid of where face and background both show skin, MATCHED_LEVELS planes: detail is compared
 *   there
 */
export function blendBands(
  face: RgbImage,
  background: RgbPyramid,
  masks: readonly Plane[],
  both: readonly Plane[],
): RgbImage {
  const { width, height } = face;
  const n = width * height;
  const facePyramid = rgbPyramid(face);
  const gains = sharpnessGains(facePyramid, background, both);
  const data = newPlane(3 * n);
  for (let k = 0; k < 3; k++) {
    // The face's own bands are not needed again: the mix is written over them.
    const bands = facePyramid[k]!;
    bands.forEach(({ data: f }, level) => {
      mixBand(f, background[k]![level]!.data, masks[level]!.data, gains[level] ?? 1);
    });
    data.set(collapsePyramid(bands).data, k * n);
  }
  rampInPlace(data, 0, 1);
  return { width, height, data };
}
