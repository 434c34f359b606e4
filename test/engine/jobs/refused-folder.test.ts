/** A job's folder that refuses in the middle of the work: its permissions changed, or its disk is gone. */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JobId } from '#shared/jobs.ts';
import { type JobWorld, jobWorld } from '#test/support/jobs.ts';
import { ffmpeg, testPicture } from '#test/support/video-clips.ts';

let world: JobWorld;
beforeAll(async () => {
  world = await jobWorld();
  await ffmpeg(world.folder, ...testPicture('64x48', '25', 2), '-c:v', 'libx264', '-preset', 'ultrafast', 'clip.mp4');
});
afterAll(() => world[Symbol.asyncDispose]());

test('whoever waits for the job hears why, though nothing can be written down', async () => {
  let id: JobId | undefined;
  const { queue } = world.fake({
    duringSwap: async (frame) => {
      if (frame !== 25 || id === undefined) return;
      // No file can take the place of a folder: every word about the job is refused.
      const state = path.join(world.jobs, id, 'state.json');
      for (let made = false; !made; ) {
        await rm(state, { force: true });
        // The job may have written it once more in between.
        made = await mkdir(state).then(
          () => true,
          () => false,
        );
      }
    },
  });
  ({ id } = await queue.add(world.request(world.at('clip.mp4'))));
  expect(await queue.settled(id)).toMatchObject({
    state: 'failed',
    error: { kind: 'storage', message: 'There is a folder of this name.' },
  });
});
