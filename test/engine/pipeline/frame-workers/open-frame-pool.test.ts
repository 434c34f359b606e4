/** Frames swapped by several threads, with rendered people. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { BroadcastChannel } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CancelledError, EngineLostError, InputError } from '#engine/errors.ts';
import { ffhqFrame } from '#engine/face/alignment.ts';
import { FaceAnalyser } from '#engine/face/faces.ts';
import type { TrackedFace } from '#engine/face/tracks/timeline.ts';
import { toRgbImage } from '#engine/image/working.ts';
import { alignPhoto, createClassicFrameSwapper, type FrameSource } from '#engine/pipeline/create-frame-swapper.ts';
import type { Frame } from '#engine/pipeline/frame-swapper.ts';
import { openFramePool } from '#engine/pipeline/frame-workers/open-frame-pool.ts';
import { DEFAULT_SWAP_SETTINGS } from '#shared/settings.ts';
import { buildEntry } from '#test/support/build-entry.ts';
import { samplePicture } from '../pictures.ts';

let analyser: FaceAnalyser;
let worker: Awaited<ReturnType<typeof buildEntry>>;
let source: FrameSource;
let frames: Frame[];
let face: TrackedFace;
let folder: string;

const options = (change: Partial<Parameters<typeof openFramePool>[1]> = {}) => ({
  sources: new Map([[0, source]]),
  settings: DEFAULT_SWAP_SETTINGS,
  detail: 'fast' as const,
  ...change,
});

const digest = ({ pixels }: Pick<Frame, 'pixels'>): string => createHash('sha256').update(pixels).digest('hex');

/** A worker of another kind: what it says is a program of its own. */
async function stubWorker(name: string, program: string): Promise<string> {
  const file = path.join(folder, `${name}.mjs`);
  await writeFile(file, `import { parentPort, BroadcastChannel } from 'node:worker_threads';\n${program}`);
  return file;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'e4s-pool-'));
  worker = await buildEntry('src/main/engine/pipeline/frame-workers/frame-worker.ts', { outside: ['sharp'] });
  analyser = new FaceAnalyser({ threads: 1 });
  const ines = await samplePicture('ines', 320);
  source = { picture: ines, face: (await analyser.detect(toRgbImage(ines)))[0]! };
  const freja = await samplePicture('freja', 300);
  const [found] = await analyser.detect(toRgbImage(freja));
  face = { track: 0, face: found!, frame: ffhqFrame(found!.landmarks68) };
  const { width, height } = freja;
  frames = [1, 0.95, 0.9].map((light, index) => ({
    ...{ index, width, height },
    pixels: freja.pixels.map((v) => Math.round(light * v)),
  }));
});

afterAll(async () => {
  await analyser[Symbol.asyncDispose]();
  await worker.remove();
  await rm(folder, { recursive: true });
});

