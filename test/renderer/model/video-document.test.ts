import { describe, expect, it } from 'vitest';
import { DEFAULT_SWAP_SETTINGS } from '#shared/settings.ts';
import {
  emptyDocument,
  fingerprint,
  withMovedFaces,
  withoutSource,
  withSource,
} from '../../../src/renderer/model/document.ts';
import { withClip, withFoundPeople, withPerson, withSpan } from '../../../src/renderer/model/video-document.ts';
import { goalOf, mostSeen, peopleOf, trimOf, wantedSpan } from '../../../src/renderer/model/video-part.ts';

const empty = emptyDocument(DEFAULT_SWAP_SETTINGS);
const face = { photo: 'p1', face: 0 } as const;
const other = { photo: 'p2', face: 1 } as const;
const clip = withClip(withSource(empty, 'p1', 0, null), 'c1', face);

describe('the video part', () => {
  it('gives the first source to the main person, and starts no run of the photo', () => {
    expect(clip.video).toEqual({ clip: 'c1', span: null, people: { largest: face } });
    expect(fingerprint(clip)).toBe(fingerprint(withSource(empty, 'p1', 0, null)));
    expect(withClip(withPerson(clip, 'largest', other), 'c2', face).video.people).toEqual({ largest: other });
    expect(withClip(clip, null, null).video.people).toEqual({});
  });

  it('keeps its range inside of the clip and never empty', () => {
    expect(withSpan(clip, { first: -5, end: 500 }, 100).video.span).toBeNull();
    expect(withSpan(clip, { first: 10, end: 10 }, 100).video.span).toEqual({ first: 10, end: 11 });
    expect(withSpan(clip, { first: 150, end: 200 }, 100).video.span).toEqual({ first: 99, end: 100 });
    const trimmed = withSpan(clip, { first: 10, end: 20 }, 100);
    expect(withSpan(trimmed, { first: 10, end: 20 }, 100)).toBe(trimmed);
    expect(trimOf(trimmed.video.span)).toEqual({ in: { frame: 10 }, out: { frame: 20 } });
    expect(wantedSpan(trimmed.video, 100, 5)).toEqual({ first: 10, end: 15 });
    expect(wantedSpan(trimmed.video, 100, -1)).toEqual({ first: 10, end: 20 });
    expect(wantedSpan(clip.video, 100, 200)).toEqual({ first: 0, end: 100 });
  });

  it('turns what everyone and the main person were to get into what the found people get', () => {
    const tracks = [
      { id: 0, frames: 10 },
      { id: 1, frames: 30 },
      { id: 2, frames: 5 },
    ];
    expect(mostSeen(tracks)).toBe(1);
    expect(mostSeen([])).toBeNull();
    expect(withFoundPeople(clip, tracks).video.people).toEqual({ 1: face });
    const both = withPerson(withPerson(clip, 'all', other), 2, face);
    expect(withFoundPeople(both, tracks).video.people).toEqual({ 0: other, 1: face, 2: face });
    expect(withFoundPeople(withPerson(clip, 7, face), tracks).video.people).toEqual({ 1: face });
  });

  it('is told to a job with the particular after the general', () => {
    const doc = withPerson(withPerson(clip, 3, other), 'all', other);
    expect(peopleOf(doc.video).map(([person]) => goalOf(person))).toEqual(['all', 'largest', { track: 3 }]);
    expect(withPerson(doc, 3, other)).toBe(doc);
    expect(peopleOf(withPerson(doc, 'all', null).video)).toHaveLength(2);
  });

  it('loses what came from a photo that goes, and follows faces that moved', () => {
    const doc = withPerson(clip, 0, other);
    expect(withoutSource(doc, 'p2').video.people).toEqual({ largest: face });
    expect(withMovedFaces(doc, 'p2', new Map([[1, 4]])).video.people).toEqual({
      largest: face,
      0: { photo: 'p2', face: 4 },
    });
    expect(withMovedFaces(doc, 'p2', new Map()).video.people).toEqual({ largest: face });
  });
});
