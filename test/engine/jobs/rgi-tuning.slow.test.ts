/**
 * Jobs with and without tuning on the real networks of the rgi engine: what tuning moves stays with its job, its networks
 * are closed before frames are swapped, and tuned weights can be used again.
 */
import { copyFile, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createVideoEngine } from '#engine/jobs/create-video-engine.ts';
import { openJobQueue } from '#engine/jobs/job-queue.ts';
import type { JobQueue } from '#engine/jobs/jobs.ts';
import type { TuningWatch } from '#engine/jobs/run.ts';
import type { VideoEngine } from '#engine/jobs/video-engine.ts';
import { TunedStore } from '#engine/tuning/tuned-store.ts';
import type { TuningEvent } from '#engine/tuning/tuning-job.ts';
import { openGeneratorWeights } from '#engine/tuning/tuning-networks.ts';
import { openSafetensors } from '#engine/weights/safetensors.ts';
import type { JobPhase } from '#shared/video.ts';
import { type RgiWorld, rgiWorld, SMALL } from '#test/support/rgi-job.ts';

const UPDATES = 4;
const TUNED = { ptiSteps: UPDATES, ptiSchedule: 'literal' } as const;

let world: RgiWorld;
let engine: VideoEngine;
let queue: JobQueue;
const open = new Set<InferenceSession>();
const told: TuningEvent[] = [];
const watch: TuningWatch = {
  begin: async () => ({
    tell: (event) => void told.push(event),
    wish: () => undefined,
    watchedFrame: () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  }),
};

beforeAll(async () => {
  world = await rgiWorld(1);
  const create = InferenceSession.create.bind(InferenceSession) as (...given: unknown[]) => Promise<InferenceSession>;
  vi.spyOn(InferenceSession, 'create').mockImplementation((async (...given: unknown[]) => {
    const session = await create(...given);
    open.add(session);
    const release = session.release.bind(session);
    session.release = async () => {
      open.delete(session);
      await release();
    };
    return session;
  }) as typeof InferenceSession.create);
  engine = createVideoEngine({ tuningEffort: SMALL });
  queue = openJobQueue({ jobs: world.jobs, engine, tuning: watch });
}, 600_000);
afterAll(async () => {
  await queue?.[Symbol.asyncDispose]();
  await engine?.[Symbol.asyncDispose]();
  vi.restoreAllMocks();
  await world?.[Symbol.asyncDispose]();
});

/** Runs a job. @returns its frame, and how many networks were open when each phase began */
async function run(name: string, pti?: Parameters<RgiWorld['request']>[1]) {
  const out = world.at(name);
  const openAt = new Map<JobPhase, number>();
  const stop = queue.watch((event) => {
    if (event.type === 'job' && event.job.state === 'running' && !openAt.has(event.job.phase))
      openAt.set(event.job.phase, open.size);
  });
  const { id } = await queue.add(world.request(out, pti));
  expect(await queue.settled(id)).toMatchObject({ state: 'done', swappedFrames: 1 });
  stop();
  const [frame, ...others] = (await readdir(out)).filter((file) => file.endsWith('.png'));
  expect(others).toEqual([]);
  return { id, frame: await readFile(path.join(out, frame as string)), openAt };
}

const fileOf = (id: string, name: string): string => path.join(world.jobs, id, 'tuning', name);

it('tuning changes no other job, closes its networks, and its weights load as they are', async () => {
  const before = await run('before');
  const tuned = await run('tuned', TUNED);
  const updates = told.filter((event) => event.type === 'update');
  expect(updates.map(({ update }) => update)).toEqual(Array.from({ length: UPDATES }, (_, at) => at + 1));
  for (const { losses } of updates)
    for (const target of ['driven', 'recolored'])
      for (const term of ['mse', 'lpips', 'id', 'parsing', 'total'])
        expect(Number.isFinite(losses[`${target}.${term}`]), `${target}.${term}`).toBe(true);
  const idle = before.openAt.get('swap');
  expect(tuned.openAt.get('swap')).toBe(idle);

  const after = await run('after');
  expect(after.frame.equals(before.frame)).toBe(true);
  expect(tuned.frame.equals(before.frame)).toBe(false);

  // The weights as a file, taken in as resume weights: nothing is learnt, and the frames are drawn with the same numbers.
  const file = world.at('tuned.safetensors');
  await copyFile(fileOf(tuned.id, 'tuned.safetensors'), file);
  told.length = 0;
  const kept = await new TunedStore(world.at('tuned')).add(file, await openGeneratorWeights(world.packs), SMALL.size);
  const { id } = await queue.add(world.request(world.at('loaded'), { ptiSteps: 0, ptiResume: kept.id }));
  let pausing: Promise<unknown> | undefined;
  const stop = queue.watch((event) => {
    if (event.type === 'job' && event.job.state === 'running' && event.job.phase === 'swap')
      pausing ??= queue.pause(id);
  });
  await queue.settled(id);
  stop();
  await pausing;
  expect(told).toEqual([]);
  await using first = await openSafetensors(file);
  await using loaded = await openSafetensors(fileOf(id, 'tuned.safetensors'));
  expect([...loaded.tensors.keys()].toSorted()).toEqual([...first.tensors.keys()].toSorted());
  for (const name of first.tensors.keys())
    expect(Buffer.compare(await loaded.read(name), await first.read(name)), name).toBe(0);
});
