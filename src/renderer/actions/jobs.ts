/** Video jobs: following them, moving them, their frames and results. */
import type { Clip, MediaAddress } from '#shared/contract-video.ts';
import { ERROR_KINDS, type ErrorReport } from '#shared/errors.ts';
import type { JobId, JobInfo, JobTimeline } from '#shared/jobs.ts';
import { reportOf } from '../link/report.ts';
import type { StudioLink } from '../link/studio-link.ts';
import type { JobAction } from '../model/job-status.ts';
import { resultName } from '../model/names.ts';
import { useConnection } from '../state/connection.ts';
import { currentDocument } from '../state/edit.ts';
import { afterEvent, jobOf, useJobs } from '../state/jobs.ts';
import { usePreferences } from '../state/preferences.ts';
import { say, useUi } from '../state/ui.ts';
import { showJob } from '../state/video-view.ts';
import { text } from '../text.ts';
import { download } from './download.ts';
import { createGuard } from './guard.ts';
import { leavable } from './leavable.ts';
import { PictureCache } from './pictures.ts';

export interface JobMedia {
  readonly target: MediaAddress;
  readonly result: MediaAddress | null;
}

export type JobActions = ReturnType<typeof jobActions>;

const goTo = (job: JobId): void => {
  useUi.setState({ tab: 'video' });
  showJob(job);
};

/** What a user who looks elsewhere should hear of a job. */
function announce(before: JobInfo | null, now: JobInfo): void {
  if (!before || before.state === now.state) return;
  const action = { label: text.video.jobs.show, run: () => goTo(now.id) };
  if (now.state === 'done') say({ intent: 'success', title: text.video.jobs.doneTitle(now.target), action });
  // A job that paused by itself has a reason; one that the user paused has none.
  if ((now.state === 'failed' || now.state === 'paused') && now.error) {
    const { kind, message, action: advice } = now.error;
    const body = [ERROR_KINDS[kind].title, message, ...(advice === undefined ? [] : [advice])].join(' · ');
    say({ intent: 'error', title: text.video.jobs.failedTitle(now.target), body, action });
  }
}

/** A page that was loaded again has no clip any more, but its job runs on: that is what its user looks for. */
function showWork(jobs: readonly JobInfo[]): void {
  const running = jobs.find(({ state }) => state === 'running');
  if (running && currentDocument().video.clip === null) showJob(running.id);
}

export function jobActions(link: StudioLink, fail: (report: ErrorReport) => void) {
  const cache = new PictureCache();
  const clips = new Map<string, Promise<Clip>>();
  const media = new Map<string, Promise<JobMedia>>();
  let leave = (): void => undefined;
  /** Interrupted jobs that the user has heard of. */
  const offered = new Set<JobId>();

  const keyOf = (job: JobId): string => `${useConnection.getState().generation}:${job}`;

  /** A promise that is kept while it holds. */
  function once<T>(known: Map<string, Promise<T>>, key: string, load: () => Promise<T>): Promise<T> {
    const pending = known.get(key) ?? load();
    known.set(key, pending);
    pending.catch(() => known.delete(key));
    return pending;
  }

  const guarded = createGuard(fail);

  /** Jobs that were cut off go on by themselves, or the user is asked. */
  async function offerInterrupted(jobs: readonly JobInfo[]): Promise<void> {
    const cut = jobs.filter(({ id, state }) => state === 'interrupted' && !offered.has(id));
    if (cut.length === 0) return;
    for (const { id } of cut) offered.add(id);
    const resume = async () => {
      for (const { id } of cut) await guarded(() => link.engine().jobs.resume({ job: id }), null);
    };
    if (usePreferences.getState().settings.resumeJobs) {
      await resume();
      say({ intent: 'info', title: text.video.jobs.resumed(cut.length) });
      return;
    }
    say({
      intent: 'warning',
      title: text.video.jobs.interruptedTitle(cut.length),
      body: text.video.jobs.interruptedBody,
      action: { label: text.video.jobs.actions.resume, run: () => void resume() },
    });
  }

  async function run(signal: AbortSignal): Promise<void> {
    for await (const event of await link.engine().jobs.watch(undefined, { signal })) {
      if (signal.aborted) return;
      if (event.type === 'job') {
        announce(jobOf(event.job.id), event.job);
        // It was cut off once; when that happens again, it is news again.
        if (event.job.state === 'running') offered.delete(event.job.id);
      }
      const first = event.type === 'all' && !useJobs.getState().loaded;
      useJobs.setState((state) => afterEvent(state, event));
      if (first) showWork(event.jobs);
      if (event.type === 'all') await offerInterrupted(event.jobs);
    }
  }

  return {
    /** Follows the jobs of the present engine process. */
    follow(): void {
      leave();
      leave = leavable((signal) =>
        run(signal).catch((error: unknown) => {
          const report = reportOf(error, signal);
          // The next engine process is followed when it is there.
          if (report.kind !== 'engine-lost' && report.kind !== 'cancelled') fail(report);
        }),
      );
    },

    async act(job: JobId, action: JobAction): Promise<void> {
      await guarded(async () => {
        const { jobs } = link.engine();
        if (action === 'remove') await jobs.remove({ job });
        else {
          const info = await jobs[action]({ job });
          useJobs.setState((state) => afterEvent(state, { type: 'job', job: info }));
        }
      }, undefined);
    },

    timeline: (job: JobId): Promise<JobTimeline> => link.engine().jobs.timeline({ job }),

    /** What is known of the clip of a job. */
    clip: (job: JobId): Promise<Clip> => once(clips, keyOf(job), () => link.engine().video.open({ job })),

    /** Addresses to play. @param done the result can be there now: asked for again */
    media: (job: JobId, done: boolean): Promise<JobMedia> =>
      once(media, `${keyOf(job)}:${done}`, () => link.engine().jobs.media({ job })),

    /** A frame as it came or as it became. @param version another one of the same frame */
    frame: (job: JobId, frame: number, which: 'target' | 'result', maxSide: number, version = 0): Promise<Blob> =>
      cache.get(`${job}:${which}:${frame}:${maxSide}:${version}`, () =>
        link.engine().jobs.frame({ job, frame, which, maxSide }),
      ),

    /** The codecs that can be written here. */
    codecs: () => link.engine().video.codecs(),

    /** Asks where to, and writes the result of a finished job there. Resolves to whether it was written. */
    save: (job: JobInfo): Promise<boolean> =>
      guarded(async () => {
        const format = job.container ?? 'pictures';
        const slot = await link.shell().files.saveDialog({ name: resultName(job.target, format), format });
        if (!slot) return false;
        const { to } = slot;
        const { notices } = await link.engine().jobs.saveAs({ job: job.id, to });
        if (slot.download !== undefined) download(slot.download, slot.name);
        const reveal = { label: text.exporting.reveal, run: () => void link.shell().files.reveal({ saved: to }) };
        say({
          intent: 'success',
          title: text.video.jobs.saved(slot.name),
          body: notices.join(' '),
          action: slot.download === undefined ? reveal : undefined,
        });
        return true;
      }, false),
  };
}
