/** What a list says of jobs. */
import type { JobId, JobInfo } from '#shared/jobs.ts';
import { JOB_PHASES, type JobState } from '#shared/video.ts';
import { text } from '../text.ts';

export const isBusy = ({ state }: Pick<JobInfo, 'state'>): boolean => state === 'running' || state === 'queued';

/** What a user can do with a job in a state. */
export const JOB_ACTIONS = {
  queued: ['pause', 'cancel'],
  running: ['pause', 'cancel'],
  paused: ['resume', 'retry', 'cancel'],
  interrupted: ['resume', 'retry', 'cancel'],
  done: ['remove'],
  failed: ['resume', 'retry', 'remove'],
  cancelled: ['retry', 'remove'],
} as const satisfies Record<JobState, readonly string[]>;
export type JobAction = (typeof JOB_ACTIONS)[JobState][number];

export const phaseTitle = (job: Pick<JobInfo, 'phase'>): string =>
  JOB_PHASES.find(({ id }) => id === job.phase)?.title ?? job.phase;

/** 45 s, 3 min, 1 h 20 min. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** One line about a job: its phase and pace while it runs, its state otherwise. */
export function jobLine(job: JobInfo): string {
  if (job.draft) return text.video.jobs.draft;
  if (job.state !== 'running') return text.video.jobs.states[job.state];
  if (job.framesTotal === 0) return text.video.jobs.gettingReady;
  if (job.framesDone === 0) {
    // Joining parts counts no frames; before others, networks are loaded.
    return job.phase === 'finish' ? `${phaseTitle(job)} …` : text.video.jobs.preparing(phaseTitle(job));
  }
  const parts = [text.video.jobs.phase(phaseTitle(job), job.framesDone, job.framesTotal)];
  // What tuning counts are updates, and its panel tells their pace.
  if (job.fps !== null && job.phase !== 'tune') parts.push(text.video.jobs.fps(job.fps));
  if (job.secondsLeft !== null) parts.push(text.video.jobs.left(duration(job.secondsLeft)));
  return parts.join(' · ');
}

/** What tells jobs on one clip apart: their frames and when they were made. */
export function jobDetails({ width, height, first, end, clipFrames, seconds }: JobInfo): string {
  const words = text.video.jobs;
  const whole = first === 0 && end === clipFrames;
  const range = whole ? text.video.clip.frames(clipFrames) : words.range(first + 1, end);
  return words.details(width, height, range, duration(seconds));
}

/** Today's jobs by the time, others by the day. */
export function madeAt({ created }: Pick<JobInfo, 'created'>, now: Date): string {
  const then = new Date(created);
  const today = then.toDateString() === now.toDateString();
  return text.video.jobs.made(
    then.toLocaleString('en', today ? { hour: '2-digit', minute: '2-digit', hour12: false } : { dateStyle: 'medium' }),
  );
}

/** Newest first, those at work before those that wait before those that ended. */
export function inOrder(jobs: readonly JobInfo[]): JobInfo[] {
  const rank = (job: JobInfo) => (job.state === 'running' ? 0 : job.state === 'queued' ? 1 : 2);
  return [...jobs].sort((a, b) => {
    const byState = rank(a) - rank(b);
    if (byState !== 0) return byState;
    // Those that wait are shown in the order in which they will run.
    return a.state === 'queued' ? a.created.localeCompare(b.created) : b.created.localeCompare(a.created);
  });
}

export const byId = (jobs: readonly JobInfo[], id: JobId | null): JobInfo | null =>
  jobs.find((job) => job.id === id) ?? null;
