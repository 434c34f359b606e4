/** `e4s swap` on a video: makes a job and follows it. */
import { findHome } from '#engine/files/home.ts';
import { runAction } from '../command.ts';
import type { CliContext } from '../context.ts';
import type { SwapArguments } from '../swap/arguments.ts';
import { followJob, printJob } from './follow.ts';
import { videoRequest } from './request.ts';
import { tellTuning } from './tuning.ts';

/**
 * An interrupt pauses the job.
 * @throws UsageError, InputError, StorageError, MissingPackError, NoFaceError, CancelledError
 */
export async function runVideoSwap(context: CliContext, options: SwapArguments): Promise<void> {
  const { signal } = context;
  await runAction(context, options, async (log, printer) => {
    const begin = performance.now();
    const request = await videoRequest(options);
    const { openJobQueue } = await import('#engine/jobs/job-queue.ts');
    await using engine = await context.openVideoEngine();
    await using queue = openJobQueue({ ...findHome(), engine, tuning: tellTuning(log) });
    log.progress({ fraction: 0, label: `Opening ${options.target}` });
    const added = await queue.add(request, signal);
    const { job, times } = await followJob(queue, added.id, log, { signal, fresh: true });
    await printJob(queue, job, printer, { engine: await nameOf(engine, request.swap), times, begin });
  });
}

/** What the engine that was chosen calls itself. */
export const nameOf = async (
  engine: Awaited<ReturnType<CliContext['openVideoEngine']>>,
  swap: Parameters<typeof engine.identity>[0],
): Promise<string> => (await engine.identity(swap))['engine'] ?? swap.engine;
