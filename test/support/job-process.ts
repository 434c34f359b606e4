/**
 * A process that works on a video job with the engine without networks, for tests that kill it. It prints a line for each
 * thing that happens; `die` makes it wait there, so that a kill meets it in the middle of what it does.
 */
import { readFile } from 'node:fs/promises';
import { openJobQueue } from '#engine/jobs/job-queue.ts';
import type { JobRequest } from '#engine/jobs/jobs.ts';
import { jobIdSchema } from '#shared/jobs.ts';
import { type FaceScript, fakeVideoEngine } from './fake-video-engine.ts';

export interface JobProcessOrder {
  readonly jobs: string;
  /** A new job, or the id of one to go on with. */
  readonly request?: JobRequest;
  readonly resume?: string;
  readonly delayMs: number;
  /** See `FakeEngineOptions`. */
  readonly partSeconds?: number;
  readonly inPlace?: boolean;
}

/** A face that comes, moves and goes. */
export const WANDERER: FaceScript = (frame) =>
  frame % 17 < 4 ? [] : [{ track: 0, box: [4 + (frame % 11), 6, 24, 20] }];

/** The system counts the memory of the process that started this one in `maxRSS`; Linux also tells its own. */
async function ownPeakBytes(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  return 1024 * Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(order: JobProcessOrder): Promise<void> {
  const engine = fakeVideoEngine({
    faces: WANDERER,
    delayMs: order.delayMs,
    inPlace: order.inPlace ?? false,
    ...(order.partSeconds === undefined ? {} : { partSeconds: order.partSeconds }),
    duringLook: (frame) => say(`look ${frame}`),
    duringSwap: (frame) => say(`swap ${frame}`),
  });
  const queue = openJobQueue({ jobs: order.jobs, engine });
  let phase = '';
  queue.watch((event) => {
    if (event.type !== 'job' || event.job.phase === phase) return;
    ({ phase } = event.job);
    say(`phase ${phase}`);
  });
  say('begin');
  const { id } = order.request ? await queue.add(order.request) : await queue.resume(jobIdSchema.parse(order.resume));
  say(`job ${id}`);
  const { state, error } = await queue.settled(id);
  await queue[Symbol.asyncDispose]();
  say(`rss ${await ownPeakBytes()}`);
  say(`end ${state} ${error?.message ?? ''}`);
}

const [order] = process.argv.slice(2);
if (order !== undefined && process.env['E4S_JOB_PROCESS'] === '1') await main(JSON.parse(order) as JobProcessOrder);
