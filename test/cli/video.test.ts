import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CancelledError } from '#engine/errors.ts';
import { openVideo } from '#engine/video/open-video.ts';
import { type FakeEngineOptions, fakeVideoEngine } from '#test/support/fake-video-engine.ts';
import { type JobWorld, jobWorld } from '#test/support/jobs.ts';
import { ffmpeg, testPicture, tone } from '#test/support/video-clips.ts';
import { cli } from './fake-studio.ts';

let world: JobWorld;
let clip: string;
let out: string;
let before: string | undefined;

beforeAll(async () => {
  world = await jobWorld();
  clip = world.at('clip.mp4');
  await ffmpeg(
    world.folder,
    ...[...testPicture('64x48', '25', 1), ...tone(440, 1)],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac', clip],
  );
  out = world.at('out.mp4');
});
afterAll(() => world[Symbol.asyncDispose]());

beforeEach(() => {
  before = process.env['E4S_HOME'];
  process.env['E4S_HOME'] = world.folder;
});
afterEach(async () => {
  for (const name of await readdir(world.jobs).catch(() => [])) await cli(['jobs', 'remove', name]);
  if (before === undefined) delete process.env['E4S_HOME'];
  else process.env['E4S_HOME'] = before;
});

const swap = (...extra: string[]) => ['swap', '--source', world.photo, '--target', clip, '--out', out, ...extra];
const run = (argv: string[], options: FakeEngineOptions = {}, signal?: AbortSignal) =>
  cli(argv, { videoEngine: fakeVideoEngine(options), ...(signal ? { signal } : {}) });

