/** What the Video tab works on, put together from the stores. */
import type { FrameSpan } from '#shared/jobs.ts';
import { secondsOf } from '../../model/frame-clock.ts';
import { duration } from '../../model/job-status.ts';
import { peopleOf, wantedSpan } from '../../model/video-part.ts';
import { type ClipEntry, isStale, useClips } from '../../state/clips.ts';
import { useEdit } from '../../state/edit.ts';
import { usePreferences } from '../../state/preferences.ts';
import { text } from '../../text.ts';

export interface ClipWork {
  readonly clip: ClipEntry;
  /** The frames that a job would take. */
  readonly span: FrameSpan;
  /** The people that were found are not those of this span. */
  readonly stale: boolean;
}

export function useClipWork(): ClipWork | null {
  const doc = useEdit((state) => state.history.present);
  const clip = useClips((state) => (doc.video.clip === null ? undefined : state.byKey[doc.video.clip]));
  const maxFrames = usePreferences((state) => state.settings.video.maxFrames);
  if (!clip) return null;
  const span = wantedSpan(doc.video, clip.info.frames, maxFrames);
  return { clip, span, stale: isStale(clip, doc, maxFrames) };
}

/** Whether a job can be started, and what to say beside the button. */
export function useStartState(): { readonly ready: boolean; readonly says: string } {
  const work = useClipWork();
  const doc = useEdit((state) => state.history.present);
  const words = text.video.start;
  if (!work) return { ready: false, says: words.needClip };
  const { clip, span, stale } = work;
  if (doc.sources.length === 0) return { ready: false, says: words.needSource };
  if (clip.people.phase === 'looking') return { ready: false, says: words.looking };
  if (stale) return { ready: false, says: words.stale };
  if (peopleOf(doc.video).length === 0) return { ready: false, says: words.needPerson };
  const length = duration(secondsOf(clip.info, span.end) - secondsOf(clip.info, span.first));
  return { ready: true, says: words.ready(span.end - span.first, length) };
}
