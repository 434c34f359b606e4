/** The tune phase of a job, with an engine that tunes nothing: what it prepares, hands on, keeps and begins anew. */
import { writeFileSync } from 'node:fs';
import { copyFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MissingPackError, StorageError } from '#engine/errors.ts';
import { openJobQueue } from '#engine/jobs/job-queue.ts';
import type { JobQueue } from '#engine/jobs/jobs.ts';
import type { TuningWatch } from '#engine/jobs/run.ts';
import type { JobTuning, SwapperRequest, TuneOptions, VideoEngine } from '#engine/jobs/video-engine.ts';
import type { TuningEvent, TuningOutcome } from '#engine/tuning/tuning-job.ts';
import type { JobId, JobInfo } from '#shared/jobs.ts';
import { DEFAULT_SWAP_SETTINGS, DEFAULT_VIDEO_SETTINGS, type VideoSettings } from '#shared/settings.ts';
import { type FaceScript, fakeVideoEngine } from '#test/support/fake-video-engine.ts';
import { type JobWorld, jobWorld } from '#test/support/jobs.ts';
import { ffmpeg, testPicture } from '#test/support/video-clips.ts';

let world: JobWorld;
let made: string;
let clip: string;

beforeAll(async () => {
  const shared = await jobWorld();
  made = shared.at('made.mp4');
  await ffmpeg(shared.folder, ...testPicture('64x48', '25', 0.4), '-c:v', 'libx264', '-preset', 'ultrafast', made);
  return () => shared[Symbol.asyncDispose]();
});
beforeEach(async () => {
  world = await jobWorld();
  clip = world.at('clip.mp4');
  await copyFile(made, clip);
});
afterEach(() => world[Symbol.asyncDispose]());

/** One face in all frames, covered in the fourth, and a second one without a source. */
const faces: FaceScript = (frame) => [
  { track: 0, box: [8, 8, 24, 24], ...(frame === 3 ? { skip: 'covered' as const } : {}) },
];

interface Tunings {
  readonly engine: VideoEngine;
  /** Frames whose faces were prepared. */
  readonly prepared: number[];
  readonly tuned: TuneOptions[];
  /** Tuned weights that swappers were opened with. */
  readonly swappedWith: (string | undefined)[];
}

function tuningEngine(during: (options: TuneOptions, update: number) => void = () => undefined): Tunings {
  const fake = fakeVideoEngine({ faces });
  const seen: Omit<Tunings, 'engine'> = { prepared: [], tuned: [], swappedWith: [] };
  const small = { width: 4, height: 4, channels: 3, data: new Uint8Array(48) };
  const tuning: JobTuning = {
    async prepare({ index }) {
      seen.prepared.push(index);
      return {
        driven: small,
        recolored: small,
        labels: new Uint8Array(512 * 512),
        vectors: new Float32Array(12 * 1280),
      };
    },
    async tune(options): Promise<TuningOutcome> {
      seen.tuned.push(options);
      await options.onNotice?.('Tuned as it can be here.');
      const total = 6;
      for (let update = 1; update <= total; update++) {
        if (options.wish?.() === 'pause') return { state: 'paused', updates: update - 1, tuned: undefined, ended: [] };
        if (options.wish?.() === 'finish') break;
        const losses = { loss: 1 / update };
        options.onEvent?.({
          ...{ type: 'update', stage: 'fine', update, total, frame: 0, losses },
          ...{ updatesPerSecond: null, secondsLeft: null },
        });
        during(options, update);
      }
      const tuned = path.join(options.folder, 'tuned.safetensors');
      await writeFile(tuned, 'weights');
      return { state: 'done', updates: total, tuned, ended: ['passes'] };
    },
    async [Symbol.asyncDispose]() {
      seen.prepared.length;
    },
  };
  const engine: VideoEngine = {
    ...fake,
    openSwapper(request: SwapperRequest) {
      seen.swappedWith.push(request.tuned);
      return fake.openSwapper(request);
    },
    openTuning: async () => tuning,
  };
  return { engine, ...seen };
}

const video = (change: Partial<VideoSettings> = {}): VideoSettings => ({
  ...DEFAULT_VIDEO_SETTINGS,
  pti: true,
  ...change,
});
const add = async (queue: JobQueue, change: Partial<VideoSettings> = {}): Promise<JobId> =>
  (await queue.add(world.request(clip, { video: video(change), out: world.at('out.mp4') }))).id;

