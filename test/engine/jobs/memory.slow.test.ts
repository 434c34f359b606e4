/**
 * A long clip takes no more memory than a short one. Small frames keep it quick; a frame that is not let go of shows all
 * the same. `E4S_SIZE=1280x720` measures large ones.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type JobWorld, jobWorld } from '#test/support/jobs.ts';
import { buildJobProcess, runJobProcess } from '#test/support/run-job-process.ts';
import { ffmpeg, testPicture } from '#test/support/video-clips.ts';

const FRAMES = 500;
const SIZE = process.env['E4S_SIZE'] ?? '320x180';

/** Grows with use up to a limit: begun at the limit, so that what grows beside it is the job's. */
const YOUNG_GENERATION = ['--min-semi-space-size=16', '--max-semi-space-size=16'];

let world: JobWorld;
let entry: Awaited<ReturnType<typeof buildJobProcess>>;
beforeAll(async () => {
  entry = await buildJobProcess();
  world = await jobWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await entry.remove();
});

/** Copies of one short clip, one after the other. */
async function makeClip(times: number): Promise<string> {
  const once = world.at('once.mp4');
  const encoder = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50', '-frames:v', String(FRAMES)];
  if (times === 1) await ffmpeg(world.folder, ...testPicture(SIZE, '25', FRAMES / 25), ...encoder, once);
  const clip = world.at(`${times}.mp4`);
  await ffmpeg(world.folder, '-stream_loop', String(times - 1), '-i', once, '-c', 'copy', clip);
  return clip;
}

async function peakBytes(times: number): Promise<number> {
  const clip = await makeClip(times);
  const request = world.request(clip, {
    out: world.at(`${times} out.mp4`),
    encoder: { codec: 'h264', quality: 40, preset: 'fast' },
  });
  const order = { jobs: world.jobs, request, delayMs: 0, partSeconds: 3, inPlace: true };
  const { ended } = runJobProcess(entry.file, order, YOUNG_GENERATION);
  const lines = await ended;
  expect(lines.at(-1)).toBe('end done ');
  return Number(lines.find((line) => line.startsWith('rss '))?.slice(4));
}

test(`${10 * FRAMES} frames take at most a tenth more memory than ${FRAMES}`, async () => {
  const short = await peakBytes(1);
  const long = await peakBytes(10);
  console.info(`peak RSS: ${FRAMES} frames ${short / 1e6} MB, ${10 * FRAMES} frames ${long / 1e6} MB, ${long / short}`);
  expect(long / short).toBeLessThan(1.1);
});
