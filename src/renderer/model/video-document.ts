/** The video part of the document: the clip, the frames that are wanted, and who in it gets which face. */
import type { FrameSpan, JobTrack, SourceGoal, Trim } from '#shared/jobs.ts';
import type { PhotoKey, SourceFace, StudioDocument } from './document.ts';

export type ClipKey = `c${number}`;

/** A person of the clip by the number of the track; before people are found, the one seen most, or everyone. */
export type PersonKey = number | 'largest' | 'all';

export interface VideoPart {
  readonly clip: ClipKey | null;
  /** Null is the whole clip. */
  readonly span: FrameSpan | null;
  readonly people: Readonly<Partial<Record<PersonKey, SourceFace>>>;
}

export const EMPTY_VIDEO: VideoPart = { clip: null, span: null, people: {} };

const withVideo = (doc: StudioDocument, change: Partial<VideoPart>): StudioDocument => ({
  ...doc,
  video: { ...doc.video, ...change },
});

/** Another clip: nothing that was said of the people of the last one holds. What everyone was to get stays. */
export function withClip(doc: StudioDocument, clip: ClipKey | null, fallback: SourceFace | null): StudioDocument {
  const before = Object.values(doc.video.people)[0] ?? fallback;
  return withVideo(doc, { clip, span: null, people: clip !== null && before ? { largest: before } : {} });
}

/** @param frames of the whole clip; the span is kept inside of it and never empty */
export function withSpan(doc: StudioDocument, span: FrameSpan | null, frames: number): StudioDocument {
  if (span === null) return doc.video.span === null ? doc : withVideo(doc, { span: null });
  const first = Math.min(Math.max(0, span.first), frames - 1);
  const end = Math.min(Math.max(first + 1, span.end), frames);
  const now = doc.video.span ?? { first: 0, end: frames };
  if (now.first === first && now.end === end) return doc;
  return withVideo(doc, { span: first === 0 && end === frames ? null : { first, end } });
}

/** The person takes this face, or keeps the own one when `source` is null. */
export function withPerson(doc: StudioDocument, person: PersonKey, source: SourceFace | null): StudioDocument {
  const { [person]: before, ...others } = doc.video.people;
  if (before?.photo === source?.photo && before?.face === source?.face) return doc;
  return withVideo(doc, { people: source ? { ...others, [person]: source } : others });
}

/**
 * After people were found: what the most seen one or everyone was to get becomes what these tracks get; people that were
 * named already keep their faces when they are still there, whatever their numbers are now.
 */
export function withFoundPeople(
  doc: StudioDocument,
  tracks: readonly Pick<JobTrack, 'id' | 'frames' | 'formerly'>[],
): StudioDocument {
  const { all, largest, ...named } = doc.video.people;
  const people: Record<number, SourceFace> = {};
  if (all) for (const { id } of tracks) people[id] = all;
  const most = mostSeen(tracks);
  if (largest && most !== null) people[most] = largest;
  for (const { id, formerly = [id] } of tracks) {
    const [face] = formerly.flatMap((before) => named[before] ?? []);
    if (face) people[id] = face;
  }
  return withVideo(doc, { people });
}

/** The track that is seen in most frames; null without tracks. */
export function mostSeen(tracks: readonly Pick<JobTrack, 'id' | 'frames'>[]): number | null {
  const [first, ...rest] = tracks;
  if (!first) return null;
  return rest.reduce((best, track) => (track.frames > best.frames ? track : best), first).id;
}

/** The video part without what was taken from a photo. */
export function withoutPhoto(video: VideoPart, photo: PhotoKey): VideoPart {
  const kept = Object.entries(video.people).filter(([, source]) => source?.photo !== photo);
  return kept.length === Object.keys(video.people).length ? video : { ...video, people: Object.fromEntries(kept) };
}

/** The video part after the faces of a photo got other indices. */
export function withMovedSources(video: VideoPart, photo: PhotoKey, moved: ReadonlyMap<number, number>): VideoPart {
  const people: Partial<Record<PersonKey, SourceFace>> = {};
  for (const [person, source] of peopleOf(video)) {
    const face = source.photo === photo ? moved.get(source.face) : source.face;
    if (face !== undefined) people[person] = { photo: source.photo, face };
  }
  return { ...video, people };
}

const isGoal = (person: string): person is 'largest' | 'all' => person === 'largest' || person === 'all';

/** Who gets a face, in the order in which a job takes them: later ones win. */
export function peopleOf(video: VideoPart): (readonly [PersonKey, SourceFace])[] {
  const rank = (person: PersonKey) => (person === 'all' ? 0 : person === 'largest' ? 1 : 2);
  return Object.entries(video.people)
    .flatMap(([key, source]) => (source ? [[isGoal(key) ? key : Number(key), source] as const] : []))
    .sort(([a], [b]) => rank(a) - rank(b));
}

export const goalOf = (person: PersonKey): SourceGoal => (typeof person === 'number' ? { track: person } : person);

export const trimTo = ({ first, end }: FrameSpan): Trim => ({ in: { frame: first }, out: { frame: end } });

export const trimOf = (span: FrameSpan | null): Trim => (span === null ? {} : trimTo(span));

/** The frames that a job of this clip takes. @param maxFrames -1 is all of them */
export function wantedSpan({ span }: Pick<VideoPart, 'span'>, frames: number, maxFrames: number): FrameSpan {
  const { first, end } = span ?? { first: 0, end: frames };
  return { first, end: maxFrames < 0 ? end : Math.min(end, first + maxFrames) };
}

export const isInside = (inner: FrameSpan, outer: FrameSpan): boolean =>
  inner.first >= outer.first && inner.end <= outer.end;

export const joinSpans = (a: FrameSpan, b: FrameSpan): FrameSpan => ({
  first: Math.min(a.first, b.first),
  end: Math.max(a.end, b.end),
});
