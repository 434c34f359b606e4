/** `e4s jobs`: video jobs of this user, whichever process began them. */
import { Command } from 'commander';
import { UsageError } from '#engine/errors.ts';
import { findHome } from '#engine/files/home.ts';
import type { JobQueue } from '#engine/jobs/jobs.ts';
import { type JobId, type JobInfo, jobIdSchema } from '#shared/jobs.ts';
import { type CommonOptions, type Printer, runAction } from '../command.ts';
import type { CliContext } from '../context.ts';
import type { EventLog } from '../events.ts';
import { followJob, printJob } from '../video/follow.ts';
import { tellTuning } from '../video/tuning.ts';

export function jobsCommand(context: CliContext): Command {
  const group = new Command('jobs').description('video jobs: what was begun, here or in the studio');
  group
    .command('list')
    .description('all jobs, oldest first')
    .action((options: CommonOptions) => listJobs(context, options));
  for (const { name, description, again } of RUNNING) {
    group
      .command(name)
      .argument('<job>')
      .description(description)
      .action((id: string, options: CommonOptions) => runAgain(context, id, again, options));
  }
  for (const { name, description, act } of ENDING) {
    group
      .command(name)
      .argument('<jobs...>')
      .description(description)
      .action((ids: string[], options: CommonOptions) => endJobs(context, ids, act, options));
  }
  return group;
}

const RUNNING: readonly {
  readonly name: string;
  readonly description: string;
  readonly again: (queue: JobQueue, id: JobId) => Promise<JobInfo>;
}[] = [
  {
    name: 'resume',
    description: 'go on where a paused, interrupted or failed job stopped',
    again: (queue, id) => queue.resume(id),
  },
  { name: 'retry', description: 'begin a job anew', again: (queue, id) => queue.retry(id) },
];

const ENDING: readonly {
  readonly name: string;
  readonly description: string;
  /** Undefined when the job is gone. */
  readonly act: (queue: JobQueue, id: JobId) => Promise<JobInfo | undefined>;
}[] = [
  { name: 'pause', description: 'stop a job and keep what is finished', act: (queue, id) => queue.pause(id) },
  { name: 'cancel', description: 'stop a job for good', act: (queue, id) => queue.cancel(id) },
  {
    name: 'remove',
    description: 'forget a job; results that were saved stay',
    act: async (queue, id) => {
      await queue.remove(id);
      return undefined;
    },
  },
];

type Work = (queue: JobQueue, log: EventLog, printer: Printer) => Promise<void>;

async function withQueue(context: CliContext, options: CommonOptions, work: Work): Promise<void> {
  await runAction(context, options, async (log, printer) => {
    const { openJobQueue } = await import('#engine/jobs/job-queue.ts');
    await using engine = await context.openVideoEngine();
    await using queue = openJobQueue({ ...findHome(), engine, tuning: tellTuning(log) });
    await work(queue, log, printer);
  });
}

const listJobs = (context: CliContext, options: CommonOptions): Promise<void> =>
  withQueue(context, options, async (queue, _log, printer) => {
    const jobs = await queue.list();
    const rows = await Promise.all(jobs.map((job) => jobRow(queue, job)));
    printer.result({ jobs: rows }, () =>
      rows.length === 0
        ? ['There are no jobs.']
        : rows.map(
            ({ id, state, frames_done, frames_total, target, out, error }) =>
              `${id}  ${state.padEnd(11)} ${`${frames_done}/${frames_total}`.padStart(13)}  ${target}` +
              `${out === null ? '' : ` -> ${out}`}${error === null ? '' : `  (${error})`}`,
          ),
    );
  });

async function jobRow(queue: JobQueue, job: JobInfo) {
  const { id, target, state, phase, framesDone, framesTotal, swappedFrames, skipped, error, created } = job;
  // A damaged job has no files to speak of.
  const files = await queue.filesOf(id).catch(() => undefined);
  return {
    id,
    target,
    out: files?.out ?? files?.result ?? null,
    state,
    phase,
    frames_done: framesDone,
    frames_total: framesTotal,
    swapped_frames: swappedFrames,
    skipped,
    error: error?.message ?? null,
    created,
  };
}

const runAgain = (
  context: CliContext,
  text: string,
  again: (queue: JobQueue, id: JobId) => Promise<JobInfo>,
  options: CommonOptions,
): Promise<void> =>
  withQueue(context, options, async (queue, log, printer) => {
    const begin = performance.now();
    const { id } = await again(queue, parseId(text));
    const { job, times } = await followJob(queue, id, log, { signal: context.signal, fresh: false });
    await printJob(queue, job, printer, { engine: (await queue.filesOf(id)).engine, times, begin });
  });

const endJobs = (
  context: CliContext,
  ids: readonly string[],
  act: (queue: JobQueue, id: JobId) => Promise<JobInfo | undefined>,
  options: CommonOptions,
): Promise<void> =>
  withQueue(context, options, async (queue, _log, printer) => {
    const jobs: { id: string; state: string }[] = [];
    for (const id of ids.map(parseId)) jobs.push({ id, state: (await act(queue, id))?.state ?? 'removed' });
    printer.result({ jobs }, () => jobs.map(({ id, state }) => `${id}  ${state}`));
  });

function parseId(text: string): JobId {
  const parsed = jobIdSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new UsageError(`"${text}" is no job.`, { action: '"e4s jobs list" names them.' });
}
