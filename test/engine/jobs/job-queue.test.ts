import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toStorageError } from '#engine/files/atomic.ts';
import type { JobEvent, JobQueue, JobRequest } from '#engine/jobs/jobs.ts';
import { decodeFrames } from '#engine/video/decode.ts';
import { openVideo } from '#engine/video/open-video.ts';
import type { JobId } from '#shared/jobs.ts';
import { DEFAULT_VIDEO_SETTINGS } from '#shared/settings.ts';
import { invert } from '#test/support/fake-video-engine.ts';
import { type JobWorld, jobWorld } from '#test/support/jobs.ts';
import { rejection } from '#test/support/rejection.ts';
import { ffmpeg, frameDigests, testPicture, tone } from '#test/support/video-clips.ts';

let world: JobWorld;
let clip: string;
let made: string;

beforeAll(async () => {
  const shared = await jobWorld();
  made = shared.at('made.mp4');
  await ffmpeg(
    shared.folder,
    ...[...testPicture('64x48', '25', 2), ...tone(440, 2)],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac', made],
  );
  return () => shared[Symbol.asyncDispose]();
});
beforeEach(async () => {
  world = await jobWorld();
  clip = world.at('clip.mp4');
  await copyFile(made, clip);
});
afterEach(() => world[Symbol.asyncDispose]());

const add = async (queue: JobQueue, change: Partial<JobRequest> = {}): Promise<JobId> =>
  (await queue.add(world.request(clip, change))).id;

const filesOf = async (id: string): Promise<string[]> => (await readdir(path.join(world.jobs, id))).sort();
const segmentsOf = (id: string): Promise<string[]> => readdir(path.join(world.jobs, id, 'segments')).catch(() => []);

/** Frames of the target with the fake's face exchanged. */
async function wantedDigests(): Promise<string[]> {
  const digests: string[] = [];
  for await (const { pixels, release } of decodeFrames((await openVideo(clip)).info)) {
    invert(pixels, 64, 48, [8, 8, 24, 24]);
    digests.push(createHash('sha1').update(pixels).digest('hex'));
    release();
  }
  return digests;
}

