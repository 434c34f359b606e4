import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { thisMachine, threadCount } from '#engine/pipeline/frame-workers/thread-count.ts';
import { frameWorkerFile, setFrameWorker } from '#engine/pipeline/frame-workers/worker-file.ts';

const HD = 3 * 1280 * 720;
const UHD = 3 * 3840 * 2160;

it.each([
  ['one core: no threads', 'fast', HD, 1, 64e9, 1],
  ['as many as cores', 'fast', HD, 2, 8e9, 2],
  ['no more than the encoder keeps up with', 'fast', HD, 64, 256e9, 8],
  ['little memory: fewer than cores', 'high', UHD, 8, 4e9, 2],
  ['hardly any memory: none', 'high', UHD, 8, 1e9, 1],
] as const)('%s', (_, detail, frameBytes, cores, memoryBytes, count) => {
  expect(threadCount(detail, frameBytes, { cores, memoryBytes })).toBe(count);
});

it('knows the machine', () => {
  const { cores, memoryBytes } = thisMachine();
  expect(cores).toBeGreaterThanOrEqual(1);
  expect(memoryBytes).toBeGreaterThan(1e8);
});

it('takes the program that was built together with the running code, and no other', () => {
  const root = path.resolve(import.meta.dirname, '../../../..');
  const at = (file: string) => pathToFileURL(path.join(root, file)).href;
  expect(frameWorkerFile(at('src/main/engine/pipeline/frame-workers/worker-file.ts'))).toBeUndefined();
  const built = path.join(root, 'dist/main/frame-worker.js');
  expect(frameWorkerFile(at('dist/main/cli.js'))).toBe(built);
  expect(frameWorkerFile(at('dist/main/chunks/create-video-engine-1a2b.js'))).toBe(built);
  setFrameWorker('/elsewhere/worker.mjs');
  try {
    expect(frameWorkerFile()).toBe('/elsewhere/worker.mjs');
  } finally {
    setFrameWorker(undefined);
  }
});
