/**
 * `e4s swap` on a video with the classic engine, killed at random moments: the process alone (ffmpeg then loses its
 * pipes), ffmpeg under it, or all of them at once. `e4s jobs resume` must take every job to its end, and the result must
 * have the frames of a run that nobody disturbed. `E4S_SEED` repeats a run, `E4S_KILLS` says how many, `E4S_CLIP` takes
 * another clip.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { killTools, signalProcess } from '#test/support/kill-processes.ts';
import { randomNumbers } from '#test/support/random-numbers.ts';
import { ffmpeg, tone } from '#test/support/video-clips.ts';
import { movingFaceClip } from '../../bench/moving-face.ts';

const SEED = Number(process.env['E4S_SEED'] ?? Date.now() % 1e6);
const MOMENTS = Number(process.env['E4S_KILLS'] ?? 3);
const CLIP = process.env['E4S_CLIP'];
/** At five frames a second a part has fifteen. */
const FRAMES = 50;
const PROGRAM = path.resolve('dist/main/cli.js');
const SOURCE = path.resolve('models/samples/ines.webp');
const VICTIMS = ['process', 'ffmpeg', 'group'] as const;
const CODECS = ['h264', 'h264-lossless'] as const;
type Codec = (typeof CODECS)[number];

/** One place for everything that a run writes. */
interface World {
  readonly folder: string;
  readonly out: string;
  readonly env: NodeJS.ProcessEnv;
}

interface Running {
  readonly child: ChildProcess;
  /** Frames of all phases that were told to be finished, and the job. */
  readonly seen: { frames: number; job?: string };
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

let root: string;
let clip: string;
const wanted = new Map<Codec, string>();
/** What `seen.frames` comes to in a whole run. */
let wholeFrames = 0;

async function newWorld(name: string): Promise<World> {
  const folder = path.join(root, name);
  const at = (part: string): string => path.join(folder, part);
  await Promise.all(['home', 'temp', 'out'].map((part) => mkdir(at(part), { recursive: true })));
  return {
    folder,
    out: path.join(at('out'), 'result.mkv'),
    env: { ...process.env, E4S_HOME: at('home'), TMPDIR: at('temp') },
  };
}

function start({ env }: World, ...argv: string[]): Running {
  const child = spawn(process.execPath, [PROGRAM, ...argv], { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const seen: Running['seen'] = { frames: 0 };
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    const told = [
      ...text.matchAll(/"job_id":"(\w+)","state":"\w+","phase":"(\w+)","frames_done":(\d+),"frames_total":(\d+)/g),
    ];
    for (const [, job = '', phase = '', done, total] of told) {
      seen.job = job;
      seen.frames = ['analyse', 'swap', 'finish'].indexOf(phase) * Number(total) + Number(done);
    }
  });
  const ended = new Promise<Awaited<Running['ended']>>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, seen, ended };
}

const swap = (world: World, codec: Codec): Running =>
  start(
    world,
    ...['swap', '--engine', 'classic', '--source', SOURCE, '--target', clip, '--out', world.out],
    ...['--codec', codec, '--progress', 'json', '--json'],
  );

/** Digests of all decoded frames and of all packets of sound, with their times. */
const digestsOf = (file: string): Promise<string> =>
  ffmpeg(root, '-i', file, '-map', '0:v', '-map', '0:a?', '-c:a', 'copy', '-f', 'framemd5', '-');

/** Jobs as a process that has nothing to do with them tells. */
async function jobsOf(world: World): Promise<{ id: string; state: string }[]> {
  const { stdout, stderr } = await start(world, 'jobs', 'list', '--json').ended;
  expect(stderr).toBe('');
  return (JSON.parse(stdout) as { jobs: { id: string; state: string }[] }).jobs;
}

