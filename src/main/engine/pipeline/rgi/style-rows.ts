/** Exchange of style vectors: one row of 1280 numbers a region, mixed from the rows of several faces (spec of E4S, 4.3). */
import { REGION_COUNT, REGIONS, type RegionId } from '#shared/regions.ts';
import type { RegionSwitch } from '#shared/settings.ts';

export const STYLE_ROW_LENGTH = 1280;

/** For each region, by label: the share of each face's row, the target's first. Shares of a region add up to 1. */
export type StyleRowTable = readonly (readonly number[])[];

/** The table of the settings for one source: `amount` moves a row from the target's to the source's. */
export const styleRowTable = (regions: Readonly<Record<RegionId, RegionSwitch>>, amount: number): StyleRowTable =>
  REGIONS.map(({ id }) => {
    const share = regions[id].texture ? regions[id].amount * amount : 0;
    return [1 - share, share];
  });

const isPresent = (row: Float32Array): boolean => row.some((v) => v !== 0);

/**
 * The style vectors [12, 1280] of the swapped face. A face that lacks a region has a row of zeros; its share goes to the
 * other faces that are named for the region, else to the first face that has the region.
 * @param vectors [12, 1280] of each face, the target's first
 * @throws RangeError for vectors or a table of another size
 */
export function exchangeStyleRows(vectors: readonly Float32Array[], table: StyleRowTable): Float32Array<ArrayBuffer> {
  const size = REGION_COUNT * STYLE_ROW_LENGTH;
  if (vectors.length === 0 || vectors.some((v) => v.length !== size)) {
    throw new RangeError(`style vectors have ${vectors.map((v) => v.length).join(', ')} numbers, not ${size}`);
  }
  if (table.length !== REGION_COUNT || table.some((shares) => shares.length !== vectors.length)) {
    throw new RangeError(`a table of ${REGION_COUNT} rows with ${vectors.length} shares is needed`);
  }
  const out = new Float32Array(size);
  table.forEach((shares, region) => {
    const rows = vectors.map((v) => v.subarray(region * STYLE_ROW_LENGTH, (region + 1) * STYLE_ROW_LENGTH));
    const present = rows.map(isPresent);
    const named = shares.map((share, face) => (present[face] ? share : 0));
    const sum = named.reduce((a, b) => a + b, 0);
    const first = present.indexOf(true);
    const weights = sum > 0 ? named.map((share) => share / sum) : rows.map((_, face) => (face === first ? 1 : 0));
    weights.forEach((weight, face) => {
      if (weight === 0) return;
      const row = rows[face]!;
      for (let i = 0, o = region * STYLE_ROW_LENGTH; i < row.length; i++, o++) out[o]! += weight * row[i]!;
    });
  });
  return out;
}
