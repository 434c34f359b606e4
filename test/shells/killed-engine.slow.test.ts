/**
 * The engine process of a studio is killed while it works on a video job with the classic engine. The studio starts the
 * next one, the job reads as interrupted, and goes on to the frames of a run that nobody disturbed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EngineStatus } from '#shared/contract.ts';
import { type JobId, type JobInfo, jobIdSchema } from '#shared/jobs.ts';
import { engineOf, signalProcess } from '#test/support/kill-processes.ts';
import { type StudioProcess, startStudio } from '#test/support/studio-process.ts';
import { ffmpeg } from '#test/support/video-clips.ts';
import { connectStudio, enter, type WebStudio } from '#test/support/web-client.ts';
import { movingFaceClip } from '../../bench/moving-face.ts';

/** At five frames a second a part has fifteen. */
const FRAMES = 60;
const PROGRAM = path.resolve('dist/main/cli.js');
const SOURCE = path.resolve('models/samples/ines.webp');

let folder: string;
let clip: string;
let studio: StudioProcess;
const at = (name: string): string => path.join(folder, name);

/** A swap on the command line of the same user. */
const swapTo = (out: string): string[] => [
  ...[PROGRAM, 'swap', '--engine', 'classic', '--source', SOURCE, '--target', clip, '--out', out],
  ...['--codec', 'h264-lossless'],
];
const environment = () => ({ ...process.env, E4S_HOME: studio.home });

/** What lies in a folder of the jobs: it stays there, so that it is seen however late one looks. */
const listed = (...folder: string[]): Promise<string[]> =>
  readdir(path.join(studio.home, 'jobs', ...folder)).catch(() => []);
const jobsThere = async (): Promise<JobId[]> =>
  (await listed()).flatMap((name) => jobIdSchema.safeParse(name).data ?? []);

/** A job that the command line began, and was killed at once. */
async function abandonedJob(out: string): Promise<JobId> {
  const before = new Set(await jobsThere());
  const child = spawn(process.execPath, swapTo(out), { env: environment(), stdio: 'ignore' });
  const closed = new Promise((resolve) => child.once('close', resolve));
  for (;;) {
    const made = (await jobsThere()).find((id) => !before.has(id));
    if (made === undefined) {
      await delay(5);
      continue;
    }
    child.kill('SIGKILL');
    await closed;
    return made;
  }
}

async function jobOf({ engine }: WebStudio, id: JobId): Promise<JobInfo> {
  const job = (await engine.jobs.list()).find((listed) => listed.id === id);
  if (job === undefined) throw new Error('the job is gone');
  return job;
}

/** Waits until a first part of a phase is finished: three quarters of the phase are left then. */
async function firstPart(id: JobId, folder: 'analysis' | 'segments'): Promise<void> {
  const ending = { analysis: '.faces', segments: '.json' }[folder];
  const isPart = (name: string): boolean => name.endsWith(ending) && !name.startsWith('.');
  while (!(await listed(id, folder)).some(isPart)) await delay(5);
}

const digestsOf = (file: string): Promise<string> => ffmpeg(folder, '-i', file, '-map', '0:v', '-f', 'framemd5', '-');

async function nextEngine({ shell }: WebStudio, generation: number): Promise<void> {
  for await (const status of (await shell.engineStatus()) as AsyncIterable<EngineStatus>) {
    if (status.generation >= generation && status.state === 'ready') return;
  }
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-engine-'));
  studio = await startStudio();
  const large = await movingFaceClip(folder, FRAMES);
  clip = at('clip.mp4');
  const slow = ['-vf', 'scale=640:360,setpts=5*PTS', '-r', '5'];
  await ffmpeg(folder, '-i', large, ...slow, '-c:v', 'libx264', '-crf', '12', clip);
}, 300_000);
afterAll(async () => {
  await studio?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe.skipIf(process.platform !== 'linux')('a job of a studio', () => {
  test('outlives its engine, again and again', async () => {
    const whole = spawnSync(process.execPath, swapTo(at('whole.mp4')), { env: environment(), encoding: 'utf8' });
    expect([whole.status, whole.stderr.includes('e4s: ')]).toEqual([0, false]);
    const out = at('killed.mp4');
    const url = new URL(studio.url);
    const headers = await enter(url);
    let window = await connectStudio(url, headers);
    const added = await abandonedJob(out);
    await window.engine.jobs.resume({ job: added });
    for (const [generation, folder] of [
      [2, 'analysis'],
      [3, 'segments'],
    ] as const) {
      const engine = await engineOf(studio.shell.pid);
      await firstPart(added, folder);
      signalProcess(engine, 'SIGKILL');
      await nextEngine(window, generation);
      window = await connectStudio(url, headers);
      expect(await jobOf(window, added)).toMatchObject({ state: 'interrupted' });
      await window.engine.jobs.resume({ job: added });
    }
    for (let state = ''; state !== 'done'; await delay(200)) {
      ({ state } = await jobOf(window, added));
      expect(['queued', 'running', 'done']).toContain(state);
    }
    expect(await digestsOf(out)).toBe(await digestsOf(at('whole.mp4')));
  });
});
