/** `e4s tune job`: the tuning of a video job, up to where its frames would be swapped. */
import { createReadStream } from 'node:fs';
import { CancelledError, InputError, UsageError } from '#engine/errors.ts';
import { assertWritable, writeStreamAtomic } from '#engine/files/atomic.ts';
import { findHome } from '#engine/files/home.ts';
import type { JobQueue } from '#engine/jobs/jobs.ts';
import type { Manifest } from '#engine/jobs/manifest.ts';
import { type JobId, type JobInfo, jobIdSchema } from '#shared/jobs.ts';
import type { VideoSettings } from '#shared/settings.ts';
import { type CommonOptions, peakRssBytes, rounded, runAction } from '../command.ts';
import type { CliContext } from '../context.ts';
import { JobError, tellJob } from '../video/follow.ts';
import { type TuningArguments, tellTuning, tuningSettings } from '../video/tuning.ts';

export interface TuneJobOptions extends CommonOptions, Omit<TuningArguments, 'pti'> {
  readonly out?: string;
}

/**
 * An interrupt pauses the job; the same command goes on.
 * @throws UsageError for a job that cannot be tuned, CancelledError when it was paused, and the job's own failure
 */
export async function tuneJob(context: CliContext, text: string, options: TuneJobOptions): Promise<void> {
  await runAction(context, options, async (log, printer) => {
    const id = jobIdSchema.safeParse(text).data;
    if (id === undefined) throw new UsageError(`"${text}" names no job.`, { action: '"e4s jobs list" names them.' });
    if (options.out !== undefined) await assertWritable(options.out);
    const [{ openJobQueue }, { jobFolder }, { readManifest }, { tunedWeights }] = await Promise.all([
      import('#engine/jobs/job-queue.ts'),
      import('#engine/jobs/job-folder.ts'),
      import('#engine/jobs/manifest.ts'),
      import('#engine/jobs/tune-phase.ts'),
    ]);
    const home = findHome();
    await using engine = await context.openVideoEngine();
    await using queue = openJobQueue({ ...home, engine, tuning: tellTuning(log) });
    await queue.get(id);
    const folder = jobFolder(home.jobs, id);
    const manifest = await readManifest(folder);
    if (manifest === undefined) throw new InputError('The job has no manifest.', { file: folder.manifest });
    await queue.configure(id, { video: await tunedVideo(manifest, options) });
    const begin = performance.now();
    const { job, reached } = await runToTuned(queue, id, context.signal, () => tellJob(queue, id, log));
    const now = await readManifest(folder);
    const tuned = now && (await tunedWeights(folder, now));
    if (tuned === undefined) throw notTuned(job, reached);
    if (options.out !== undefined)
      await writeStreamAtomic(options.out, createReadStream(tuned, { highWaterMark: 1 << 20 }));
    const seconds = rounded((performance.now() - begin) / 1000, 1);
    printer.result({ job_id: id, tuned, out: options.out ?? null, seconds, peak_rss_bytes: peakRssBytes() }, () => [
      `${options.out ?? tuned}: tuned weights of ${id}, ${seconds} s`,
      `"e4s jobs resume ${id}" swaps with them.`,
    ]);
  });
}

/** The job's settings with tuning on and what was asked for. @throws UsageError, InputError, MissingPackError */
async function tunedVideo({ settings }: Manifest, options: TuneJobOptions): Promise<VideoSettings> {
  if (settings.swap.engine === 'classic')
    throw new UsageError('This job swaps with the classic engine, which has nothing to tune.', {
      action: 'Make a job with --engine rgi.',
    });
  const before = settings.video;
  const { ptiResume: kept } = before;
  // Weights that the job has already are as good as given ones.
  const { ptiSteps, ...rest } = options;
  const asked = await tuningSettings({ ...rest, pti: true, ...(kept === null ? options : {}) });
  return {
    ...before,
    pti: true,
    ptiSteps: ptiSteps ?? before.ptiSteps,
    ptiLearningRate: options.ptiLr ?? before.ptiLearningRate,
    recolorLambda: options.recolorLambda ?? before.recolorLambda,
    ptiResume: asked.ptiResume ?? kept,
  };
}

/**
 * Runs a job until its frames would be swapped, and pauses it there.
 * @returns whether it came so far
 * @throws JobError when it failed
 */
async function runToTuned(
  queue: JobQueue,
  id: JobId,
  signal: AbortSignal,
  tell: () => () => void,
): Promise<{ job: JobInfo; reached: boolean }> {
  const pause = (): void => void queue.pause(id).catch(() => undefined);
  let over = false;
  const stopWatching = queue.watch((event) => {
    if (event.type !== 'job' || event.job.id !== id || over) return;
    const { phase, state } = event.job;
    over = state === 'running' && (phase === 'swap' || phase === 'finish');
    if (over) pause();
  });
  const stopTelling = tell();
  signal.addEventListener('abort', pause);
  try {
    await queue.resume(id);
    if (signal.aborted) pause();
    const job = await queue.settled(id);
    if (job.error !== undefined) {
      const { action } = job.error;
      const again = `"e4s tune job ${id}" goes on.`;
      throw new JobError({ ...job.error, action: [action, again].filter(Boolean).join(' ') });
    }
    return { job, reached: over };
  } finally {
    signal.removeEventListener('abort', pause);
    stopTelling();
    stopWatching();
  }
}

/** Why there are no tuned weights. */
function notTuned({ id, state }: JobInfo, reached: boolean): Error {
  if (state === 'cancelled') return new CancelledError('The job was cancelled.');
  if (reached) return new UsageError('There was nothing to tune in this job.');
  return new CancelledError('Paused; what was reached is kept.', { action: `"e4s tune job ${id}" goes on.` });
}
