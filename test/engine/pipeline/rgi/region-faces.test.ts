import { describe, expect, it } from 'vitest';
import { UsageError } from '#engine/errors.ts';
import { PAPER_SHAPES, shapeFaces } from '#engine/pipeline/rgi/recompose.ts';
import { regionFaces, spreadRows, spreadShapes } from '#engine/pipeline/rgi/region-faces.ts';
import { styleRowTable } from '#engine/pipeline/rgi/style-rows.ts';
import { REGIONS, type RegionId, regionIndex } from '#shared/regions.ts';
import { DEFAULT_REGION_SWITCHES, type RegionSwitch } from '#shared/settings.ts';

const faces = regionFaces([['eyes', 'brows'], ['hair']]);
const at = <T>(list: readonly T[], id: RegionId): T => list[regionIndex(id)]!;

describe('several sources', () => {
  it('give the regions that are named for them, the first source all others', () => {
    expect([at(faces, 'eyes'), at(faces, 'brows'), at(faces, 'hair')]).toEqual([2, 2, 3]);
    const rest = REGIONS.filter(({ id }) => !['eyes', 'brows', 'hair'].includes(id));
    expect(rest.every(({ index }) => faces[index] === 1)).toBe(true);
    expect(regionFaces([])).toEqual(REGIONS.map(() => 1));
  });

  it('do not give the same region', () => {
    expect(() => regionFaces([['eyes'], ['nose', 'eyes']])).toThrow(UsageError);
    expect(regionFaces([['eyes', 'eyes']])).toEqual(regionFaces([['eyes']]));
  });

  it('give shapes where the switches take them from a source', () => {
    const shapes = spreadShapes(PAPER_SHAPES, faces);
    expect([at(shapes, 'eyes'), at(shapes, 'nose'), at(shapes, 'hair')]).toEqual([2, 1, 0]);
    const hair: RegionSwitch = { texture: true, shape: true, amount: 1 };
    expect(at(spreadShapes(shapeFaces({ ...DEFAULT_REGION_SWITCHES, hair }, 1), faces), 'hair')).toBe(3);
  });

  it('give textures with their amounts', () => {
    const eyes: RegionSwitch = { texture: true, shape: true, amount: 0.5 };
    const rows = spreadRows(styleRowTable({ ...DEFAULT_REGION_SWITCHES, eyes }, 0.5), faces, 4);
    expect(at(rows, 'eyes')).toEqual([0.75, 0, 0.25, 0]);
    expect(at(rows, 'nose')).toEqual([0.5, 0.5, 0, 0]);
    expect(at(rows, 'hair')).toEqual([1, 0, 0, 0]);
  });
});
