/** Several sources for one face: which of the driven faces serves each region. */
import { UsageError } from '#engine/errors.ts';
import { REGIONS, type RegionId, regionIndex } from '#shared/regions.ts';
import { type ShapeFaces, TARGET_FACE } from './recompose.ts';
import type { StyleRowTable } from './style-rows.ts';

/** By label: 1 for the source, 2, 3, … for the others in their order. */
export type RegionFaces = readonly number[];

/**
 * @param others the regions of each further source
 * @throws UsageError when two of them have the same region
 */
export function regionFaces(others: readonly (readonly RegionId[])[]): RegionFaces {
  const faces: number[] = REGIONS.map(() => 1);
  for (const [index, regions] of others.entries()) {
    for (const id of new Set(regions)) {
      if (faces[regionIndex(id)] !== 1) throw new UsageError(`Two sources give the region ${id}.`);
      faces[regionIndex(id)] = index + 2;
    }
  }
  return faces;
}

/** Shapes of one source, spread over several. */
export const spreadShapes = (shapes: ShapeFaces, faces: RegionFaces): ShapeFaces =>
  shapes.map((face, label) => (face === TARGET_FACE ? TARGET_FACE : faces[label]!));

/** A table of target and source, spread over `count` faces with the target. */
export const spreadRows = (table: StyleRowTable, faces: RegionFaces, count: number): StyleRowTable =>
  table.map(([target = 0, source = 0], label) =>
    Array.from({ length: count }, (_, face) => (face === TARGET_FACE ? target : face === faces[label] ? source : 0)),
  );