describe('a job', () => {
  test('swaps every frame and puts the result into its place', async () => {
    const { queue } = world.fake();
    const out = world.at('out.mp4');
    const events: JobEvent[] = [];
    queue.watch((event) => events.push(event));
    const id = await add(queue, { out });
    const done = await queue.settled(id);
    expect(done).toMatchObject({ state: 'done', swappedFrames: 50, skipped: [], fraction: 1, out: 'out.mp4' });
    expect(await frameDigests((await openVideo(out)).info)).toEqual(await wantedDigests());
    expect(await queue.filesOf(id)).toMatchObject({ target: clip, result: out, out });
    expect(await filesOf(id)).toEqual([
      'frames.json',
      'manifest.json',
      'reserve',
      'sources',
      'state.json',
      'tracks.json',
    ]);
    const states = events.flatMap((event) => (event.type === 'job' ? [event.job.state] : []));
    expect([...new Set(states)]).toEqual(['queued', 'running', 'done']);
    const fractions = events.flatMap((event) => (event.type === 'job' ? [event.job.fraction] : []));
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
  });

  test('keeps a result without a place, and saves it in any container', async () => {
    const { queue } = world.fake();
    const id = await add(queue);
    await queue.settled(id);
    const { result } = await queue.filesOf(id);
    expect(path.dirname(result ?? '')).toBe(path.join(world.jobs, id));
    const wanted = await wantedDigests();
    for (const name of ['saved.mkv', 'saved.mp4', 'saved.mov']) {
      expect((await queue.saveAs(id, world.at(name))).bytes).toBeGreaterThan(1000);
      const saved = await openVideo(world.at(name));
      expect(await frameDigests(saved.info)).toEqual(wanted);
      expect(saved.info.audio).toHaveLength(1);
    }
    await queue.saveAs(id, world.at('pictures'));
    expect(await readdir(world.at('pictures'))).toHaveLength(51);
    expect(await rejection(queue.saveAs(id, world.at('saved.webm')))).toMatchObject({ kind: 'usage' });
  });

  test('keeps a result in the container that was chosen for it, and says which it will be', async () => {
    const { queue } = world.fake();
    const added = await queue.add(world.request(clip, { container: 'mov' }));
    expect(added.container).toBe('mov');
    expect((await queue.settled(added.id)).state).toBe('done');
    expect(path.extname((await queue.filesOf(added.id)).result ?? '')).toBe('.mov');
    // A name says more.
    expect((await queue.add(world.request(clip, { container: 'mov', out: world.at('out.mkv') }))).container).toBe(
      'mkv',
    );
    expect(await rejection(add(queue, { container: 'webm' }))).toMatchObject({ kind: 'usage' });
  });

  test('writes a folder of pictures', async () => {
    const { queue } = world.fake();
    const out = world.at('frames');
    const id = await add(queue, { out, output: 'pictures', encoder: { codec: 'h264', quality: 80, preset: 'fast' } });
    expect((await queue.settled(id)).error).toBeUndefined();
    expect(await readdir(out)).toHaveLength(51);
    expect(await rejection(add(queue, { out, output: 'pictures' }))).toMatchObject({ kind: 'usage' });
  });

  test('without any face is the target, and says so', async () => {
    const { queue } = world.fake({ faces: () => [] });
    const done = await queue.settled(await add(queue, { out: world.at('out.mp4') }));
    expect(done).toMatchObject({
      state: 'done',
      swappedFrames: 0,
      skipped: [{ from: 0, to: 49, reason: 'no-face' }],
      notices: ['No face was found in the clip.'],
    });
    const digests = await frameDigests((await openVideo(world.at('out.mp4'))).info);
    expect(digests).toEqual(await frameDigests((await openVideo(clip)).info));
  });

  test('needs no photo once it is made', async () => {
    const { queue } = world.fake();
    const id = await add(queue, { out: world.at('out.mp4') });
    await rm(world.photo);
    expect((await queue.settled(id)).state).toBe('done');
  });

  test('refused requests leave nothing', async () => {
    const { queue } = world.fake({ faceless: ['source.png'] });
    expect(await rejection(add(queue))).toMatchObject({ kind: 'no-face' });
    expect(await rejection(add(queue, { sources: [] }))).toMatchObject({ kind: 'usage' });
    expect(await rejection(add(queue, { out: world.at('no/such/out.mp4') }))).toMatchObject({ kind: 'storage' });
    await writeFile(clip, 'no video');
    expect(await rejection(add(queue))).toMatchObject({ kind: 'input', file: 'clip.mp4' });
    expect(await readdir(world.jobs).catch(() => [])).toEqual([]);
  });
});

/** Stops a job in the third part: two are finished, or three when the encoder was quick. */
async function stopInside(queue: JobQueue, id: JobId, stop: () => Promise<unknown>, reached: Promise<void>) {
  await reached;
  await stop();
  return queue.get(id);
}

/** A promise, and the call that resolves it. */
function signal(): { reached: Promise<void>; reach: () => void } {
  let reach = (): void => undefined;
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  return { reached, reach };
}

