import { expect, test } from 'vitest';
import { InputError, StorageError } from '#engine/errors.ts';
import { tryAgain } from '#engine/jobs/try-again.ts';
import { FrameThreadLostError } from '#engine/pipeline/frame-workers/frame-thread.ts';
import { ToolError } from '#engine/video/tool-process.ts';

const crash = () => new StorageError('cut off', { cause: new ToolError('crash', 'killed', []) });
const lost = () => new FrameThreadLostError('ended');

test.each([
  ['a program that breaks down', crash],
  ['a thread that is lost', lost],
])('%s costs the part in work, as long as parts get finished in between', async (_, failure) => {
  const failures = [failure(), failure(), undefined];
  let finished = 0;
  let runs = 0;
  await tryAgain(
    async () => finished++,
    async () => {
      const error = failures[runs++];
      if (error) throw error;
    },
  );
  expect(runs).toBe(3);
});

test.each([
  ['a second breakdown at the same part', lost, 2],
  ['any other failure', () => new InputError('damaged'), 1],
])('%s is a failure', async (_, failure, times) => {
  let runs = 0;
  const work = async (): Promise<void> => {
    runs++;
    throw failure();
  };
  await expect(tryAgain(async () => 4, work)).rejects.toThrow(failure().message);
  expect(runs).toBe(times);
});
