/** The clips that the window knows, by its own keys; what the engine calls them changes with every engine process. */
import { create } from 'zustand';
import type { FileHandle } from '#shared/contract.ts';
import type { Clip, VideoId } from '#shared/contract-video.ts';
import type { ErrorReport } from '#shared/errors.ts';
import type { FrameSpan, JobId, JobTimeline } from '#shared/jobs.ts';
import type { StudioDocument } from '../model/document.ts';
import { type ClipKey, isInside, wantedSpan } from '../model/video-part.ts';

/** Who is in a clip: nothing is known, a job is looking, or has found them in these frames, of which fewer may be wanted. */
export type People =
  | { readonly phase: 'none' }
  | { readonly phase: 'looking'; readonly job: JobId | null; readonly span: FrameSpan }
  | { readonly phase: 'found'; readonly job: JobId; readonly span: FrameSpan; readonly timeline: JobTimeline }
  | { readonly phase: 'failed'; readonly error: ErrorReport };

export interface ClipEntry {
  readonly key: ClipKey;
  /** Where it comes from: a file that was granted, or a job that has it. */
  readonly from: { readonly file: FileHandle } | { readonly job: JobId };
  readonly info: Clip;
  /** Its id in the present engine process; null while it is not open there. */
  readonly id: VideoId | null;
  readonly people: People;
  /** The job that found the people and still waits for their faces; null when it has begun or there is none. */
  readonly draft: JobId | null;
}

/** A clip on its way in. */
export interface ClipOpening {
  readonly name: string;
  /** 0..1 while its bytes are handed over; null while it is looked at. */
  readonly fraction: number | null;
}

export interface ClipsState {
  readonly byKey: Readonly<Partial<Record<ClipKey, ClipEntry>>>;
  readonly opening: ClipOpening | null;
}

export const useClips = create<ClipsState>()(() => ({ byKey: {}, opening: null }));

export const clipOf = (key: ClipKey | null): ClipEntry | null =>
  key === null ? null : (useClips.getState().byKey[key] ?? null);

/** Whether frames are wanted in which nobody looked for people yet. */
export function isStale(clip: ClipEntry, doc: StudioDocument, maxFrames: number): boolean {
  const { people, info } = clip;
  return people.phase === 'found' && !isInside(wantedSpan(doc.video, info.frames, maxFrames), people.span);
}

let keys = 0;

export function nextClipKey(): ClipKey {
  keys += 1;
  return `c${keys}`;
}

export function putClip(clip: ClipEntry): void {
  useClips.setState(({ byKey }) => ({ byKey: { ...byKey, [clip.key]: clip } }));
}

/** Changes a clip that is still known. */
export function changeClip(key: ClipKey, change: Partial<ClipEntry>): void {
  useClips.setState(({ byKey }) => {
    const clip = byKey[key];
    return clip ? { byKey: { ...byKey, [key]: { ...clip, ...change } } } : {};
  });
}
