/** Follows a job to its end, and says what became of it. */
import { CancelledError, StudioError } from '#engine/errors.ts';
import type { JobQueue } from '#engine/jobs/jobs.ts';
import type { ErrorKind, ErrorReport } from '#shared/errors.ts';
import type { JobId, JobInfo } from '#shared/jobs.ts';
import { JOB_PHASES, SKIP_REASONS } from '#shared/video.ts';
import { type Printer, peakRssBytes, rounded } from '../command.ts';
import type { EventLog } from '../events.ts';

export interface PhaseTime {
  readonly name: string;
  readonly ms: number;
}

export interface FollowOptions {
  readonly signal: AbortSignal;
  /** The job was made for this command, and goes with it when it cannot begin. */
  readonly fresh: boolean;
}

/**
 * Shows progress until the job neither waits nor runs. An abort pauses it.
 * @throws CancelledError that says how to go on, or the job's own failure
 */
export async function followJob(
  queue: JobQueue,
  id: JobId,
  log: EventLog,
  { signal, fresh }: FollowOptions,
): Promise<{ job: JobInfo; times: PhaseTime[] }> {
  const times: PhaseTime[] = [];
  let phase: string | undefined;
  let since = performance.now();
  const endPhase = (): void => {
    if (phase !== undefined) times.push({ name: phase, ms: rounded(performance.now() - since, 2) });
    since = performance.now();
  };
  const stopWatching = queue.watch((event) => {
    if (event.type !== 'job' || event.job.id !== id) return;
    const { job } = event;
    if (job.state === 'running' && job.phase !== phase) {
      endPhase();
      ({ phase } = job);
    }
  });
  const stopTelling = tellJob(queue, id, log);
  const pause = (): void => void queue.pause(id).catch(() => undefined);
  if (signal.aborted) pause();
  signal.addEventListener('abort', pause);
  try {
    const job = await queue.settled(id);
    endPhase();
    await throwUnlessDone(queue, job, fresh);
    return { job, times };
  } finally {
    signal.removeEventListener('abort', pause);
    stopTelling();
    stopWatching();
  }
}

/** Shows the progress of a job and its notices. @returns how to stop */
export function tellJob(queue: JobQueue, id: JobId, log: EventLog): () => void {
  const told = new Set<string>();
  return queue.watch((event) => {
    if (event.type !== 'job' || event.job.id !== id) return;
    const { job } = event;
    for (const notice of job.notices) {
      if (!told.has(notice)) log.warning(notice);
      told.add(notice);
    }
    showProgress(log, job);
  });
}

function showProgress(log: EventLog, job: JobInfo): void {
  const { state, phase, framesDone, framesTotal, fps, secondsLeft, fraction } = job;
  const title = JOB_PHASES.find(({ id }) => id === phase)?.title ?? phase;
  const speed = fps === null ? '' : `, ${fps.toFixed(1)} frames/s`;
  const left = secondsLeft === null ? '' : `, ${Math.ceil(secondsLeft)} s left`;
  log.progress({
    fraction: state === 'done' ? 1 : fraction,
    label: state === 'queued' ? 'Waiting for another job' : `${title} ${framesDone}/${framesTotal}${speed}${left}`,
    detail: {
      ...{ job_id: job.id, state, phase, frames_done: framesDone, frames_total: framesTotal },
      fps: fps === null ? null : rounded(fps, 2),
      seconds_left: secondsLeft === null ? null : rounded(secondsLeft, 1),
    },
  });
}

/** Failures that the same request would meet again. */
const FINAL: ReadonlySet<ErrorKind> = new Set(['usage', 'input', 'no-face', 'missing']);

async function throwUnlessDone(queue: JobQueue, job: JobInfo, fresh: boolean): Promise<void> {
  const { id, state, error } = job;
  if (state === 'done') return;
  const resume = `"e4s jobs resume ${id}" goes on.`;
  if (error) {
    // A new job that failed before its first finished part is of no use to anybody.
    const begun = job.swappedFrames > 0 || job.skipped.length > 0;
    const final = fresh && !begun && state === 'failed' && FINAL.has(error.kind);
    if (final) await queue.remove(id);
    throw new JobError(final ? error : { ...error, action: [error.action, resume].filter(Boolean).join(' ') });
  }
  if (state === 'cancelled') throw new CancelledError('The job was cancelled.');
  throw new CancelledError('Paused; what is finished is kept.', { action: resume });
}

/** The failure of a job as its report tells it. */
export class JobError extends StudioError {
  readonly kind: ErrorKind;

  constructor({ kind, message, file, action }: ErrorReport) {
    super(message, { file, action });
    this.kind = kind;
  }
}

/** Prints the result of a finished job. */
export async function printJob(
  queue: JobQueue,
  job: JobInfo,
  printer: Printer,
  facts: { readonly engine: string; readonly times: readonly PhaseTime[]; readonly begin: number },
): Promise<void> {
  const { id, width, height, swappedFrames, skipped, framesTotal, first, end } = job;
  const { out, result, sources } = await queue.filesOf(id);
  const { tracks } = await queue.timeline(id);
  const frames = end - first;
  printer.result(
    {
      out: out ?? result,
      engine: facts.engine,
      width,
      height,
      faces: tracks.map((track) => ({
        index: track.id,
        source: track.source === null ? null : (sources[track.source] ?? null),
        first_frame: track.firstFrame,
        last_frame: track.lastFrame,
        frames: track.frames,
        warnings: [],
      })),
      stages: facts.times,
      peak_rss_bytes: peakRssBytes(),
      frames,
      swapped_frames: swappedFrames,
      skipped,
      job_id: id,
    },
    () => [
      `${out ?? result}: ${width} x ${height}, ${framesTotal} frames, ${swappedFrames} with an exchanged face, ` +
        `engine ${facts.engine}, ${((performance.now() - facts.begin) / 1000).toFixed(1)} s`,
      ...skipped.map(
        ({ from, to, reason }) =>
          `  frames ${from} to ${to} as they were: ${SKIP_REASONS.find((row) => row.id === reason)?.says ?? reason}`,
      ),
    ],
  );
}
