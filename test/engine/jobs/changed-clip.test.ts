/** The clip of a job is changed, or taken away, while the job runs. */
import { existsSync } from 'node:fs';
import { copyFile, rename, rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JobInfo } from '#shared/jobs.ts';
import { type JobWorld, jobWorld } from '#test/support/jobs.ts';
import { ffmpeg, testPicture } from '#test/support/video-clips.ts';

let world: JobWorld;
beforeAll(async () => {
  world = await jobWorld();
  const encoder = ['-c:v', 'libx264', '-preset', 'ultrafast'];
  await ffmpeg(world.folder, ...testPicture('64x48', '25', 2), ...encoder, 'clip.mp4');
  await ffmpeg(world.folder, ...testPicture('64x48', '25', 2), '-vf', 'negate', ...encoder, 'other.mp4');
});
afterAll(() => world[Symbol.asyncDispose]());

/** Runs a job on a copy of the clip, and something else when its 45th frame is swapped. */
async function runAlong(name: string, act: (file: string) => Promise<void>): Promise<JobInfo> {
  const [clip, out] = [world.at(`${name}.mp4`), world.at(`${name} result.mp4`)];
  await copyFile(world.at('clip.mp4'), clip);
  const { queue } = world.fake({ duringSwap: (frame) => (frame === 45 ? act(clip) : undefined) });
  const { id } = await queue.add(world.request(clip, { out }));
  const settled = await queue.settled(id);
  expect(existsSync(out)).toBe(settled.state === 'done');
  return settled;
}

test('another clip of the same length in its place is no result', async () => {
  expect(await runAlong('replaced', (file) => copyFile(world.at('other.mp4'), file))).toMatchObject({
    state: 'failed',
    error: { kind: 'input', message: 'The video is not the one any more that the job was made for.' },
  });
});

test('one that is gone is missed, and the job goes on when it is back', async () => {
  const away = world.at('away.mp4');
  const job = await runAlong('deleted', (file) => rename(file, away));
  expect(job).toMatchObject({ state: 'failed', error: { kind: 'input', message: 'There is no such file.' } });
  await rename(away, world.at('deleted.mp4'));
  const { queue } = world.fake();
  await queue.resume(job.id);
  expect((await queue.settled(job.id)).state).toBe('done');
});

test('the same bytes again change nothing', async () => {
  const job = await runAlong('again', async (file) => {
    await rm(file);
    await copyFile(world.at('clip.mp4'), file);
  });
  expect(job.state).toBe('done');
});
