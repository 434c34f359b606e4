/** Entry of the command line as a program. */
import { CancelledError } from '#engine/errors.ts';
import { toStorageError } from '#engine/files/atomic.ts';
import { ERROR_KINDS } from '#shared/errors.ts';
import { runCli } from './program.ts';
import { reportError } from './report.ts';

const controller = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The second time means it: do not wait for the step in work.
    if (controller.signal.aborted) process.exit(ERROR_KINDS.cancelled.exitCode);
    controller.abort(new CancelledError());
  });
}

const reportOptions = () => ({ verbose: process.argv.includes('--verbose'), json: false });

// What escapes every `await` is a defect too: the same line, and no stack unless it is asked for.
process.on('uncaughtException', (error) => process.exit(reportError(error, process.stderr, reportOptions())));

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough (`| head`) is no error.
  if (error.code === 'EPIPE') process.exit(0);
  process.exit(reportError(toStorageError(error, 'standard output'), process.stderr, reportOptions()));
});
// Nobody follows the progress any more, or its disk is full: the work itself goes on.
process.stderr.on('error', () => undefined);

process.exitCode = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  signal: controller.signal,
  openStudio: async () => {
    const { createPhotoStudio } = await import('#engine/pipeline/create-photo-studio.ts');
    return createPhotoStudio();
  },
  openVideoEngine: async () => {
    const { createVideoEngine } = await import('#engine/jobs/create-video-engine.ts');
    return createVideoEngine();
  },
});