describe('a job with tuning', () => {
  it('prepares every face that is exchanged, tunes, and swaps with the tuned weights', async () => {
    const { engine, prepared, tuned, swappedWith } = tuningEngine();
    const queue = world.queue(engine);
    const seen: JobInfo[] = [];
    queue.watch((event) => {
      if (event.type === 'job') seen.push(event.job);
    });
    const id = await add(queue, { ptiSteps: 7, ptiLearningRate: 0.002, recolorLambda: 3, ptiResume: 'abc' });
    const settled = await queue.settled(id);
    expect(settled).toMatchObject({ state: 'done', swappedFrames: 9 });
    expect(settled.notices).toContain('Tuned as it can be here.');
    expect(prepared).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9]);
    expect(tuned).toHaveLength(1);
    expect(tuned[0]?.frames.count).toBe(9);
    expect((await tuned[0]?.frames.read(8).catch(() => undefined))?.driven).toBeUndefined();
    expect(tuned[0]?.settings).toEqual({
      ...{ ptiSteps: 7, ptiLearningRate: 0.002, recolorLambda: 3, resumeId: 'abc', schedule: 'default' },
    });
    const weights = path.join(world.jobs, id, 'tuning', 'tuned.safetensors');
    expect(swappedWith).toEqual([weights]);
    expect((await readdir(path.dirname(weights))).sort()).toEqual(['tuned.safetensors', 'tuning.json']);
    expect(new Set(seen.map(({ phase }) => phase))).toEqual(new Set(['analyse', 'tune', 'swap', 'finish']));
    const fractions = seen.map(({ fraction }) => fraction);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
  });

  it('leaves other jobs alone: one without tuning swaps with the weights of the engine', async () => {
    const { engine, tuned, swappedWith } = tuningEngine();
    const queue = world.queue(engine);
    await queue.settled(await add(queue));
    await queue.settled(await add(queue, { pti: false }));
    const { id } = await queue.add(
      world.request(clip, { video: video(), swap: { ...DEFAULT_SWAP_SETTINGS, engine: 'classic' } }),
    );
    await queue.settled(id);
    expect(tuned).toHaveLength(1);
    expect(swappedWith.map((weights) => weights !== undefined)).toEqual([true, false, false]);
  });

  it('goes on after a pause without preparing or tuning again what is there', async () => {
    const stops: (() => void)[] = [];
    const first = tuningEngine((_options, update) => {
      if (update === 2) for (const stop of stops) stop();
    });
    const queue = world.queue(first.engine);
    const id = await add(queue);
    stops.push(() => void queue.pause(id));
    expect(await queue.settled(id)).toMatchObject({ state: 'paused', phase: 'tune' });
    expect(first.swappedWith).toEqual([]);
    await queue.resume(id);
    stops.length = 0;
    expect(await queue.settled(id)).toMatchObject({ state: 'done' });
    expect(first.prepared).toHaveLength(9);
    expect(first.tuned).toHaveLength(2);
    expect(first.swappedWith).toHaveLength(1);
  });

  it('throws away the checkpoint that a killed process did not finish', async () => {
    const half = '.checkpoint.safetensors.0123456789ab.tmp';
    const first = tuningEngine(({ folder }, update) => {
      if (update === 2) writeFileSync(path.join(folder, half), 'half');
      if (update === 3) throw new StorageError('The disk is full.');
    });
    const queue = world.queue(first.engine);
    const id = await add(queue);
    expect(await queue.settled(id)).toMatchObject({ state: 'failed', phase: 'tune' });
    const left = (): Promise<string[]> => readdir(path.join(world.jobs, id, 'tuning'));
    expect(await left()).not.toContain(half);
    await writeFile(path.join(world.jobs, id, 'tuning', half), 'half');
    await using second = openJobQueue({ jobs: world.jobs, engine: tuningEngine().engine });
    await second.resume(id);
    expect(await second.settled(id)).toMatchObject({ state: 'done' });
    expect((await left()).toSorted()).toEqual(['tuned.safetensors', 'tuning.json']);
  });

  it('tells whoever watches, and ends where they say that it is enough', async () => {
    const { engine, tuned } = tuningEngine();
    const told: TuningEvent[] = [];
    let closed = 0;
    const watch: TuningWatch = {
      begin: async (_id, subject) => {
        expect(subject.clipFrames).toEqual([0, 1, 2, 4, 5, 6, 7, 8, 9]);
        return {
          tell: (event) => void told.push(event),
          wish: () => (told.length >= 3 ? 'finish' : undefined),
          watchedFrame: () => 4,
          [Symbol.asyncDispose]: async () => {
            closed++;
          },
        };
      },
    };
    await using queue = openJobQueue({ jobs: world.jobs, engine, tuning: watch });
    expect(await queue.settled(await add(queue))).toMatchObject({ state: 'done' });
    expect(told.map((event) => event.type === 'update' && event.update)).toEqual([1, 2, 3]);
    expect(tuned[0]?.watchedFrame?.()).toBe(4);
    expect(closed).toBe(1);
  });

  it('only loads weights where no steps are wanted', async () => {
    const { engine, prepared, tuned } = tuningEngine();
    const queue = world.queue(engine);
    expect(await queue.settled(await add(queue, { ptiSteps: 0, ptiResume: 'abc' }))).toMatchObject({ state: 'done' });
    expect(prepared).toEqual([]);
    expect(tuned).toHaveLength(1);
  });

  it('fails with the packs that are missing, and swaps once tuning is off', async () => {
    const { engine, swappedWith } = tuningEngine();
    const refused = new MissingPackError('Tuning needs packs that are not there: arcface.');
    const queue = world.queue({ ...engine, openTuning: () => Promise.reject(refused) });
    const id = await add(queue);
    const failed = await queue.settled(id);
    expect(failed).toMatchObject({ state: 'failed', phase: 'tune' });
    expect(failed.error).toMatchObject({ kind: 'missing', message: refused.message });
    await queue.configure(id, { video: video({ pti: false }) });
    await queue.resume(id);
    expect(await queue.settled(id)).toMatchObject({ state: 'done', swappedFrames: 9 });
    expect(swappedWith).toEqual([undefined]);
  });
});
