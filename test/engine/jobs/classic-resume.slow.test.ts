/** The classic engine in a job that is stopped again and again makes the frames of an undisturbed job, bit for bit. */
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createVideoEngine } from '#engine/jobs/create-video-engine.ts';
import { openJobQueue } from '#engine/jobs/job-queue.ts';
import type { VideoEngine } from '#engine/jobs/video-engine.ts';
import { openVideo } from '#engine/video/open-video.ts';
import type { JobId } from '#shared/jobs.ts';
import { DEFAULT_SWAP_SETTINGS } from '#shared/settings.ts';
import { type JobWorld, jobWorld } from '#test/support/jobs.ts';
import { ffmpeg, frameDigests } from '#test/support/video-clips.ts';
import { movingFaceClip } from '../../../bench/moving-face.ts';

const SAMPLES = path.resolve('models/samples');
const FRAMES = 26;

let world: JobWorld;
let clip: string;
beforeAll(async () => {
  world = await jobWorld();
  const large = await movingFaceClip(world.folder, FRAMES);
  clip = world.at('clip.mp4');
  await ffmpeg(world.folder, '-i', large, '-vf', 'scale=640:360', '-c:v', 'libx264', '-crf', '12', clip);
});
afterAll(() => world[Symbol.asyncDispose]());

/** The real engine with parts of eight frames. */
const shortParts = (engine: VideoEngine): VideoEngine => ({ ...engine, partSeconds: 0.32 });

const request = (out: string) => ({
  ...world.request(clip, { out, swap: { ...DEFAULT_SWAP_SETTINGS, engine: 'classic' } }),
  sources: [
    { path: path.join(SAMPLES, 'ines.webp'), name: 'ines.webp', face: 'largest' as const, goal: 'all' as const },
  ],
});

test('every resume goes on where it was', async () => {
  const whole = world.at('whole.mp4');
  {
    await using engine = createVideoEngine();
    await using queue = openJobQueue({ jobs: world.jobs, engine: shortParts(engine) });
    const { id } = await queue.add(request(whole));
    expect(await queue.settled(id)).toMatchObject({ state: 'done', swappedFrames: FRAMES });
  }

  const stopped = world.at('stopped.mp4');
  let id: JobId | undefined;
  let runs = 0;
  for (let state = ''; state !== 'done'; runs += 1) {
    // Each run has an engine of its own, as a process would.
    await using engine = createVideoEngine();
    let steps = 0;
    let pausing: Promise<unknown> | undefined;
    const known = id;
    const counted: VideoEngine = {
      ...shortParts(engine),
      async openAnalysis(...from) {
        const analysis = await engine.openAnalysis(...from);
        return { ...analysis, look: (frame, signal) => analysis.look(frame, signal).then(stopInside) };
      },
      async openSwapper(swapper) {
        const opened = await engine.openSwapper(swapper);
        return { ...opened, swap: async (...frame) => opened.swap(...frame).finally(stopInside) };
      },
    };
    // In the second part of every run: one more is finished each time.
    const stopInside = (): void => {
      steps += 1;
      if (steps >= 11 && id !== undefined) pausing ??= queue.pause(id);
    };
    await using queue = openJobQueue({ jobs: world.jobs, engine: counted });
    if (known === undefined) ({ id } = await queue.add(request(stopped)));
    else await queue.resume(known);
    if (id === undefined) throw new Error('the job was not made');
    ({ state } = await queue.settled(id));
    await pausing;
    expect(['paused', 'done']).toContain(state);
  }
  expect(runs).toBeGreaterThan(3);
  const [a, b] = await Promise.all([whole, stopped].map(async (file) => frameDigests((await openVideo(file)).info)));
  expect(b).toEqual(a);
});