const filesBelow = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true })).map((name) => name.replaceAll(path.sep, '/')).sort();

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [path.resolve('scripts/build.mjs'), 'main', 'models']);
  root = await mkdtemp(path.join(tmpdir(), 'e4s-killed-'));
  clip = CLIP ?? path.join(root, 'clip.mp4');
  if (CLIP === undefined) {
    const large = await movingFaceClip(root, FRAMES);
    const slow = 'scale=640:360,setpts=5*PTS';
    await ffmpeg(
      root,
      ...['-i', large, ...tone(440, FRAMES / 5), '-map', '0:v', '-map', '1:a', '-vf', slow, '-r', '5'],
      ...['-c:v', 'libx264', '-crf', '12', '-c:a', 'aac', clip],
    );
  }
  for (const codec of CODECS) {
    const world = await newWorld(`whole ${codec}`);
    const whole = swap(world, codec);
    const { code, stderr } = await whole.ended;
    expect([code, stderr.includes('"event":"error"')]).toEqual([0, false]);
    wanted.set(codec, await digestsOf(world.out));
    wholeFrames = whole.seen.frames;
    expect(await readdir(path.join(world.folder, 'temp'))).toEqual([]);
  }
}, 900_000);
afterAll(() => rm(root, { recursive: true, force: true }));

describe.skipIf(process.platform !== 'linux')(`seed ${SEED}`, () => {
  const random = randomNumbers(SEED);
  const moments = Array.from({ length: MOMENTS }, (_, i) => ({
    number: i + 1,
    victim: VICTIMS[i % VICTIMS.length]!,
    codec: CODECS[Math.floor(i / VICTIMS.length) % CODECS.length]!,
    /** How much of the work is told to be done, from the opening to the end. */
    share: random(),
    laterMs: Math.floor(random() * 700),
    /** Some are killed again while they are resumed. */
    again: random() < 0.4 ? random() : undefined,
  }));

  test.each(moments)('$number, $codec: $victim at $share, again at $again', async (moment) => {
    const { victim, codec, laterMs } = moment;
    const world = await newWorld(`killed ${moment.number}`);
    let running = swap(world, codec);
    await reach(running, moment.share, laterMs);
    await kill(running, victim);
    for (const again of [moment.again, undefined]) {
      await running.ended;
      const [job, ...others] = await jobsOf(world);
      expect(others).toEqual([]);
      if (job?.state === 'done') break;
      // Nothing stands under the result's name before it is whole.
      const results = (await readdir(path.dirname(world.out))).filter((name) => !name.startsWith('.'));
      expect(results.length === 0 || (await digestsOf(world.out)) === wanted.get(codec)).toBe(true);
      // Killed before the job was made: it begins anew.
      running = job === undefined ? swap(world, codec) : start(world, 'jobs', 'resume', job.id, '--progress', 'json');
      if (again !== undefined) {
        await reach(running, again, laterMs);
        await kill(running, victim);
      } else {
        const { code, stderr } = await running.ended;
        expect([code, stderr.match(/"event":"error".*/)?.[0]]).toEqual([0, undefined]);
      }
    }
    const [job] = await jobsOf(world);
    expect(job?.state).toBe('done');
    expect(await digestsOf(world.out)).toBe(wanted.get(codec));

    // A job that makes another one sweeps what is left of those that were killed while they were made.
    expect(await readdir(path.dirname(world.out))).toEqual(['result.mkv']);
    expect(await readdir(path.join(world.folder, 'temp'))).toEqual([]);
    const unfinished = (await filesBelow(path.join(world.folder, 'home'))).filter((name) =>
      /\.(tmp|new)$|lock|\.lane/.test(name),
    );
    expect(unfinished).toEqual([]);
  });
});

/** Waits until a share of the work is told to be done, then some more. */
async function reach({ child, seen }: Running, share: number, laterMs: number): Promise<void> {
  while (seen.frames < share * wholeFrames - 1 && child.exitCode === null && child.signalCode === null) await delay(5);
  await delay(laterMs);
}

async function kill({ child }: Running, victim: (typeof VICTIMS)[number]): Promise<void> {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null) return;
  if (victim === 'ffmpeg') await killTools(child);
  else signalProcess(victim === 'group' ? -pid : pid, 'SIGKILL');
}
