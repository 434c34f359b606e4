/**
 * A job with the real networks of the rgi engine is killed at random moments of its tuning, and paused once: every process
 * goes on at the last checkpoint, and the tuned weights are in the end those of a job that nobody disturbed, bit by bit.
 * `E4S_SEED` chooses other moments.
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TuningEffort } from '#engine/jobs/rgi-tuning.ts';
import { openSafetensors } from '#engine/weights/safetensors.ts';
import { signalProcess } from '#test/support/kill-processes.ts';
import { randomNumbers } from '#test/support/random-numbers.ts';
import { type RgiWorld, rgiWorld, SMALL } from '#test/support/rgi-job.ts';
import type { RgiJobOrder } from '#test/support/rgi-job-process.ts';
import { buildJobProcess, type RunningJob, runJobProcess } from '#test/support/run-job-process.ts';

const SEED = Number(process.env['E4S_SEED'] ?? 6);
const KILLS = 5;
/** Kills before the pause. */
const PAUSED_AFTER = 2;
const FRAMES = 2;
const PASSES = 5;
/** The last pass of the default schedule would go over every frame; two frames are key frames both. */
const UPDATES = PASSES * FRAMES;
/** Most updates are not saved: whoever goes on has to make some of them again. */
const EFFORT: TuningEffort = { ...SMALL, size: 32, saveEvery: 3 };

let world: RgiWorld;
let entry: Awaited<ReturnType<typeof buildJobProcess>>;
beforeAll(async () => {
  world = await rgiWorld(FRAMES);
  entry = await buildJobProcess('test/support/rgi-job-process.ts');
}, 600_000);
afterAll(async () => {
  await entry?.remove();
  await world?.[Symbol.asyncDispose]();
});

const start = (order: Omit<RgiJobOrder, 'jobs' | 'effort'>): RunningJob =>
  runJobProcess(entry.file, { jobs: world.jobs, effort: EFFORT, ...order });
const requestOf = (name: string) => world.request(world.at(name), { ptiSteps: PASSES });

const numbersOf = (lines: readonly string[], word: string): number[] =>
  lines.flatMap((line) => (line.startsWith(`${word} `) ? [Number(line.split(' ')[1])] : []));
const lastPhase = (lines: readonly string[]): string | undefined => lines.findLast((line) => line.startsWith('phase '));
const idOf = (lines: readonly string[]): string =>
  lines.find((line) => line.startsWith('job '))?.slice('job '.length) ?? '';

const tuningOf = (id: string): string => path.join(world.jobs, id, 'tuning');
const tunedBytes = (id: string, name: string): Promise<Buffer> => readFile(path.join(tuningOf(id), name));

/** Updates behind the checkpoint of a job; 0 without one. It can be read whenever its process was killed. */
async function savedUpdates(id: string): Promise<number> {
  const file = 'checkpoint.safetensors';
  if (!(await readdir(tuningOf(id)).catch(() => [] as string[])).includes(file)) return 0;
  await using opened = await openSafetensors(path.join(tuningOf(id), file));
  return Number(opened.metadata.get('updates'));
}

/** Waits until the tuning has made so many updates, then a little longer. */
async function meet({ child, lines }: RunningJob, update: number, laterMs: number): Promise<void> {
  const there = (): boolean =>
    update === 0 ? lines.includes('phase tune') : (numbersOf(lines, 'update').at(-1) ?? 0) >= update;
  while (!there() && child.exitCode === null && child.signalCode === null) await delay(5);
  await delay(laterMs);
}

describe.skipIf(process.platform === 'win32')(`seed ${SEED}`, () => {
  it(`ends with the same bits after ${KILLS} kills and a pause between them`, async () => {
    const whole = start({ request: requestOf('whole') });
    const times: number[] = [];
    whole.child.stdout?.on('data', (text: string) => {
      if (/^update/m.test(text)) times.push(performance.now());
    });
    expect((await whole.ended).at(-1)).toBe('end paused ');
    expect(numbersOf(whole.lines, 'update')).toEqual(Array.from({ length: UPDATES }, (_, at) => at + 1));
    const updateMs = (times.at(-1)! - times[0]!) / (times.length - 1);

    let id = '';
    let saved = 0;
    /** Every process begins with the update after the checkpoint. */
    const check = (lines: readonly string[]): void => {
      const [first = saved + 1] = numbersOf(lines, 'update');
      expect(first).toBe(saved + 1);
    };
    const met: number[] = [];
    const kill = async (moment: number): Promise<void> => {
      const after = Math.floor(moment);
      // However late the kill comes, it meets the process at work.
      const holdAfter = after + 1;
      const running = start({ ...(id === '' ? { request: requestOf('killed') } : { resume: id }), holdAfter });
      await meet(running, after, (moment - after) * updateMs);
      const wasThere = signalProcess(running.child.pid as number, 'SIGKILL');
      const lines = await running.ended;
      id ||= idOf(lines);
      check(lines);
      if (wasThere && lastPhase(lines) === 'phase tune') met.push(moment);
      saved = await savedUpdates(id);
    };
    const random = randomNumbers(SEED);
    const moments = Array.from({ length: KILLS }, () => random() * (UPDATES - 1)).toSorted((a, b) => a - b);
    for (const moment of moments.slice(0, PAUSED_AFTER)) await kill(moment);

    const paused = await start({ resume: id, pauseAfter: saved + 1 }).ended;
    check(paused);
    expect(paused.at(-1)).toBe('end paused ');
    expect(lastPhase(paused)).toBe('phase tune');
    saved = await savedUpdates(id);
    expect(saved).toBe(numbersOf(paused, 'update').at(-1));

    for (const moment of moments.slice(PAUSED_AFTER)) await kill(moment);
    expect(met, 'kills in the middle of tuning').toEqual(moments);
    const last = await start({ resume: id }).ended;
    check(last);
    expect(last.at(-1)).toBe('end paused ');
    for (const name of ['tuned.safetensors', 'losses.jsonl'])
      expect((await tunedBytes(id, name)).equals(await tunedBytes(idOf(whole.lines), name)), name).toBe(true);
    expect((await readdir(tuningOf(id))).toSorted()).toEqual((await readdir(tuningOf(idOf(whole.lines)))).toSorted());
  });
});
