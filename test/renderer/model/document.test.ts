import { describe, expect, it } from 'vitest';
import { photoIdSchema, swapRequestSchema } from '#shared/contract.ts';
import { DEFAULT_SWAP_SETTINGS } from '#shared/settings.ts';
import * as documents from '../../../src/renderer/model/document.ts';
import type { PhotoKey } from '../../../src/renderer/model/source-face.ts';

const empty = documents.emptyDocument(DEFAULT_SWAP_SETTINGS);
const idOf = (key: PhotoKey) => photoIdSchema.parse(`photo_0000000${key.slice(1)}`);

describe('document', () => {
  it('gives the main face of a first target to the first source', () => {
    const doc = documents.withTarget(documents.withSource(empty, 'p1', 0, null), 'p2', 3, { photo: 'p1', face: 0 });
    expect(doc.assignments).toEqual({ 3: { photo: 'p1', face: 0 } });
  });

  it('keeps the source in use when the target is replaced', () => {
    let doc = documents.withTarget(documents.withSource(empty, 'p1', 0, null), 'p2', 0, { photo: 'p1', face: 0 });
    doc = documents.withSource(doc, 'p3', 1, 0);
    expect(documents.withTarget(doc, 'p4', 2, { photo: 'p1', face: 0 }).assignments).toEqual({
      2: { photo: 'p3', face: 1 },
    });
  });

  it('assigns nothing to a target without a face', () => {
    const doc = documents.withTarget(documents.withSource(empty, 'p1', 0, null), 'p2', null, { photo: 'p1', face: 0 });
    expect(documents.isComplete(doc)).toBe(false);
    expect(documents.requestOf(doc, idOf)).toBeNull();
  });

  it('takes a source away together with its assignments', () => {
    let doc = documents.withTarget(documents.withSource(empty, 'p1', 0, null), 'p2', 0, { photo: 'p1', face: 0 });
    doc = documents.withSource(doc, 'p3', 0, 1);
    doc = documents.withoutSource(doc, 'p1');
    expect(doc.sources).toEqual(['p3']);
    expect(doc.assignments).toEqual({ 1: { photo: 'p3', face: 0 } });
  });

  it('returns the same document when nothing changes', () => {
    const doc = documents.withAssignment(empty, 0, { photo: 'p1', face: 2 });
    expect(documents.withAssignment(doc, 0, { photo: 'p1', face: 2 })).toBe(doc);
    expect(documents.withAssignment(empty, 0, null)).toBe(empty);
  });

  it('makes a request that the contract accepts, or none while a photo is closed', () => {
    let doc = documents.withTarget(documents.withSource(empty, 'p1', 0, null), 'p2', 0, { photo: 'p1', face: 0 });
    doc = documents.withSource(doc, 'p3', 4, 1);
    const request = documents.requestOf(doc, idOf);
    expect(swapRequestSchema.parse(request).assignments).toEqual([
      { targetFace: 0, source: idOf('p1'), sourceFace: 0 },
      { targetFace: 1, source: idOf('p3'), sourceFace: 4 },
    ]);
    expect(documents.requestOf(doc, (key) => (key === 'p3' ? null : idOf(key)))).toBeNull();
    expect(documents.photosInUse(doc)).toEqual(['p2', 'p1', 'p3']);
  });

  it('has a fingerprint that changes with settings but not with sources that are not used', () => {
    const doc = documents.withTarget(documents.withSource(empty, 'p1', 0, null), 'p2', 0, { photo: 'p1', face: 0 });
    expect(documents.fingerprint(documents.withSource(doc, 'p9', null, null))).toBe(documents.fingerprint(doc));
    expect(documents.fingerprint(documents.withRegion(doc, 'lips', { amount: 0.5 }))).not.toBe(
      documents.fingerprint(doc),
    );
  });

  it('follows faces that a second search found under other indices', () => {
    let doc = documents.withTarget(documents.withSource(empty, 'p1', 0, null), 'p2', 0, { photo: 'p1', face: 0 });
    doc = documents.withSource(doc, 'p3', 1, 1);
    const target = documents.withMovedFaces(doc, 'p2', new Map([[0, 2]]));
    expect(target.assignments).toEqual({ 2: { photo: 'p1', face: 0 } });
    const source = documents.withMovedFaces(doc, 'p3', new Map([[1, 5]]));
    expect(source.assignments).toEqual({ 0: { photo: 'p1', face: 0 }, 1: { photo: 'p3', face: 5 } });
  });

  it('changes one region and leaves the others alone', () => {
    const doc = documents.withRegion(empty, 'eyes', { shape: false });
    expect(doc.settings.regions.eyes).toEqual({ texture: true, shape: false, amount: 1 });
    expect(doc.settings.regions.nose).toBe(empty.settings.regions.nose);
  });
});
