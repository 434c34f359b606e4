/** `e4s tune job`: the job's tuning up to its weights, interrupted, taken up again, and every way in which it can fail. */
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { MissingPackError, StorageError } from '#engine/errors.ts';
import type { VideoEngine } from '#engine/jobs/video-engine.ts';
import { asMemoryError } from '#engine/tuning/memory-error.ts';
import { openSafetensors } from '#engine/weights/safetensors.ts';
import { fakeVideoEngine } from '#test/support/fake-video-engine.ts';
import { type JobWorld, jobWorld } from '#test/support/jobs.ts';
import { openPaintedTuning } from '#test/support/painted-tuning.ts';
import { ffmpeg, testPicture } from '#test/support/video-clips.ts';
import { cli } from './fake-studio.ts';

let world: JobWorld;
let clip: string;
beforeAll(async () => {
  world = await jobWorld();
  process.env['E4S_HOME'] = world.folder;
  clip = world.at('clip.mp4');
  await ffmpeg(world.folder, ...testPicture('64x48', '25', 0.2), '-c:v', 'libx264', '-preset', 'ultrafast', clip);
});
afterEach(async () => {
  const { jobs } = JSON.parse((await cli(['jobs', 'list', '--json'])).stdout);
  for (const { id } of jobs) await cli(['jobs', 'remove', id]);
});
afterAll(async () => {
  delete process.env['E4S_HOME'];
  await world[Symbol.asyncDispose]();
});

/** The loop and its files are the studio's own; what is tuned is one small matrix. */
const painted = (change: Partial<VideoEngine> = {}): VideoEngine => ({
  ...fakeVideoEngine(),
  openTuning: async () => openPaintedTuning({ pace: 0, weightsOf: async () => ({}) }),
  ...change,
});

/** An engine whose tuning ends with this. */
const failing = (tune: () => Promise<never>): VideoEngine =>
  painted({
    openTuning: async () => ({ ...openPaintedTuning({ pace: 0, weightsOf: async () => ({}) }), tune }),
  });

/** A job that was paused before anything was swapped. */
async function addJob(engine: 'auto' | 'classic' = 'auto'): Promise<string> {
  const queue = world.queue(fakeVideoEngine({ delayMs: 20 }));
  const request = world.request(clip, { out: world.at('out.mp4') });
  const { id } = await queue.add({ ...request, swap: { ...request.swap, engine } });
  await queue.pause(id);
  await queue.settled(id);
  return id;
}

const steps = ['--pti-steps', '4', '--pti-lr', '0.02'];

test('tunes, tells every term of the loss, and leaves the frames for later', async () => {
  const id = await addJob();
  const out = world.at('tuned.safetensors');
  const engine = fakeVideoEngine();
  const videoEngine = { ...painted(), openSwapper: engine.openSwapper };
  const run = await cli(['tune', 'job', id, ...steps, '--out', out, '--json', '--progress', 'json'], { videoEngine });
  expect(run.code).toBe(0);
  const result = JSON.parse(run.stdout);
  expect(result).toMatchObject({ job_id: id, out });
  expect(await readFile(out)).toEqual(await readFile(result.tuned));
  await using opened = await openSafetensors(out);
  expect([...opened.tensors.keys()]).toEqual(['w']);

  const events = run.stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const updates = events.filter(({ tuning }) => tuning === 'update');
  expect(updates.length).toBeGreaterThan(0);
  for (const { losses } of updates) {
    const terms = ['mse', 'lpips', 'id', 'parsing', 'total'];
    const named = ['driven', 'recolored'].flatMap((target) => terms.map((term) => `${target}.${term}`));
    expect(Object.keys(losses).toSorted()).toEqual(['loss', ...named].toSorted());
  }
  const fractions = events.map(({ fraction }) => fraction);
  expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
  expect(fractions.at(-1)).toBeGreaterThan(0);
  const { jobs } = JSON.parse((await cli(['jobs', 'list', '--json'])).stdout);
  expect(jobs).toMatchObject([{ id, state: 'paused', swapped_frames: 0 }]);
});

test('an interrupt pauses it, and the same command goes on', async () => {
  const id = await addJob();
  const whole = await addJob();
  await cli(['tune', 'job', whole, ...steps], { videoEngine: painted() });
  const interrupt = new AbortController();
  const videoEngine = painted({
    openTuning: async () => {
      const tuning = openPaintedTuning({ pace: 0, weightsOf: async () => ({}) });
      return {
        ...tuning,
        tune: (options) =>
          tuning.tune({
            ...options,
            onEvent: (event) => {
              options.onEvent?.(event);
              if (event.type === 'update' && event.update === 3) interrupt.abort();
            },
          }),
      };
    },
  });
  const paused = await cli(['tune', 'job', id, ...steps], { videoEngine, signal: interrupt.signal });
  expect(paused.code).toBe(6);
  expect(paused.stderr).toContain(`Paused; what was reached is kept. "e4s tune job ${id}" goes on.`);
  const { code, stdout } = await cli(['tune', 'job', id, '--json'], { videoEngine: painted() });
  expect(code).toBe(0);
  const file = (job: string): Promise<Buffer> => readFile(JSON.parse(stdout).tuned.replace(id, job) as string);
  expect((await file(id)).equals(await file(whole))).toBe(true);
});

test.each([
  [
    'packs are missing',
    4,
    painted({
      openTuning: () =>
        Promise.reject(
          new MissingPackError('Tuning needs packs that are not there: arcface.', { action: 'Swap without tuning.' }),
        ),
    }),
    /Tuning needs packs that are not there: arcface\. Swap without tuning\. "e4s tune job job_\w+" goes on\./,
  ],
  [
    'memory is short',
    2,
    failing(() => asMemoryError(() => Promise.reject(new Error('Non-zero status code returned: std::bad_alloc')))),
    /There is not enough memory for tuning\. Close other programs and go on: what was reached is kept\./,
  ],
  [
    'the disk is full',
    3,
    failing(() => Promise.reject(new StorageError('The disk is full.', { action: 'Free some space.' }))),
    /The disk is full\. Free some space\. "e4s tune job job_\w+" goes on\./,
  ],
] as const)('says that %s', async (_what, code, videoEngine, message) => {
  const id = await addJob();
  const run = await cli(['tune', 'job', id, ...steps], { videoEngine });
  expect(run.stderr).toMatch(message);
  expect(run).toMatchObject({ code, stdout: '' });
});

test('says at which update the loss was lost, and keeps the last good weights', async () => {
  const id = await addJob();
  const run = await cli(['tune', 'job', id, '--pti-steps', '20', '--pti-lr', '0.6'], { videoEngine: painted() });
  expect(run.code).toBe(3);
  expect(run.stderr).toMatch(
    /The loss of update 12 is NaN\. The weights after update 10 are kept\. Tune with a lower learning rate\./,
  );
});

test('refuses what cannot be tuned', async () => {
  const id = await addJob('classic');
  const classic = await cli(['tune', 'job', id], { videoEngine: painted() });
  expect(classic).toMatchObject({ code: 2, stdout: '' });
  expect(classic.stderr).toMatch(/classic engine, which has nothing to tune/);
  expect((await cli(['tune', 'job', 'clip.mp4'])).stderr).toMatch(/"clip\.mp4" names no job/);
  const faceless = await addJob();
  const none = painted({ ...fakeVideoEngine({ faces: () => [] }) });
  const empty = await cli(['tune', 'job', faceless, ...steps], { videoEngine: none });
  expect(empty).toMatchObject({ code: 2, stdout: '' });
  expect(empty.stderr).toMatch(/nothing to tune in this job/);
});
