/** The video part of the document: the clip, the frames that are wanted, and who in it gets which face. */
import type { FrameSpan, JobTrack, SourceGoal, Trim } from '#shared/jobs.ts';
import type { PhotoKey, SourceFace } from './source-face.ts';

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
