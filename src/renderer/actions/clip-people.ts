/** The people in the target video: a job that stops after the analysis (a draft) finds them. */
import type { ErrorReport } from '#shared/errors.ts';
import type { FrameSpan, JobId, JobInfo } from '#shared/jobs.ts';
import { reportOf } from '../link/report.ts';
import type { StudioLink } from '../link/studio-link.ts';
import { byId } from '../model/job-status.ts';
import { withFoundPeople, withSpan } from '../model/video-document.ts';
import { type ClipKey, joinSpans, mostSeen, trimTo, wantedSpan } from '../model/video-part.ts';
import { type ClipEntry, changeClip, clipOf, isStale, type People, useClips } from '../state/clips.ts';
import { amendDocument, currentDocument } from '../state/edit.ts';
import { afterEvent, useJobs } from '../state/jobs.ts';
import { usePreferences } from '../state/preferences.ts';
import { showClip, useVideoView } from '../state/video-view.ts';
import { type ClipFiles, presentClip } from './clip-files.ts';
import type { JobChoices } from './job-choices.ts';

export type ClipPeople = ReturnType<typeof clipPeople>;

export interface ClipPeopleOptions {
  readonly files: Pick<ClipFiles, 'ensureOpen' | 'place'>;
  readonly choices: () => Promise<JobChoices>;
  /** Shows a failure to the user. */
  readonly fail: (report: ErrorReport) => void;
  /** A draft looks again, or is gone: what it was told does not count any more. */
  readonly forget: (draft: JobId) => void;
}

export function clipPeople(link: StudioLink, { files, choices, fail, forget }: ClipPeopleOptions) {
  const hear = (job: JobInfo): void => useJobs.setState((state) => afterEvent(state, { type: 'job', job }));

  /** A draft that nobody needs any more. */
  function discard(job: JobId): void {
    forget(job);
    link
      .engine()
      .jobs.remove({ job })
      .catch(() => undefined);
  }

  /** Makes a draft. What was looked at before, by whatever job, is not looked at again. */
  async function makeDraft(key: ClipKey, wanted: FrameSpan, people: People): Promise<JobInfo> {
    const { settings } = usePreferences.getState();
    const opened = await files.ensureOpen(key);
    const found = people.phase === 'found' ? people : null;
    const job = await link.engine().jobs.create({
      clip: opened.info.video,
      trim: trimTo(wanted),
      ...(found ? { looked: joinSpans(found.span, wanted), formerly: found.job } : {}),
      sources: [],
      swap: { ...currentDocument().settings, crop: settings.video.crop },
      video: settings.video,
      export: settings.videoExport,
      stopAfter: 'analyse',
    });
    hear(job);
    return job;
  }

  /** Lets a draft look at the frames that its range has grown by. */
  async function growDraft(draft: JobId, wanted: FrameSpan): Promise<JobInfo> {
    forget(draft);
    await link.engine().jobs.configure({ job: draft, ...(await choices()), trim: trimTo(wanted) });
    const job = await link.engine().jobs.resume({ job: draft });
    hear(job);
    return job;
  }

  async function findPeople(): Promise<void> {
    const clip = presentClip();
    if (!clip) return;
    const { key, people, draft } = clip;
    const span = wantedSpan(
      currentDocument().video,
      clip.info.frames,
      usePreferences.getState().settings.video.maxFrames,
    );
    changeClip(key, { people: { phase: 'looking', job: null, span }, draft: null });
    try {
      const job = await (draft !== null && people.phase === 'found'
        ? growDraft(draft, span)
        : makeDraft(key, span, people));
      if (clipOf(key)?.people.phase !== 'looking') return discard(job.id);
      changeClip(key, { people: { phase: 'looking', job: job.id, span } });
      await follow();
    } catch (error) {
      const report = reportOf(error);
      changeClip(key, {
        people: report.kind === 'engine-lost' ? { phase: 'none' } : { phase: 'failed', error: report },
      });
      fail(report);
    }
  }

  /**
   * A draft with the people that are shown: the present one, or another one after that has become a job. Null where the
   * people have to be looked for after all.
   */
  async function ensureDraft(clip: ClipEntry): Promise<JobId | null> {
    const { key, people, draft } = clip;
    if (draft !== null || people.phase !== 'found') return draft;
    const { video } = usePreferences.getState().settings;
    const span = wantedSpan(currentDocument().video, clip.info.frames, video.maxFrames);
    const job = await makeDraft(key, span, people);
    if (job.draft) {
      changeClip(key, { draft: job.id });
      return job.id;
    }
    changeClip(key, { people: { phase: 'looking', job: job.id, span: people.span } });
    return null;
  }

  async function adopt(key: ClipKey, job: JobInfo): Promise<void> {
    const timeline = await link.engine().jobs.timeline({ job: job.id });
    if (clipOf(key)?.people.phase !== 'looking') return;
    changeClip(key, { people: { phase: 'found', job: job.id, span: timeline.looked, timeline }, draft: job.id });
    if (currentDocument().video.clip !== key) return;
    // Not a step of the user's: an undo goes back behind it.
    amendDocument((doc) => withFoundPeople(doc, timeline.tracks));
    useVideoView.setState({ person: mostSeen(timeline.tracks) });
  }

  /** Looks how far the job is that finds the people of each clip. */
  async function follow(): Promise<void> {
    const { list, removed } = useJobs.getState();
    for (const clip of Object.values(useClips.getState().byKey)) {
      if (!clip) continue;
      const { people, draft } = clip;
      if ('job' in people && people.job !== null && removed.includes(people.job)) {
        changeClip(clip.key, { people: { phase: 'none' }, draft: null });
        continue;
      }
      // Told of faces it still waits; once it was started it is a job like others.
      if (draft !== null && (byId(list, draft)?.state ?? 'paused') !== 'paused') changeClip(clip.key, { draft: null });
      if (people.phase !== 'looking' || people.job === null) continue;
      const job = byId(list, people.job);
      if (!job) continue;
      if (job.draft) await adopt(clip.key, job).catch((error: unknown) => fail(reportOf(error)));
      else if (job.state === 'failed' && job.error)
        changeClip(clip.key, { people: { phase: 'failed', error: job.error } });
      else if (job.state === 'cancelled') changeClip(clip.key, { people: { phase: 'none' } });
      else if (job.state === 'interrupted') await link.engine().jobs.resume({ job: job.id });
    }
  }

  return {
    findPeople,
    ensureDraft,
    follow,
    discard,

    /** Goes on with a job that has found people and waits for their faces. */
    async openDraft(job: JobInfo): Promise<void> {
      if (presentClip()?.draft === job.id) {
        showClip();
        useVideoView.setState({ side: 'settings' });
        return;
      }
      try {
        const clip = await files.place({ job: job.id }, job.id);
        const span = { first: job.first, end: job.end };
        amendDocument((doc) => withSpan(doc, span, clip.info.frames));
        changeClip(clip.key, { people: { phase: 'looking', job: job.id, span } });
        useVideoView.setState({ side: 'settings', frame: job.first });
        await follow();
      } catch (error) {
        fail(reportOf(error));
      }
    },

    /** Stops looking for people. */
    stopLooking(): void {
      const clip = presentClip();
      if (clip?.people.phase !== 'looking') return;
      if (clip.people.job !== null) discard(clip.people.job);
      changeClip(clip.key, { people: { phase: 'none' } });
    },

    /** Whether some of the frames that are wanted now were not looked at. */
    hasGrown: (clip: ClipEntry): boolean =>
      isStale(clip, currentDocument(), usePreferences.getState().settings.video.maxFrames),
  };
}
