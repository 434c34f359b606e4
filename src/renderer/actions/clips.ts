/** The target video: how it comes in, the people in it, single frames of it with and without the swap, and its start. */
import type { ErrorReport } from '#shared/errors.ts';
import type { JobId, JobInfo } from '#shared/jobs.ts';
import { reportOf } from '../link/report.ts';
import type { StudioLink } from '../link/studio-link.ts';
import type { ClipKey } from '../model/video-part.ts';
import { changeClip, clipOf, useClips } from '../state/clips.ts';
import { currentDocument } from '../state/edit.ts';
import { say } from '../state/ui.ts';
import { text } from '../text.ts';
import { clipFiles, presentClip } from './clip-files.ts';
import { clipPeople } from './clip-people.ts';
import { jobChoices } from './job-choices.ts';
import type { PhotoActions } from './photos.ts';
import { PictureCache } from './pictures.ts';

/** Thumbnails and frames for the screen, pixels. */
const THUMB_SIDE = 112;

export type ClipActions = ReturnType<typeof clipActions>;

/** @param fail shows a failure to the user */
export function clipActions(link: StudioLink, photos: PhotoActions, fail: (report: ErrorReport) => void) {
  const cache = new PictureCache();
  /** What each draft was last told: it is told again only what has changed. */
  const told = new Map<JobId, string>();
  let last: Promise<unknown> = Promise.resolve();
  const choices = () => jobChoices(photos);
  const files = clipFiles(link, fail);
  const people = clipPeople(link, { files, choices, fail, forget: (draft) => void told.delete(draft) });

  /** One after the other: a preview must see the settings that were sent before it. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  }

  /** Tells a draft which frames are wanted, and who gets which face, and how, unless it knows. */
  async function tellDraft(job: JobId): Promise<string> {
    const now = await choices();
    const all = JSON.stringify(now);
    if (told.get(job) !== all) await link.engine().jobs.configure({ job, ...now });
    told.set(job, all);
    return all;
  }

  /** Makes the job that the document asks for; null where that needs another look at people. */
  async function startJob(key: ClipKey): Promise<JobInfo | null> {
    const clip = clipOf(key);
    if (!clip) return null;
    const { draft } = clip;
    if (draft !== null) {
      await tellDraft(draft);
      const job = await link.engine().jobs.resume({ job: draft });
      told.delete(draft);
      changeClip(key, { draft: null });
      return job;
    }
    const opened = await files.ensureOpen(key);
    // The people that are shown keep their numbers only where the same frames are looked at.
    const looked = clip.people.phase === 'found' ? { looked: clip.people.span } : {};
    return link.engine().jobs.create({ clip: opened.info.video, ...looked, ...(await choices()) });
  }

  return {
    ...files,
    ...people,

    /** Closes in the engine what the document no longer names, and gives back what was only needed for it. */
    closeUnused(): void {
      const used = currentDocument().video.clip;
      for (const clip of Object.values(useClips.getState().byKey)) {
        if (!clip || clip.key === used) continue;
        if (clip.people.phase === 'looking' && clip.people.job !== null) people.discard(clip.people.job);
        else if (clip.draft !== null && 'file' in clip.from) people.discard(clip.draft);
        if (clip.id !== null || clip.people.phase !== 'none') files.close(clip);
      }
    },

    async reopenAll(): Promise<void> {
      told.clear();
      await files.reopen();
    },

    /** One frame of the clip as it came. */
    frame: (key: ClipKey, frame: number, maxSide: number): Promise<Blob> =>
      cache.get(`frame:${key}:${frame}:${maxSide}`, async () =>
        link.engine().video.frame({ video: (await files.ensureOpen(key)).info.video, frame, maxSide }),
      ),

    /** The face of a person, small. */
    thumb: (job: JobId, track: number): Promise<Blob> =>
      cache.get(`thumb:${job}:${track}`, () => link.engine().jobs.trackThumb({ job, track, maxSide: THUMB_SIDE })),

    /** One frame with the swap that the document asks for. */
    preview: (key: ClipKey, frame: number, maxSide: number): Promise<Blob> =>
      inTurn(async () => {
        const clip = clipOf(key);
        const draft = clip && (await people.ensureDraft(clip));
        if (draft === null) throw new RangeError(`no people are known in ${key}`);
        const all = await tellDraft(draft);
        return cache.get(`preview:${draft}:${frame}:${maxSide}:${all}`, () =>
          link.engine().jobs.frame({ job: draft, frame, which: 'result', maxSide }),
        );
      }),

    /** Makes the job that the document asks for; null when it was refused, which the user then knows. */
    async start(): Promise<JobInfo | null> {
      const clip = presentClip();
      if (!clip) return null;
      if (people.hasGrown(clip)) {
        say({ intent: 'warning', title: text.video.start.stale, body: text.video.people.stale });
        return null;
      }
      try {
        // A preview before it may be making the draft that it lets go on.
        return await inTurn(() => startJob(clip.key));
      } catch (error) {
        fail(reportOf(error));
        return null;
      }
    },
  };
}

/** Tells that only one of several videos was taken. */
export const sayOneClip = (name: string): void =>
  say({ intent: 'info', title: text.video.clip.one, body: text.video.clip.oneBody(name) });
