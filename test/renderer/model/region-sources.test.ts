import { describe, expect, it } from 'vitest';
import { photoIdSchema } from '#shared/contract.ts';
import { DEFAULT_SWAP_SETTINGS } from '#shared/settings.ts';
import {
  emptyDocument,
  fingerprint,
  photosInUse,
  requestOf,
  withAssignment,
  withMovedFaces,
  withoutSource,
  withRegionSource,
  withSource,
  withTarget,
} from '../../../src/renderer/model/document.ts';
import { furtherSources, isFaceUsed } from '../../../src/renderer/model/region-sources.ts';
import type { PhotoKey } from '../../../src/renderer/model/source-face.ts';

const empty = emptyDocument(DEFAULT_SWAP_SETTINGS);
const sourced = withSource(withSource(withSource(empty, 'p1', 0, null), 'p2', 0, null), 'p3', 0, null);
const pair = withTarget(sourced, 'p9', 4, { photo: 'p1', face: 0 });
const mixed = [
  ['eyes', { photo: 'p2', face: 1 }],
  ['lips', { photo: 'p3', face: 0 }],
  ['brows', { photo: 'p2', face: 1 }],
] as const;
const doc = mixed.reduce((now, [region, source]) => withRegionSource(now, 4, region, source), pair);
const idOf = (key: PhotoKey) => photoIdSchema.parse(`photo_${key.padEnd(8, '0')}`);

describe('regions from several faces', () => {
  it('are asked for by face, from engines that can', () => {
    const [assignment] = requestOf(doc, idOf, true)?.assignments ?? [];
    expect(assignment).toEqual({
      targetFace: 4,
      source: idOf('p1'),
      sourceFace: 0,
      others: [
        { source: idOf('p3'), sourceFace: 0, regions: ['lips'] },
        { source: idOf('p2'), sourceFace: 1, regions: ['brows', 'eyes'] },
      ],
    });
    expect(requestOf(doc, idOf)?.assignments).toEqual([{ targetFace: 4, source: idOf('p1'), sourceFace: 0 }]);
    expect(requestOf(doc, (key) => (key === 'p3' ? null : idOf(key)), true)).toBeNull();
    expect(photosInUse(doc)).toEqual(['p9', 'p1', 'p3', 'p2']);
    expect([isFaceUsed(doc.assignments, 'p2', 1), isFaceUsed(doc.assignments, 'p2', 0)]).toEqual([true, false]);
  });

  it('go back to the one face without a trace', () => {
    const back = mixed.reduce((now, [region]) => withRegionSource(now, 4, region, null), doc);
    expect(fingerprint(back)).toBe(fingerprint(pair));
    // The main face itself is no further one.
    expect(withRegionSource(pair, 4, 'eyes', { photo: 'p1', face: 0 })).toBe(pair);
    expect(withRegionSource(pair, 7, 'eyes', { photo: 'p2', face: 0 })).toBe(pair);
    expect(withRegionSource(doc, 4, 'eyes', { photo: 'p2', face: 1 })).toBe(doc);
  });

  it('stay when another face becomes the main one, and do not count where they are the same', () => {
    const entry = withAssignment(doc, 4, { photo: 'p3', face: 0 }).assignments[4];
    expect(entry && furtherSources(entry)).toEqual([{ source: { photo: 'p2', face: 1 }, regions: ['brows', 'eyes'] }]);
    expect(withAssignment(doc, 4, null).assignments).toEqual({});
  });

  it('go with their photo and follow their faces', () => {
    const without = withoutSource(doc, 'p2').assignments[4];
    expect(without && furtherSources(without)).toEqual([{ source: { photo: 'p3', face: 0 }, regions: ['lips'] }]);
    expect(withoutSource(doc, 'p1').assignments).toEqual({});
    const moved = withMovedFaces(doc, 'p2', new Map([[1, 0]])).assignments[4];
    expect(moved?.regions?.eyes).toEqual({ photo: 'p2', face: 0 });
    const gone = withMovedFaces(doc, 'p2', new Map()).assignments[4];
    expect(gone?.regions).toEqual({ lips: { photo: 'p3', face: 0 } });
    expect(withMovedFaces(doc, 'p9', new Map([[4, 2]])).assignments[2]?.regions).toEqual(doc.assignments[4]?.regions);
  });
});