describe('pause and resume', () => {
  test('what is finished stays, the rest is done once', async () => {
    const { reached, reach } = signal();
    const { queue, engine } = world.fake({ delayMs: 2, duringSwap: (frame) => void (frame === 25 && reach()) });
    const out = world.at('out.mp4');
    const id = await add(queue, { out });
    const paused = await stopInside(queue, id, () => queue.pause(id), reached);
    expect(paused).toMatchObject({ state: 'paused', phase: 'swap', analysed: true });
    const finished = (await segmentsOf(id)).filter((name) => name.endsWith('.json')).length;
    expect(finished).toBeGreaterThanOrEqual(1);
    expect(paused.framesDone).toBe(10 * finished);
    expect(existsSync(out)).toBe(false);

    const swappedBefore = engine.swapped.length;
    const lookedBefore = engine.looked.length;
    expect((await queue.resume(id)).state).not.toBe('paused');
    expect((await queue.settled(id)).state).toBe('done');
    expect(engine.swapped.slice(swappedBefore)).toEqual(
      Array.from({ length: 50 - 10 * finished }, (_, i) => 10 * finished + i),
    );
    expect(engine.looked.length).toBe(lookedBefore);
    expect(await frameDigests((await openVideo(out)).info)).toEqual(await wantedDigests());
  });

  test('the analysis goes on at its first unfinished part too', async () => {
    const { reached, reach } = signal();
    const { queue, engine } = world.fake({ delayMs: 2, duringLook: (frame) => void (frame === 25 && reach()) });
    const id = await add(queue);
    expect(await stopInside(queue, id, () => queue.pause(id), reached)).toMatchObject({ phase: 'analyse' });
    const before = engine.looked.length;
    await queue.resume(id);
    await queue.settled(id);
    expect(engine.looked[before]).toBe(20);
  });

  test('another process pauses and cancels with a request', async () => {
    const { reached, reach } = signal();
    // A request is found at the next look for one: until then there must be frames to do, however slow the others are.
    const slowly = () => delay(200);
    const { queue } = world.fake({
      async duringSwap(frame) {
        if (frame < 12) return;
        reach();
        await slowly();
      },
    });
    const { queue: other } = world.fake({ duringSwap: slowly });
    const id = await add(queue);
    await reached;
    expect(await rejection(other.resume(id))).toMatchObject({ kind: 'usage' });
    expect((await other.list())[0]?.state).toBe('running');
    expect((await other.pause(id)).state).toBe('paused');
    expect((await queue.get(id)).state).toBe('paused');
    expect((await other.resume(id)).state).toMatch(/queued|running/);
    expect((await queue.cancel(id)).state).toBe('cancelled');
    expect(await filesOf(id)).not.toContain('ask.json');
  });

  test('a queue that is closed leaves its jobs paused', async () => {
    const { reached, reach } = signal();
    const { queue } = world.fake({ delayMs: 5, duringLook: (frame) => void (frame === 5 && reach()) });
    const first = await add(queue);
    const second = await add(queue);
    await reached;
    await queue[Symbol.asyncDispose]();
    const { queue: next } = world.fake();
    expect((await next.list()).map(({ id, state }) => [id, state])).toEqual([
      [first, 'paused'],
      [second, 'paused'],
    ]);
  });
});

describe('the queue', () => {
  test('runs one job at a time, also with two processes', async () => {
    let running = 0;
    let most = 0;
    const duringSwap = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running -= 1;
    };
    const queues = [world.fake({ duringSwap }).queue, world.fake({ duringSwap }).queue];
    const ids = [];
    for (const queue of [...queues, ...queues]) ids.push([queue, await add(queue)] as const);
    for (const [queue, id] of ids) expect((await queue.settled(id)).state).toBe('done');
    expect(most).toBe(1);
  });

  test('a job that waits can be cancelled without running', async () => {
    const { reached: released, reach: release } = signal();
    const { queue, engine } = world.fake({ duringSwap: () => released });
    const first = await add(queue);
    const second = await add(queue);
    expect((await queue.get(second)).state).toBe('queued');
    const cancelled = queue.cancel(second);
    release();
    await queue.settled(first);
    expect((await cancelled).state).toBe('cancelled');
    expect(engine.swapped).toHaveLength(50);
  });

  test('a job whose process died reads as interrupted', async () => {
    const { queue } = world.fake();
    const id = await add(queue, { stopAfter: 'analyse', sources: [] });
    await queue.settled(id);
    const state = path.join(world.jobs, id, 'state.json');
    await writeFile(state, (await readFile(state, 'utf8')).replace('"paused"', '"running"'));
    await writeFile(
      path.join(world.jobs, id, 'lock'),
      JSON.stringify({ host: hostname(), pid: 2 ** 22 - 1, started: 'x', token: 'y' }),
    );
    expect((await queue.get(id)).state).toBe('interrupted');
    await queue.configure(id, { sources: world.request(clip).sources });
    await queue.resume(id);
    expect((await queue.settled(id)).state).toBe('done');
  });

  test('a damaged job is listed, and can be removed', async () => {
    const { queue } = world.fake();
    const id = await add(queue);
    await queue.settled(id);
    await writeFile(path.join(world.jobs, id, 'manifest.json'), '{"version":99}');
    expect(await queue.list()).toMatchObject([{ id, state: 'failed', error: { kind: 'input' } }]);
    await queue.remove(id);
    expect(await queue.list()).toEqual([]);
    expect(await readdir(world.jobs)).toEqual([]);
  });
});

