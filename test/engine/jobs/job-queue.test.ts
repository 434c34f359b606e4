import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeFrames } from '#engine/video/decode.ts';
import { openVideo } from '#engine/video/open-video.ts';
import { invert } from '#test/support/fake-video-engine.ts';
import { type JobWorld, jobWorld } from '#test/support/jobs.ts';
import { ffmpeg, largestGap, secondsOf, testPicture, tone } from '#test/support/video-clips.ts';

let world: JobWorld;
let clip: string;

beforeAll(async () => {
  world = await jobWorld();
  clip = world.at('clip.mkv');
  await ffmpeg(
    world.folder,
    ...testPicture('64x48', '25', 4),
    ...tone(440, 4),
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac', clip],
  );
});
afterAll(() => world[Symbol.asyncDispose]());

describe('a job', () => {
  test('swaps every frame and puts the result into its place', async () => {
    const { queue } = world.fake();
    const out = world.at('out.mkv');
    const added = await queue.add(world.request(clip, { out }));
    expect(added).toMatchObject({ target: 'clip.mkv', out: 'out.mkv', first: 0, end: 100, clipFrames: 100 });
    const done = await queue.settled(added.id);
    expect(done.error).toBeUndefined();
    expect(done).toMatchObject({ state: 'done', swappedFrames: 100, skipped: [], fraction: 1 });
    const [target, result] = [await openVideo(clip), await openVideo(out)];
    expect(largestGap(secondsOf(result), secondsOf(target))).toBeLessThanOrEqual(0.001);
    const wanted: Uint8Array[] = [];
    for await (const frame of decodeFrames(target.info)) {
      invert(frame.pixels, 64, 48, [8, 8, 24, 24]);
      wanted.push(frame.pixels);
    }
    let i = 0;
    for await (const frame of decodeFrames(result.info)) expect(Buffer.compare(frame.pixels, wanted[i++]!)).toBe(0);
    expect(i).toBe(100);
    expect((await readdir(path.join(world.jobs, done.id))).sort()).toEqual([
      'frames.json',
      'manifest.json',
      'reserve',
      'sources',
      'state.json',
      'tracks.json',
    ]);
  });
});
