/** Changes of the document's video part. */
import type { FrameSpan, JobTrack } from '#shared/jobs.ts';
import type { StudioDocument } from './document.ts';
import type { SourceFace } from './source-face.ts';
import { type ClipKey, mostSeen, type PersonKey, type VideoPart } from './video-part.ts';

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