describe('cancel, retry, remove', () => {
  test('cancelling takes the parts away; retry begins anew', async () => {
    const { reached, reach } = signal();
    const { queue, engine } = world.fake({ delayMs: 2, duringSwap: (frame) => void (frame === 25 && reach()) });
    const out = world.at('out.mp4');
    const id = await add(queue, { out });
    expect(await stopInside(queue, id, () => queue.cancel(id), reached)).toMatchObject({ state: 'cancelled' });
    expect(await segmentsOf(id)).toEqual([]);
    expect(await rejection(queue.resume(id))).toMatchObject({ kind: 'usage' });
    const before = engine.looked.length;
    await queue.retry(id);
    expect((await queue.settled(id)).state).toBe('done');
    expect(engine.looked.length - before).toBe(50);
    expect(existsSync(out)).toBe(true);
  });

  test('removing a running job ends it and leaves nothing but saved results', async () => {
    const { reached, reach } = signal();
    const { queue } = world.fake({ delayMs: 2, duringSwap: () => reach() });
    const id = await add(queue);
    await reached;
    await queue.remove(id);
    expect(await readdir(world.jobs)).toEqual([]);
    expect(await rejection(queue.get(id))).toMatchObject({ kind: 'usage' });
  });
});

describe('before it goes on, a job looks', () => {
  async function pausedJob(identity?: () => Record<string, string>): Promise<{ queue: JobQueue; id: JobId }> {
    const { reached, reach } = signal();
    const { queue } = world.fake({
      delayMs: 2,
      duringSwap: (frame) => void (frame === 25 && reach()),
      ...(identity ? { identity } : {}),
    });
    const id = await add(queue);
    await stopInside(queue, id, () => queue.pause(id), reached);
    return { queue, id };
  }

  test('whether the video is the same', async () => {
    const { queue, id } = await pausedJob();
    await appendFile(clip, 'x');
    expect(await rejection(queue.resume(id))).toMatchObject({ kind: 'input', file: 'clip.mp4' });
    await queue.retry(id);
    expect((await queue.settled(id)).state).toBe('done');
  });

  test('also where its size is the same', async () => {
    const { queue, id } = await pausedJob();
    const bytes = await readFile(clip);
    bytes[bytes.length - 1]! ^= 1;
    await writeFile(clip, bytes);
    await queue.resume(id);
    expect(await queue.settled(id)).toMatchObject({ state: 'failed', error: { kind: 'input' } });
  });

  test('whether it is there', async () => {
    const { queue, id } = await pausedJob();
    await rm(clip);
    const error = await rejection(queue.resume(id));
    expect(error).toMatchObject({ kind: 'input', action: 'Put the video back where it was, then resume.' });
    await copyFile(made, clip);
    await queue.resume(id);
    expect((await queue.settled(id)).state).toBe('done');
  });

  test('whether the models are the same', async () => {
    let version = '1';
    const { queue, id } = await pausedJob(() => ({ 'the model of faces': version }));
    version = '2';
    const error = await rejection(queue.resume(id));
    expect(error).toMatchObject({ kind: 'usage', action: expect.stringContaining('retry') });
    expect((error as Error).message).toContain('another version of the model of faces');
    await queue.retry(id);
    expect((await queue.settled(id)).state).toBe('done');
  });
});

describe('a failure', () => {
  test('of the disk pauses the job with its reason', async () => {
    let full = true;
    const { queue } = world.fake({
      duringSwap: (frame) => {
        if (full && frame === 25) throw toStorageError({ code: 'ENOSPC' }, 'segments/000002.mp4');
      },
    });
    const id = await add(queue);
    expect(await queue.settled(id)).toMatchObject({
      state: 'paused',
      error: { kind: 'storage', message: 'The disk is full.' },
    });
    expect((await segmentsOf(id)).filter((name) => name.includes('.tmp'))).toEqual([]);
    full = false;
    await queue.resume(id);
    const done = await queue.settled(id);
    expect(done.state).toBe('done');
    expect(done.error).toBeUndefined();
  });

  test('of the engine fails the job, which can go on', async () => {
    let broken = true;
    const { queue } = world.fake({
      duringSwap: (frame) => {
        if (broken && frame === 13) throw new TypeError('broken inside');
      },
    });
    const id = await add(queue);
    expect(await queue.settled(id)).toMatchObject({ state: 'failed', error: { kind: 'internal' } });
    broken = false;
    await queue.resume(id);
    expect((await queue.settled(id)).state).toBe('done');
  });

  test('a face that is not there fails with its reason', async () => {
    const { queue } = world.fake();
    const [source] = world.request(clip).sources;
    const id = await add(queue, { sources: [{ ...source!, goal: { firstFrameFace: 3 } }] });
    expect(await queue.settled(id)).toMatchObject({ state: 'failed', error: { kind: 'no-face' } });
  });
});

