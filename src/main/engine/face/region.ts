/** Turned squares of a picture: what the detector and the mesh look at. */
import type { Affine } from '#engine/image/affine.ts';

export interface SquareRegion {
  /** Centre, continuous picture pixels. */
  readonly cx: number;
  readonly cy: number;
  /** Side, picture pixels. */
  readonly size: number;
  /** Clockwise turn in radians: the region's own x axis points there in the picture. */
  readonly angle: number;
}

/** The map from the pixels of an n x n view of the region to the picture. */
export function regionToPicture(region: SquareRegion, n: number): Affine {
  const cos = (Math.cos(region.angle) * region.size) / n;
  const sin = (Math.sin(region.angle) * region.size) / n;
  const half = n / 2;
  return [cos, -sin, region.cx - (cos - sin) * half, sin, cos, region.cy - (sin + cos) * half];
}
