/** Masks of the composite: which pixels are the generated face's, and the ring where both pictures meet (E4S `create_masks`). */
import { dilateBox, erodeBox, square } from '#engine/image/exact/box-morphology.ts';
import { softErosion } from '#engine/image/exact/soft-erosion.ts';
import type { LabelMap, Plane } from '#engine/image/picture.ts';
import { resizePlane } from '#engine/image/resize.ts';
import { REGIONS, type RegionId, regionIndex } from '#shared/regions.ts';
import type { RegionSwitch } from '#shared/settings.ts';
import { OUTER_LABELS, type Recomposed } from './recompose.ts';

export interface Ring {
  /** How far the ring reaches to both sides of the face's border, pixels at 512. */
  readonly radius: number;
  readonly soft: boolean;
}

const PHOTO_RING: Ring = { radius: 2, soft: true };
/** Bands of low frequency reach everywhere; from this distance to the face on, pixels at 512, the target stays. */
const REACH_RADIUS = 12;

/** Regions whose texture or shape leaves the target's. */
export const exchangedRegions = (
  regions: Readonly<Record<RegionId, RegionSwitch>>,
  amount: number,
): ReadonlySet<number> =>
  new Set(
    REGIONS.filter(({ id }) => (regions[id].texture || regions[id].shape) && regions[id].amount * amount > 0).map(
      ({ index }) => index,
    ),
  );

const GLASSES = regionIndex('glasses');

/**
 * 1 where the composite shows the generated face: exchanged regions, the hole, and pixels whose region has changed.
 * Glasses go with the face behind them. With the paper's exchange this is all but background, hair, ears, neck and
 * ear-rings.
 */
export function foreground(
  { map, hole }: Pick<Recomposed, 'map' | 'hole'>,
  target: LabelMap,
  exchanged: ReadonlySet<number>,
): Plane {
  const faceMoves = [...exchanged].some((label) => !OUTER_LABELS.has(label));
  const shown = REGIONS.map(({ index }) => exchanged.has(index) || (index === GLASSES && faceMoves));
  const { width, height, labels } = map;
  const data = Float32Array.from(labels, (label, i) =>
    shown[label] || hole[i] === 1 || label !== target.labels[i] ? 1 : 0,
  );
  return { width, height, data };
}

export interface RingMasks {
  /** How much of the generated face a pixel takes. */
  readonly content: Plane;
  /** The ring round the face in which the bands of the target are kept. */
  readonly border: Plane;
}

/** Content and ring of a foreground of zeros and ones: softened for photos, hard for video. */
export function ringMasks(mask: Plane, radius: number, soft: boolean): RingMasks {
  const { width, height } = mask;
  const soften = soft ? softErosion : (plane: Plane) => plane;
  const full = soften({ width, height, data: dilateBox(mask.data, width, height, square(radius)) });
  const inner = soften({ width, height, data: erodeBox(mask.data, width, height, square(radius)) });
  const border = full.data.map((v, i) => Math.min(1, Math.max(0, v - inner.data[i]!)));
  return { content: soften(mask), border: { width, height, data: border } };
}

export interface CompositeMasks extends RingMasks {
  /** 1 at and near the face, 0 where the target stays as it is. */
  readonly reach: Plane;
}

/** The masks of a composite for a picture of side `size`. */
export function compositeMasks(mask: Plane, size: number, ring: Ring = PHOTO_RING): CompositeMasks {
  const { width, height, data } = mask;
  const enlarge = (plane: Plane): Plane => ({
    width: size,
    height: size,
    data: resizePlane(plane.data, width, height, size, size),
  });
  const { content, border } = ringMasks(mask, ring.radius, ring.soft);
  const reach = softErosion({ width, height, data: dilateBox(data, width, height, square(REACH_RADIUS)) });
  return { content: enlarge(content), border: enlarge(border), reach: enlarge(reach) };
}