describe('faces first, sources later', () => {
  const TWO = (frame: number) => [
    { track: 0, box: [0, 0, 20, 20] as const },
    ...(frame >= 20 ? [{ track: 1, box: [30, 10, 16, 16] as const }] : []),
  ];

  test('an analysed clip shows its tracks and single frames, and takes sources', async () => {
    const { queue, engine } = world.fake({ faces: TWO });
    const id = await add(queue, { stopAfter: 'analyse', sources: [] });
    expect(await queue.settled(id)).toMatchObject({ state: 'paused', analysed: true, fraction: 1 });
    expect(await queue.timeline(id)).toMatchObject({
      ranges: [{ from: 0, to: 49, state: 'pending' }],
      tracks: [
        { id: 0, firstFrame: 0, lastFrame: 49, source: null, ranges: [{ from: 0, to: 49, state: 'unassigned' }] },
        { id: 1, firstFrame: 20, lastFrame: 49, source: null, ranges: [{ from: 20, to: 49, state: 'unassigned' }] },
      ],
    });
    const thumb = await queue.trackThumb(id, 1, 64);
    expect([thumb.width, thumb.height]).toEqual([64, 64]);
    expect(await rejection(queue.trackThumb(id, 2, 64))).toMatchObject({ kind: 'usage' });
    expect(await rejection(queue.resume(id))).toMatchObject({ kind: 'usage', message: 'No source was chosen.' });

    const [source] = world.request(clip).sources;
    await queue.configure(id, { sources: [{ ...source!, goal: { track: 1 } }] });
    const view = { maxSide: 64 };
    const plain = await queue.frameOf(id, 30, 'target', view);
    const preview = await queue.frameOf(id, 30, 'result', view);
    expect(preview.bytes).not.toEqual(plain.bytes);
    const early = [await queue.frameOf(id, 5, 'target', view), await queue.frameOf(id, 5, 'result', view)];
    expect(early[1]!.bytes).toEqual(early[0]!.bytes);
    expect(await rejection(queue.frameOf(id, 50, 'target', view))).toMatchObject({ kind: 'usage' });

    const before = engine.looked.length;
    await queue.resume(id);
    const done = await queue.settled(id);
    expect(done).toMatchObject({
      state: 'done',
      swappedFrames: 30,
      skipped: [{ from: 0, to: 19, reason: 'unassigned' }],
    });
    expect(engine.looked.length).toBe(before);
    expect((await queue.frameOf(id, 30, 'result', view)).width).toBe(64);
    expect((await queue.timeline(id)).tracks[1]).toMatchObject({
      source: 0,
      ranges: [{ from: 20, to: 49, state: 'swapped' }],
    });
  });

  test('other settings swap again, a range inside looks at nothing more, another place does neither', async () => {
    const { queue, engine } = world.fake();
    const id = await add(queue);
    await queue.settled(id);
    const run = async (change: Parameters<JobQueue['configure']>[1]) => {
      const [looked, swapped] = [engine.looked.length, engine.swapped.length];
      await queue.configure(id, change);
      await queue.resume(id);
      expect((await queue.settled(id)).state).toBe('done');
      return [engine.looked.length - looked, engine.swapped.length - swapped];
    };
    const { swap } = world.request(clip);
    expect(await run({ swap: { ...swap, amount: 0.5 } })).toEqual([0, 50]);
    expect(await run({ video: { ...DEFAULT_VIDEO_SETTINGS, maxFrames: 12 } })).toEqual([0, 12]);
    expect((await queue.get(id)).end).toBe(12);
    expect(await run({ video: DEFAULT_VIDEO_SETTINGS })).toEqual([0, 50]);
  });
});
