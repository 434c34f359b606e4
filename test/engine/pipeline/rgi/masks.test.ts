import { describe, expect, it } from 'vitest';
import type { LabelMap } from '#engine/image/picture.ts';
import { compositeMasks, exchangedRegions, foreground, ringMasks } from '#engine/pipeline/rgi/masks.ts';
import { OUTER_LABELS, recompose } from '#engine/pipeline/rgi/recompose.ts';
import { REGION_COUNT, type RegionId, regionIndex } from '#shared/regions.ts';
import { DEFAULT_REGION_SWITCHES } from '#shared/settings.ts';
import { ELLIPSE_SIDE, ellipse, imageReference, largestDifference } from '#test/support/image-reference.ts';

const row20 = (data: Float32Array) => data.subarray(20 * ELLIPSE_SIDE, 21 * ELLIPSE_SIDE);
const mask = { width: ELLIPSE_SIDE, height: ELLIPSE_SIDE, data: ellipse };

describe('ringMasks', () => {
  it.each([
    ['photos', 2, true, imageReference.create_masks.image_radius2],
    ['video', 5, false, imageReference.create_masks.video_radius5],
  ] as const)('gives the masks of the original for %s', (_, radius, soft, expected) => {
    const { content, border } = ringMasks(mask, radius, soft);
    expect(largestDifference(row20(content.data), expected.content_row20)).toBeLessThan(1e-5);
    expect(largestDifference(row20(border.data), expected.border_row20)).toBeLessThan(1e-5);
  });

  it('of a full mask have no ring but at the border of the picture, and of an empty one nothing', () => {
    const ones = ringMasks({ ...mask, data: ellipse.map(() => 1) }, 2, true);
    expect(ones.border.data.every((v) => v === 0)).toBe(true);
    const none = ringMasks({ ...mask, data: ellipse.map(() => 0) }, 2, true);
    expect([...none.content.data, ...none.border.data].every((v) => v === 0)).toBe(true);
  });
});

/** All labels in a row, one pixel each. */
const all: LabelMap = { width: 12, height: 1, labels: Uint8Array.from({ length: REGION_COUNT }, (_, i) => i) };
const noHole = new Uint8Array(12);
const only = (id: RegionId, part: 'texture' | 'shape') => ({
  ...Object.fromEntries(
    Object.keys(DEFAULT_REGION_SWITCHES).map((key) => [key, { texture: false, shape: false, amount: 1 }]),
  ),
  [id]: { texture: part === 'texture', shape: part === 'shape', amount: 1 },
});
type Switches = typeof DEFAULT_REGION_SWITCHES;

describe('foreground', () => {
  it('is by default the original’s: all but background, hair, ears, neck and ear-rings', () => {
    const { data } = foreground({ map: all, hole: noHole }, all, exchangedRegions(DEFAULT_REGION_SWITCHES, 1));
    expect([...data]).toEqual([...all.labels].map((label) => (OUTER_LABELS.has(label) ? 0 : 1)));
  });

  it('is empty where nothing is exchanged', () => {
    const { data } = foreground({ map: all, hole: noHole }, all, exchangedRegions(DEFAULT_REGION_SWITCHES, 0));
    expect(data.every((v) => v === 0)).toBe(true);
  });

  it.each(['texture', 'shape'] as const)('shows a region alone whose %s alone is exchanged', (part) => {
    const exchanged = exchangedRegions(only('hair', part) as Switches, 1);
    const { data } = foreground({ map: all, hole: noHole }, all, exchanged);
    expect([...data]).toEqual([...all.labels].map((label) => (label === regionIndex('hair') ? 1 : 0)));
  });

  it('takes in the hole and pixels that have changed their region', () => {
    const hole = noHole.with(8, 1);
    const changed = { ...all, labels: all.labels.with(0, 8) };
    const { data } = foreground({ map: changed, hole }, all, new Set([1]));
    expect([...data]).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0]);
  });

  it('shows where the hair of the target has gone', () => {
    const target: LabelMap = { width: 3, height: 1, labels: Uint8Array.of(4, 4, 6) };
    const driven: LabelMap = { width: 3, height: 1, labels: Uint8Array.of(0, 4, 6) };
    const switches = only('hair', 'shape') as Switches;
    const shapes = [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0];
    const recomposed = recompose([target, driven], shapes);
    expect([...recomposed.map.labels]).toEqual([0, 4, 6]);
    expect([...foreground(recomposed, target, exchangedRegions(switches, 1)).data]).toEqual([1, 1, 0]);
  });
});

describe('compositeMasks', () => {
  const side = 96;
  const disc = Float32Array.from({ length: side * side }, (_, i) =>
    Math.hypot((i % side) - 48, Math.floor(i / side) - 48) <= 14 ? 1 : 0,
  );
  const { content, border, reach } = compositeMasks({ width: side, height: side, data: disc }, 2 * side);
  const row = (data: Float32Array) => data.subarray(side * 2 * side, (side + 1) * 2 * side);

  it('are at the size of the picture', () => {
    for (const plane of [content, border, reach]) {
      expect([plane.width, plane.height, plane.data.length]).toEqual([2 * side, 2 * side, 4 * side * side]);
      expect(plane.data.every((v) => v >= 0 && v <= 1)).toBe(true);
    }
  });

  it('reach wholly over content and ring, and end not far from them', () => {
    const outside = reach.data.filter((v, i) => v < 1 && content.data[i]! + border.data[i]! > 0);
    expect(outside.length).toBe(0);
    expect(row(reach.data)[0]).toBe(0);
  });

  it('show the face inside and have the ring at its border', () => {
    expect(row(content.data)[side]).toBe(1);
    expect(row(border.data)[side]).toBe(0);
    expect(Math.max(...row(border.data))).toBeGreaterThan(0.5);
  });
});
