import { describe, expect, it } from 'vitest';
import { exchangeStyleRows, STYLE_ROW_LENGTH, styleRowTable } from '#engine/pipeline/rgi/style-rows.ts';
import { REGION_COUNT, REGIONS, regionIndex } from '#shared/regions.ts';
import { DEFAULT_REGION_SWITCHES } from '#shared/settings.ts';

/** Style vectors whose row of region r is `value` + r everywhere; zeros for the regions in `absent`. */
function vectors(value: number, absent: readonly number[] = []): Float32Array {
  return Float32Array.from({ length: REGION_COUNT * STYLE_ROW_LENGTH }, (_, i) => {
    const region = Math.floor(i / STYLE_ROW_LENGTH);
    return absent.includes(region) ? 0 : value + region;
  });
}

/** The value of each row; every row must hold one value. */
function rowValues(out: Float32Array): number[] {
  return REGIONS.map(({ index }) => {
    const row = out.subarray(index * STYLE_ROW_LENGTH, (index + 1) * STYLE_ROW_LENGTH);
    expect(row.every((v) => v === row[0])).toBe(true);
    return row[0]!;
  });
}

const [target, source] = [vectors(100), vectors(200)];
const defaults = styleRowTable(DEFAULT_REGION_SWITCHES, 1);

describe('exchangeStyleRows', () => {
  it('takes the rows of the paper’s image pipeline by default', () => {
    const fromSource = ['lips', 'brows', 'eyes', 'nose', 'skin', 'mouth'];
    const expected = REGIONS.map(({ id, index }) => (fromSource.includes(id) ? 200 : 100) + index);
    expect(rowValues(exchangeStyleRows([target, source], defaults))).toEqual(expected);
  });

  it('switches each region on its own', () => {
    const plain = rowValues(exchangeStyleRows([target, source], defaults));
    for (const { id, index } of REGIONS) {
      const before = DEFAULT_REGION_SWITCHES[id];
      const switched = { ...DEFAULT_REGION_SWITCHES, [id]: { ...before, texture: !before.texture } };
      const rows = rowValues(exchangeStyleRows([target, source], styleRowTable(switched, 1)));
      expect(rows).toEqual(plain.with(index, before.texture ? 100 + index : 200 + index));
    }
  });

  it('does not look at shapes', () => {
    const shapes = Object.fromEntries(
      REGIONS.map(({ id }) => [id, { ...DEFAULT_REGION_SWITCHES[id], shape: false }]),
    ) as typeof DEFAULT_REGION_SWITCHES;
    expect(styleRowTable(shapes, 1)).toEqual(defaults);
  });

  it('goes from target to source with the amount of the region and of the whole exchange', () => {
    const regions = { ...DEFAULT_REGION_SWITCHES, nose: { texture: true, shape: false, amount: 0.5 } };
    const rows = rowValues(exchangeStyleRows([target, source], styleRowTable(regions, 0.5)));
    expect(rows[regionIndex('nose')]).toBe(100 + regionIndex('nose') + 25);
    expect(rows[regionIndex('skin')]).toBe(100 + regionIndex('skin') + 50);
    expect(exchangeStyleRows([target, source], styleRowTable(regions, 0))).toEqual(target);
  });

  it('mixes rows of several faces', () => {
    const table = REGIONS.map(({ id }) => (id === 'eyes' ? [0, 0.25, 0.75] : id === 'hair' ? [0, 0, 1] : [1, 0, 0]));
    const rows = rowValues(exchangeStyleRows([target, source, vectors(400)], table));
    expect(rows[regionIndex('eyes')]).toBe(0.25 * 203 + 0.75 * 403);
    expect(rows[regionIndex('hair')]).toBe(404);
    expect(rows[regionIndex('skin')]).toBe(106);
  });

  it('keeps the target’s row of a region that the source lacks, and takes the source’s where the target lacks it', () => {
    const [mouth, hair] = [regionIndex('mouth'), regionIndex('hair')];
    const rows = rowValues(exchangeStyleRows([vectors(100, [hair]), vectors(200, [mouth])], defaults));
    expect(rows[mouth]).toBe(100 + mouth);
    expect(rows[hair]).toBe(200 + hair);
    const neither = rowValues(exchangeStyleRows([vectors(100, [mouth]), vectors(200, [mouth])], defaults));
    expect(neither[mouth]).toBe(0);
  });

  it('gives the whole row to the face that has the region, whatever the amount', () => {
    const regions = { ...DEFAULT_REGION_SWITCHES, mouth: { texture: true, shape: true, amount: 0.25 } };
    const mouth = regionIndex('mouth');
    const rows = rowValues(exchangeStyleRows([vectors(100, [mouth]), source], styleRowTable(regions, 1)));
    expect(rows[mouth]).toBe(200 + mouth);
  });

  it('leaves its inputs as they were, and refuses others', () => {
    const before = target.slice();
    exchangeStyleRows([target, source], defaults);
    expect(target).toEqual(before);
    expect(() => exchangeStyleRows([target, source.subarray(1)], defaults)).toThrow(RangeError);
    expect(() => exchangeStyleRows([target], defaults)).toThrow(RangeError);
    expect(() => exchangeStyleRows([target, source], defaults.slice(1))).toThrow(RangeError);
  });
});
