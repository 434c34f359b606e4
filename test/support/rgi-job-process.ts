/**
 * A process that tunes a video job with the real networks of the rgi engine on small pictures, for tests that kill it. It
 * prints a line for everything that happens, and stops before frames are swapped.
 */
import { createVideoEngine } from '#engine/jobs/create-video-engine.ts';
import { openJobQueue } from '#engine/jobs/job-queue.ts';
import type { JobRequest } from '#engine/jobs/jobs.ts';
import type { TuningEffort } from '#engine/jobs/rgi-tuning.ts';
import type { TuningEvent } from '#engine/tuning/tuning-job.ts';
import { type JobId, jobIdSchema } from '#shared/jobs.ts';

export interface RgiJobOrder {
  readonly jobs: string;
  readonly effort: TuningEffort;
  /** A new job, or the id of one to go on with. */
  readonly request?: JobRequest;
  readonly resume?: string;
  /** The update after which the user pauses the job. */
  readonly pauseAfter?: number;
  /** The update after which it stands still until it is killed. */
  readonly holdAfter?: number;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const standStill = (): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);

async function main({
  jobs,
  effort,
  request,
  resume,
  pauseAfter = Number.POSITIVE_INFINITY,
  holdAfter = Number.POSITIVE_INFINITY,
}: RgiJobOrder) {
  await using engine = createVideoEngine({ tuningEffort: effort });
  let working: JobId | undefined;
  const pause = (): void => void (working && queue.pause(working));
  const tell = (event: TuningEvent): void => {
    if (event.type !== 'update' && event.type !== 'saved') return;
    say(`${event.type} ${event.update}`);
    if (event.type === 'update' && event.update >= pauseAfter) pause();
    if (event.type === 'update' && event.update >= holdAfter) standStill();
  };
  await using queue = openJobQueue({
    jobs,
    engine,
    tuning: {
      begin: async () => ({
        tell,
        wish: () => undefined,
        watchedFrame: () => undefined,
        [Symbol.asyncDispose]: async () => undefined,
      }),
    },
  });
  let phase = '';
  queue.watch((event) => {
    if (event.type !== 'job' || event.job.phase === phase) return;
    working = event.job.id;
    ({ phase } = event.job);
    say(`phase ${phase}`);
    if (phase === 'swap') pause();
  });
  const { id } = request ? await queue.add(request) : await queue.resume(jobIdSchema.parse(resume));
  say(`job ${id}`);
  const { state, error } = await queue.settled(id);
  say(`end ${state} ${error?.message ?? ''}`);
}

const [order] = process.argv.slice(2);
if (order !== undefined && process.env['E4S_JOB_PROCESS'] === '1') await main(JSON.parse(order) as RgiJobOrder);