describe('a pool of threads', () => {
  it('gives frames the bits that one thread gives them, and leaves the frames alone', async () => {
    const before = frames.map(digest);
    let stages = 0;
    const onTimes = (times: readonly unknown[]): void => {
      stages += times.length;
    };
    await using alone = createClassicFrameSwapper(analyser, options(), alignPhoto(true));
    const expected = [];
    for (const frame of frames) expected.push(await alone.swap(frame, [face]));
    await using pool = openFramePool(analyser, options({ onTimes }), {
      file: worker.file,
      threads: 2,
    });
    expect(pool.atOnce).toBe(3);
    const results = await Promise.all(frames.map((frame) => pool.swap(frame, [face, { ...face, track: 5 }])));
    expect(results.map(digest)).toEqual(expected.map(digest));
    for (const { swapped, skipped } of results) {
      expect([swapped, skipped]).toEqual([[0], [{ track: 5, reason: 'unassigned' }]]);
    }
    expect(new Set([...frames, ...results].map(digest)).size).toBe(6);
    expect(frames.map(digest)).toEqual(before);
    expect(stages).toBeGreaterThan(3 * 8);
    // Memory that was given back is used again, and no other.
    results[0]!.release?.();
    const again = await pool.swap(frames[2]!, [face]);
    expect([digest(again), digest(results[1]!)]).toEqual([digest(expected[2]!), digest(expected[1]!)]);
  }, 180_000);

  it('asks no thread about a frame in which nothing is exchanged', async () => {
    const file = await stubWorker('silent', "parentPort.on('message', () => undefined);");
    await using pool = openFramePool(analyser, options(), { file, threads: 2 });
    const skipped = await pool.swap(frames[0]!, [
      { ...face, skip: 'profile' },
      { ...face, track: 3, skip: 'blurred' },
    ]);
    expect(skipped.pixels).toBe(frames[0]!.pixels);
    expect(skipped).toMatchObject({
      swapped: [],
      skipped: [
        { track: 0, reason: 'profile' },
        { track: 3, reason: 'unassigned' },
      ],
    });
  });

  it('stops frames at work and frames that wait, and goes on afterwards', async () => {
    await using pool = openFramePool(analyser, options(), { file: worker.file, threads: 2 });
    const controller = new AbortController();
    const stopped = frames.map((frame) => pool.swap(frame, [face], controller.signal));
    controller.abort();
    for (const { status, reason } of (await Promise.allSettled(stopped)) as PromiseRejectedResult[]) {
      expect([status, reason]).toEqual(['rejected', expect.any(CancelledError)]);
    }
    expect((await pool.swap(frames[0]!, [face])).swapped).toEqual([0]);
    await expect(pool.swap(frames[0]!, [face], AbortSignal.abort())).rejects.toThrow(CancelledError);
  });

  it('throws what fails inside a thread by its class', async () => {
    const broken = {
      personSegmenter: () =>
        Promise.reject(new InputError('The model cannot be opened.', { file: 'person-mask.onnx' })),
    };
    await using pool = openFramePool(broken, options(), { file: worker.file, threads: 1 });
    const failure = pool.swap(frames[0]!, [face]);
    await expect(failure).rejects.toThrow(InputError);
    await expect(failure).rejects.toMatchObject({ message: 'The model cannot be opened.', file: 'person-mask.onnx' });
  });

  it('puts another thread in the place of one that ended', async () => {
    const file = await stubWorker(
      'mortal',
      `parentPort.on('message', ({ frame }) => {
         if (frame.index === 0) process.exit(3);
         if (frame.index === 1) throw new RangeError('out of order');
         parentPort.postMessage({ type: "swapped", frame: frame.pixels, changed: true, swapped: [0], skipped: [], times: [] });
       });`,
    );
    await using pool = openFramePool(analyser, options(), { file, threads: 1 });
    const [first, second, third] = await Promise.allSettled(frames.map((frame) => pool.swap(frame, [face])));
    expect(first).toMatchObject({ reason: expect.any(EngineLostError) });
    expect(second).toMatchObject({ reason: expect.any(EngineLostError) });
    expect(third).toMatchObject({ value: { swapped: [0] } });
    expect((await pool.swap(frames[2]!, [face])).swapped).toEqual([0]);
  });

  it('leaves no thread behind, whatever they do', async () => {
    const channel = new BroadcastChannel('e4s-pool-ticks');
    let ticks = 0;
    const heard = new Promise<void>((resolve) => {
      channel.onmessage = () => {
        ticks++;
        if (ticks > 4) resolve();
      };
    });
    const file = await stubWorker(
      'ticking',
      `const channel = new BroadcastChannel('e4s-pool-ticks');
       setInterval(() => channel.postMessage('tick'), 2);
       parentPort.on('message', () => { for (;;) channel.postMessage('busy'); });`,
    );
    const pool = openFramePool(analyser, options(), { file, threads: 2 });
    await heard;
    const unfinished = Promise.allSettled(frames.map((frame) => pool.swap(frame, [face])));
    await pool[Symbol.asyncDispose]();
    for (const { status } of await unfinished) expect(status).toBe('rejected');
    // What was said before the end may still be on its way; a thread that lives would never be quiet.
    const heardIn = async (ms: number): Promise<number> => {
      ticks = 0;
      await new Promise((resolve) => setTimeout(resolve, ms));
      return ticks;
    };
    await expect.poll(() => heardIn(50)).toBe(0);
    await expect(pool.swap(frames[0]!, [face])).rejects.toThrow(CancelledError);
    channel.close();
  });
});
