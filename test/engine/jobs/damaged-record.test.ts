/** A record of faces that a disk damaged is made again, and serves no further job. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DamagedRecordError } from '#engine/face/tracks/observation-codec.ts';
import type { JobRequest } from '#engine/jobs/jobs.ts';
import { type FakeVideoEngine, fakeVideoEngine } from '#test/support/fake-video-engine.ts';
import { type JobWorld, jobWorld } from '#test/support/jobs.ts';
import { ffmpeg, testPicture } from '#test/support/video-clips.ts';

const FRAMES = 50;

let world: JobWorld;
beforeAll(async () => {
  world = await jobWorld();
  await ffmpeg(world.folder, ...testPicture('64x48', '25', 2), '-c:v', 'libx264', '-preset', 'ultrafast', 'clip.mp4');
});
afterAll(() => world[Symbol.asyncDispose]());

/** Reads its records as the real engine does. */
function strictEngine(): FakeVideoEngine {
  const engine = fakeVideoEngine({ seenWith: async () => ({ tracking: '1' }) });
  return {
    ...engine,
    timeline: async (pieces, signal) => {
      for (const { file } of pieces) {
        if ((await readFile(file, 'utf8')) === 'damaged')
          throw new DamagedRecordError('This record is damaged.', { file });
      }
      return engine.timeline(pieces, signal);
    },
  };
}

async function run(change: Partial<JobRequest> = {}): Promise<{ state: string; looked: number }> {
  const engine = strictEngine();
  const queue = world.queue(engine);
  const { id } = await queue.add(world.request(world.at('clip.mp4'), change));
  return { state: (await queue.settled(id)).state, looked: engine.looked.length };
}

async function damageOne(): Promise<void> {
  const records = await readdir(world.at('faces'), { recursive: true });
  const record = records.filter((name) => name.endsWith('.faces')).sort()[1];
  if (record === undefined) throw new Error('there is no second record');
  await writeFile(path.join(world.at('faces'), record), 'damaged');
}

test('all frames are looked at again, once', async () => {
  expect(await run()).toEqual({ state: 'done', looked: FRAMES });
  expect(await run()).toEqual({ state: 'done', looked: 0 });
  await damageOne();
  expect(await run()).toEqual({ state: 'done', looked: FRAMES });
  expect(await run()).toEqual({ state: 'done', looked: 0 });
});

test('a job that only looks does so too', async () => {
  await damageOne();
  expect(await run({ stopAfter: 'analyse', sources: [] })).toEqual({ state: 'paused', looked: FRAMES });
});
