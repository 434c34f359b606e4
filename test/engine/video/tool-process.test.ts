import { expect, test } from 'vitest';
import { MissingPackError } from '#engine/errors.ts';
import { runTool } from '#engine/video/tool-process.ts';

test('a program without an end is ended', async () => {
  const script = 'setInterval(() => {}, 1000)';
  await expect(runTool(process.execPath, ['-e', script], { timeoutMs: 300 })).rejects.toMatchObject({
    reason: 'timeout',
  });
  const talk = "setInterval(() => console.log('x'.repeat(1000)), 1)";
  await expect(runTool(process.execPath, ['-e', talk], { maxOutput: 5000 })).rejects.toMatchObject({
    reason: 'output',
  });
});

test('the output and the last lines of a failure come back', async () => {
  expect(await runTool(process.execPath, ['-e', 'process.stdin.pipe(process.stdout)'], { input: 'words' })).toBe(
    'words',
  );
  const failing = "console.error('first'); console.error('the reason'); process.exitCode = 3";
  await expect(runTool(process.execPath, ['-e', failing])).rejects.toMatchObject({
    reason: 'exit',
    message: 'the reason',
    lines: ['first', 'the reason'],
  });
  const crash = "process.kill(process.pid, 'SIGKILL')";
  if (process.platform !== 'win32') {
    await expect(runTool(process.execPath, ['-e', crash])).rejects.toMatchObject({ reason: 'crash' });
  }
  await expect(runTool('e4s-no-such-program', [])).rejects.toBeInstanceOf(MissingPackError);
});
