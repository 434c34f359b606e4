/** What was seen of a clip serves further jobs on it, and drafts that nobody uses go. */
import { readdir, rm, utimes } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tryLock } from '#engine/files/lock.ts';
import { DRAFT_MS } from '#engine/jobs/drafts.ts';
import type { JobRequest } from '#engine/jobs/jobs.ts';
import type { JobId } from '#shared/jobs.ts';
import { type FaceScript, type FakeEngineOptions, STILL_FACE } from '#test/support/fake-video-engine.ts';
import { type JobWorld, jobWorld } from '#test/support/jobs.ts';
import { ffmpeg, testPicture } from '#test/support/video-clips.ts';

let world: JobWorld;
let clip: string;

beforeAll(async () => {
  const shared = await jobWorld();
  clip = shared.at('made.mp4');
  await ffmpeg(shared.folder, ...testPicture('64x48', '25', 2), '-c:v', 'libx264', '-preset', 'ultrafast', clip);
  return () => shared[Symbol.asyncDispose]();
});
beforeEach(async () => {
  world = await jobWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const seenWith = async () => ({ tracking: '1' });
const LOOK: Partial<JobRequest> = { stopAfter: 'analyse', sources: [] };
const frames = (first: number, end: number) => ({ trim: { in: { frame: first }, out: { frame: end } } });
const range = (first: number, end: number): number[] => Array.from({ length: end - first }, (_, i) => first + i);

function opened(options: FakeEngineOptions = {}) {
  const { queue, engine } = world.fake({ seenWith, ...options });
  const add = async (change: Partial<JobRequest> = {}): Promise<JobId> =>
    (await queue.add(world.request(clip, change))).id;
  return { queue, engine, add };
}

describe('what one job saw', () => {
  test('serves another one in another process, with any range inside', async () => {
    const first = opened();
    await first.queue.settled(await first.add());
    expect(first.engine.looked).toEqual(range(0, 50));
    const { queue, engine, add } = opened();
    const id = await add(frames(13, 31));
    expect(await queue.settled(id)).toMatchObject({ state: 'done', swappedFrames: 18, first: 13, end: 31 });
    expect(engine.looked).toEqual([]);
  });

  test('finishes a look at once, also while another job runs', async () => {
    const { queue, engine, add } = opened({ duringSwap: () => paused });
    let go = (): void => undefined;
    const paused = new Promise<void>((resolve) => {
      go = resolve;
    });
    const running = await add();
    while (engine.looked.length < 50 || !(await queue.get(running)).analysed)
      await new Promise((r) => setTimeout(r, 20));
    const draft = await queue.get(await add({ ...LOOK, ...frames(5, 20) }));
    expect(draft).toMatchObject({ state: 'paused', phase: 'analyse', analysed: true, fraction: 1 });
    expect((await queue.timeline(draft.id)).tracks).toMatchObject([{ id: 0, firstFrame: 5, lastFrame: 19 }]);
    go();
    await queue.settled(running);
  });

  test('is looked at again where the engine sees otherwise, and when a failed job begins anew', async () => {
    const first = opened();
    await first.queue.settled(await first.add());
    const { queue, engine, add } = opened({ seenWith: async () => ({ tracking: '2' }) });
    await queue.settled(await add(frames(0, 10)));
    expect(engine.looked).toEqual(range(0, 10));

    let broken = true;
    const third = opened({
      duringSwap: () => {
        if (broken) throw new Error('a damaged record');
      },
    });
    const id = await third.add();
    expect(await third.queue.settled(id)).toMatchObject({ state: 'failed' });
    expect(third.engine.looked).toEqual([]);
    broken = false;
    await third.queue.retry(id);
    expect(await third.queue.settled(id)).toMatchObject({ state: 'done' });
    expect(third.engine.looked).toEqual(range(0, 50));
  });

  test('need not be there any more once a job has it', async () => {
    const { queue, engine, add } = opened();
    const id = await add(LOOK);
    await queue.settled(id);
    await rm(world.at('faces'), { recursive: true });
    const [source] = world.request(clip).sources;
    await queue.configure(id, { sources: [source!] });
    await queue.resume(id);
    expect(await queue.settled(id)).toMatchObject({ state: 'done', swappedFrames: 50 });
    expect(engine.looked).toEqual(range(0, 50));
  });
});

/** Somebody in the first half, somebody else for longer in the second, and where they stand. */
const HALVES: FaceScript = (frame) =>
  frame < 20 ? [{ track: frame < 0 ? 1 : 0, box: [0, 0, 20, 20] }] : [{ track: 1, box: [30, 10, 16, 16] }];

describe('a draft', () => {
  test('takes a range inside without another look, and its people keep their numbers', async () => {
    const { queue, engine, add } = opened({ faces: HALVES });
    const id = await add(LOOK);
    await queue.settled(id);
    const sources = world.request(clip).sources.map((source) => ({ ...source, goal: { track: 1 } }));
    const configured = await queue.configure(id, { sources, ...frames(25, 35) });
    expect(configured).toMatchObject({
      state: 'paused',
      phase: 'analyse',
      analysed: true,
      fraction: 1,
      first: 25,
    });
    expect(configured.seconds).toBeCloseTo(0.4);
    const before = await queue.timeline(id);
    expect(before).toMatchObject({ first: 25, end: 35, looked: { first: 0, end: 50 } });
    expect(before.tracks.map(({ ranges }) => ranges.map(({ from, to }) => [from, to]))).toEqual([
      [[0, 19]],
      [[20, 49]],
    ]);
    expect(configured.draft).toBe(true);
    await queue.resume(id);
    // Started and paused at once it is a job like others, although it stands where the draft stood.
    expect(await queue.pause(id)).toMatchObject({ state: 'paused', draft: false });
    await queue.resume(id);
    expect(await queue.settled(id)).toMatchObject({ state: 'done', swappedFrames: 10, first: 25, end: 35 });
    expect(engine.looked).toEqual(range(0, 50));
    const after = await queue.timeline(id);
    expect(after.tracks.map(({ ranges }) => ranges)).toEqual([[], [{ from: 25, to: 34, state: 'swapped' }]]);
  });

  test('with a longer range looks at the frames that are new', async () => {
    const { queue, engine, add } = opened();
    const id = await add({ ...LOOK, ...frames(10, 20) });
    await queue.settled(id);
    expect(await queue.configure(id, { sources: [], ...frames(4, 28) })).toMatchObject({ analysed: false });
    await queue.resume(id);
    expect(await queue.settled(id)).toMatchObject({ state: 'paused', analysed: true, first: 4, end: 28 });
    expect(engine.looked).toEqual([...range(10, 20), ...range(4, 10), ...range(20, 28)]);
    // The same bits as one look at those frames: a run goes on where it stopped.
    const [track] = (await queue.timeline(id)).tracks;
    expect(track).toMatchObject({ firstFrame: 4, lastFrame: 27, frames: 24, formerly: [0] });
  });

  test('knows its people after another job saw more of them', async () => {
    // Numbers go by who is seen longest.
    const { queue, add } = opened({
      faces: (frame) => [{ track: frame < 25 ? 0 : 1, box: frame < 25 ? [0, 0, 20, 20] : [30, 10, 16, 16] }],
    });
    const short = await add({ ...LOOK, ...frames(30, 40) });
    await queue.settled(short);
    const long = await add({ ...LOOK, formerly: short });
    await queue.settled(long);
    expect((await queue.timeline(long)).tracks.map(({ id, formerly }) => [id, formerly])).toEqual([
      [0, []],
      [1, [1]],
    ]);
  });

  test('that nobody used for a day is removed, and nothing else', async () => {
    const { queue, add } = opened({ faces: STILL_FACE });
    const [left, used, worked, kept] = [await add(LOOK), await add(LOOK), await add(LOOK), await add()];
    for (const id of [left, used, worked, kept]) await queue.settled(id);
    const old = (Date.now() - DRAFT_MS - 60_000) / 1000;
    for (const id of [left, used, worked, kept]) await utimes(path.join(world.jobs, id, 'state.json'), old, old);
    // Looked at by a window just now; in the hands of another process.
    await queue.timeline(used);
    const lock = await tryLock(path.join(world.jobs, worked, 'lock'));
    const removed: JobId[] = [];
    queue.watch((event) => event.type === 'removed' && removed.push(event.id));
    expect(await queue.tidy()).toBe(1);
    expect(removed).toEqual([left]);
    expect((await queue.list()).map(({ id }) => id)).toEqual([used, worked, kept].sort());
    expect((await readdir(world.jobs)).filter((name) => name.includes(left))).toEqual([]);
    if ('isHeld' in lock) await lock[Symbol.asyncDispose]();
    await queue.tidy();
    expect(removed).toEqual([left, worked]);
  });
});