describe('swap on a video', () => {
  test('prints one object with the documented keys', async () => {
    const { code, stdout, stderr } = await run(swap('--json', '--progress', 'json'), {
      faces: (frame) => (frame < 5 ? [] : [{ track: 0, box: [8, 8, 24, 24] }]),
    });
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({
      out,
      engine: 'fake',
      width: 64,
      height: 48,
      faces: [{ index: 0, source: world.photo, first_frame: 5, last_frame: 24, frames: 20, warnings: [] }],
      frames: 25,
      swapped_frames: 20,
      skipped: [{ from: 0, to: 4, reason: 'no-face' }],
      job_id: expect.stringMatching(/^job_/),
    });
    expect(result.stages.map(({ name }: { name: string }) => name)).toEqual(['analyse', 'swap', 'finish']);
    const events = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.at(-1)).toMatchObject({ event: 'progress', fraction: 1, state: 'done', job_id: result.job_id });
    expect(events.map((event) => event.fraction)).toEqual(events.map((event) => event.fraction).toSorted());
    expect((await openVideo(out)).times.pts).toHaveLength(25);
  });

  test('says in words what became of it', async () => {
    const { stdout } = await run(swap('--max-frames', '3'), { faces: () => [] });
    expect(stdout).toMatch(/out\.mp4: 64 x 48, 3 frames, 0 with an exchanged face, engine fake, \d+\.\d s\n/);
    expect(stdout).toContain('  frames 0 to 2 as they were: No face was found in the frame.\n');
  });

  test.each([
    ['0.2..0.6', 5, 15],
    ['5f..15f', 5, 15],
    ['..0:00.4', 0, 10],
    ['20f..', 20, 25],
  ])('--trim %s takes frames %i to %i', async (trim, first, end) => {
    const { stdout, stderr } = await run(swap('--trim', trim, '--json'));
    expect(stderr.replace(/^warning: .*\n/gm, '')).toBe('');
    expect(JSON.parse(stdout).frames).toBe(end - first);
  });

  test('an ending-less name becomes a folder of pictures', async () => {
    const folder = world.at('pictures');
    const { code } = await cli(['swap', '--source', world.photo, '--target', clip, '--out', folder, '--trim', '..3f'], {
      videoEngine: fakeVideoEngine(),
    });
    expect(code).toBe(0);
    expect((await readdir(folder)).sort()).toEqual([
      'frame_000001.png',
      'frame_000002.png',
      'frame_000003.png',
      'times.txt',
    ]);
  });

  test.each([
    ['--trim', '5', 2, /start and an end/],
    ['--trim', '9..10', 2, /No frame lies in this range; the clip has 25 frames, 1\.0\d s/],
    ['--max-frames', '0', 2, /-1 for all/],
    ['--codec', 'h263', 2, /h264, h265/],
    ['--codec', 'prores', 2, /MP4 cannot hold this kind of video/],
    ['--stages', 'steps', 2, /--stages is for photos/],
    ['--assign', '0=x.png', 2, /--assign cannot be combined with --source/],
    ['--engine', 'rgi', 4, /rgi/],
  ])('%s %s ends with %i', async (option, value, wanted, message) => {
    const engine =
      option === '--engine'
        ? { videoEngine: (await import('#engine/jobs/create-video-engine.ts')).createVideoEngine() }
        : { videoEngine: fakeVideoEngine() };
    const { code, stderr, stdout } = await cli(swap(option, value), engine);
    expect([code, stdout]).toEqual([wanted, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(await readdir(world.jobs).catch(() => [])).toEqual([]);
  });

  test('the target is never overwritten', async () => {
    const { code, stderr } = await cli(['swap', '--source', world.photo, '--target', clip, '--out', clip], {
      videoEngine: fakeVideoEngine(),
    });
    expect(code).toBe(2);
    expect(stderr).toContain('they are never overwritten');
  });

  test('a photo without a face ends with 5, a face that the first frame does not have too', async () => {
    const faceless = await run(swap(), { faceless: [world.photo] });
    expect(faceless).toMatchObject({ code: 5, stderr: `e4s: ${world.photo}: No face was found.\n` });
    const missing = await run(swap('--face', '1'));
    expect(missing.code).toBe(5);
    expect(missing.stderr).toMatch(/clip\.mp4: There is no face 1 in the first frame; it has 1, counted from 0\./);
    // Trying again would not help: nothing is kept.
    expect(JSON.parse((await run(['jobs', 'list', '--json'])).stdout)).toEqual({ jobs: [] });
  });
});

describe('bad media ends with 3, one line, and nothing is left', () => {
  const BAD: Readonly<Record<string, (file: string) => Promise<unknown>>> = {
    'sound-only.mp4': (file) => ffmpeg(world.folder, ...tone(440, 1), '-c:a', 'aac', file),
    'cut.mp4': async (file) => {
      const bytes = await readFile(clip);
      await writeFile(file, bytes.subarray(0, bytes.length / 2));
    },
    'no-frames.mp4': (file) =>
      ffmpeg(world.folder, ...testPicture('64x48', '25', 1), ...tone(440, 1), '-frames:v', '0', '-c:a', 'aac', file),
    'empty.mp4': (file) => writeFile(file, ''),
    'list.mp4': (file) => writeFile(file, `#EXTM3U\n#EXTINF:1,\nfile://${clip}\n#EXT-X-ENDLIST\n`),
    'list.ffconcat': (file) => writeFile(file, `ffconcat version 1.0\nfile '${clip}'\n`),
    'wide.mkv': (file) => ffmpeg(world.folder, '-f', 'lavfi', '-i', 'color=s=60000x16:d=0.04', '-c:v', 'ffv1', file),
    'missing.mp4': async () => undefined,
  };

  test.each(Object.keys(BAD))('%s', async (name) => {
    const file = world.at(name);
    await BAD[name]?.(file);
    const result = world.at('bad-out.mp4');
    const { code, stdout, stderr } = await run(['swap', '--source', world.photo, '--target', file, '--out', result]);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toContain(`e4s: ${file}: `);
    expect(existsSync(result)).toBe(false);
    expect(await readdir(world.jobs).catch(() => [])).toEqual([]);
    expect((await readdir(world.folder)).filter((entry) => entry.startsWith('.'))).toEqual([]);
  });
});

describe('an interrupt', () => {
  test('pauses the job, which "jobs resume" takes to its end', async () => {
    const paused = world.at('paused.mp4');
    const argv = ['swap', '--source', world.photo, '--target', clip, '--out', paused];
    const controller = new AbortController();
    const first = await run(
      argv,
      { duringSwap: (frame) => void (frame === 7 && controller.abort(new CancelledError())) },
      controller.signal,
    );
    expect(first.code).toBe(6);
    expect(first.stderr).toMatch(/^e4s: Paused; what is finished is kept\. "e4s jobs resume job_\w+" goes on\.\n$/m);
    expect(existsSync(paused)).toBe(false);

    const { jobs } = JSON.parse((await run(['jobs', 'list', '--json'])).stdout);
    expect(jobs).toMatchObject([{ target: clip, out: paused, state: 'paused', frames_total: 25 }]);
    const resumed = await run(['jobs', 'resume', jobs[0].id, '--json']);
    expect(resumed.code).toBe(0);
    expect(JSON.parse(resumed.stdout)).toMatchObject({ out: paused, frames: 25, swapped_frames: 25, engine: 'fake' });
    expect((await openVideo(paused)).times.pts).toHaveLength(25);
  });

  test('before the job exists leaves nothing', async () => {
    const controller = new AbortController();
    controller.abort(new CancelledError());
    const { code, stderr } = await run(swap(), {}, controller.signal);
    expect([code, stderr]).toEqual([6, 'e4s: Cancelled.\n']);
    expect(await readdir(world.jobs).catch(() => [])).toEqual([]);
  });
});

describe('jobs', () => {
  test('list, cancel and remove', async () => {
    expect((await run(['jobs', 'list'])).stdout).toBe('There are no jobs.\n');
    const controller = new AbortController();
    await run(swap(), { duringLook: () => controller.abort(new CancelledError()) }, controller.signal);
    const [job] = JSON.parse((await run(['jobs', 'list', '--json'])).stdout).jobs;
    expect((await run(['jobs', 'list'])).stdout).toContain(`${job.id}  paused`);
    expect((await run(['jobs', 'cancel', job.id, '--json'])).stdout).toBe(
      `${JSON.stringify({ jobs: [{ id: job.id, state: 'cancelled' }] })}\n`,
    );
    expect(await run(['jobs', 'resume', job.id])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('The job is cancelled.'),
    });
    expect((await run(['jobs', 'remove', job.id])).stdout).toBe(`${job.id}  removed\n`);
    expect(await run(['jobs', 'remove', job.id])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`There is no job ${job.id}.`),
    });
  });

  test('a word that is no job ends with 2', async () => {
    expect(await run(['jobs', 'resume', '../../etc'])).toMatchObject({ code: 2, stdout: '' });
  });
});
