/**
 * Jobs are killed at random moments: the process that works on them, ffmpeg under it, or all of them at once. Every job
 * must be taken to its end by another process, and its frames must be those of a job that nobody disturbed.
 * `E4S_SEED` repeats a run.
 */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openVideo } from '#engine/video/open-video.ts';
import type { JobInfo } from '#shared/jobs.ts';
import { fakeVideoEngine } from '#test/support/fake-video-engine.ts';
import type { JobProcessOrder } from '#test/support/job-process.ts';
import { type JobWorld, jobWorld } from '#test/support/jobs.ts';
import { killTools, signalProcess } from '#test/support/kill-processes.ts';
import { randomNumbers } from '#test/support/random-numbers.ts';
import { buildJobProcess, type RunningJob, runJobProcess } from '#test/support/run-job-process.ts';
import { ffmpeg, frameDigests, packetsOf, testPicture, tone } from '#test/support/video-clips.ts';

const SEED = Number(process.env['E4S_SEED'] ?? Date.now() % 1e6);
const MOMENTS = Number(process.env['E4S_KILLS'] ?? 20);
const FRAMES = 120;
const PART_FRAMES = 10;

let world: JobWorld;
let clip: string;
let entry: Awaited<ReturnType<typeof buildJobProcess>>;
let wanted: string[];

beforeAll(async () => {
  entry = await buildJobProcess();
  world = await jobWorld();
  clip = world.at('clip.mp4');
  await ffmpeg(
    world.folder,
    ...[...testPicture('64x48', '25', FRAMES / 25), ...tone(440, FRAMES / 25)],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', '-c:a', 'aac', clip],
  );
  const whole = await run({ jobs: world.jobs, request: request(world.at('whole.mp4')), delayMs: 0 }).ended;
  expect(whole.at(-1)).toBe('end done ');
  wanted = await frameDigests((await openVideo(world.at('whole.mp4'))).info);
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await entry.remove();
});

/** Lossy and with sound: parts must be encoded the same way again. */
const request = (out: string) => world.request(clip, { out, encoder: { codec: 'h264', quality: 60, preset: 'fast' } });

const run = (order: JobProcessOrder): RunningJob => runJobProcess(entry.file, order);

const VICTIMS = ['engine', 'ffmpeg', 'group'] as const;

async function kill({ child, ended }: RunningJob, victim: (typeof VICTIMS)[number]): Promise<boolean> {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null) return false;
  if (victim === 'ffmpeg') return killTools(child);
  if (!signalProcess(victim === 'group' ? -pid : pid, 'SIGKILL')) return false;
  await ended;
  return true;
}

const numbersOf = (lines: readonly string[], word: string): number[] =>
  lines.flatMap((line) => (line.startsWith(`${word} `) ? [Number(line.split(' ')[1])] : []));

/** What a user sees of the one job, asked from a process that has nothing to do with it. */
async function look(jobs: string): Promise<JobInfo | undefined> {
  const { openJobQueue } = await import('#engine/jobs/job-queue.ts');
  await using queue = openJobQueue({ jobs, engine: fakeVideoEngine() });
  const [job] = await queue.list();
  return job;
}

describe.skipIf(process.platform !== 'linux')(`seed ${SEED}`, () => {
  const random = randomNumbers(SEED);
  const moments = Array.from({ length: MOMENTS }, (_, i) => ({
    number: i + 1,
    victim: VICTIMS[i % VICTIMS.length]!,
    /** Lines of output after which it is killed: the opening, looks, swaps and the end. */
    line: Math.floor(random() * (2 * FRAMES + 8)),
    laterMs: Math.floor(random() * 25),
    /** Some are killed again while they are resumed. */
    again: random() < 0.4 ? Math.floor(random() * FRAMES) : undefined,
  }));

  test.each(moments)('$number: $victim at line $line, $laterMs ms later, again at $again', async (moment) => {
    const jobs = world.at(`jobs ${moment.number}`);
    const out = world.at(`result ${moment.number}.mp4`);
    let running = run({ jobs, request: request(out), delayMs: 2 });
    await meet(running, moment.line, moment.laterMs);
    await kill(running, moment.victim);

    for (const again of [moment.again, undefined]) {
      if (moment.victim === 'ffmpeg') await running.ended;
      const job = await look(jobs);
      if (running.lines.at(-1)?.startsWith('end done')) {
        expect(job?.state).toBe('done');
      } else if (job === undefined) {
        // Killed before the job was made: nothing is there, and it begins anew.
        expect(numbersOf(running.lines, 'look')).toEqual([]);
        running = run({ jobs, request: request(out), delayMs: 2 });
      } else {
        expect(job.state).toBe(moment.victim === 'ffmpeg' ? 'failed' : job.state === 'done' ? 'done' : 'interrupted');
        // The result stands in its place when the last phase has put it there, and not before.
        if (existsSync(out)) expect(job.phase).toBe('finish');
        if (job.state === 'done') break;
        const finished = await finishedFrames(jobs, job.id);
        running = run({ jobs, resume: job.id, delayMs: 2 });
        if (again === undefined) {
          const lines = await running.ended;
          expect(lines.at(-1)).toBe('end done ');
          // It goes on at the first unfinished part.
          expect(numbersOf(lines, 'look')[0] ?? FRAMES).toBe(finished.looked);
          expect(numbersOf(lines, 'swap')[0] ?? FRAMES).toBe(finished.swapped);
        }
      }
      if (again !== undefined) {
        await meet(running, again, moment.laterMs);
        await kill(running, moment.victim);
      }
    }
    await running.ended;
    expect((await look(jobs))?.state).toBe('done');
    const result = await openVideo(out);
    expect(await frameDigests(result.info)).toEqual(wanted);
    const [before, after] = await Promise.all([packetsOf((await openVideo(clip)).info, 1), packetsOf(result.info, 1)]);
    expect(after.digests).toEqual(before.digests);
    const rests = (await readdir(world.folder, { recursive: true })).filter((name) => name.endsWith('.tmp'));
    expect(rests).toEqual([]);
  });
});

async function meet({ child, lines }: RunningJob, line: number, laterMs: number): Promise<void> {
  while (lines.length < line && child.exitCode === null && child.signalCode === null) await delay(2);
  await delay(laterMs);
}

/** Frames of the parts that are finished on disk. */
async function finishedFrames(jobs: string, id: string): Promise<{ looked: number; swapped: number }> {
  const count = async (name: string, ending: string): Promise<number> => {
    const files = await readdir(path.join(jobs, id, name)).catch(() => []);
    return Math.min(
      FRAMES,
      PART_FRAMES * files.filter((file) => file.endsWith(ending) && !file.startsWith('.')).length,
    );
  };
  return { looked: await count('analysis', '.faces'), swapped: await count('segments', '.json') };
}
