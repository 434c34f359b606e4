/** The command line as users run it: a process with an exit code, two streams, memory and a clock. */
import { execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { decodePicture } from '#engine/image/decode.ts';

const BIN = path.resolve('bin/e4s.mjs');
const PROGRAM = path.resolve('dist/main/cli.js');
const SAMPLES = path.resolve('models/samples');
const BAD = path.resolve('../shared/data/bad');

/** Prints the peak memory of a process behind everything else it wrote to stderr. */
const RSS_HOOK = `data:text/javascript,process.on('exit',()=>process.stderr.write('\\nmaxrss '+process.resourceUsage().maxRSS))`;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly peakBytes: number;
}

function start(argv: readonly string[], program = PROGRAM, env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, ['--import', RSS_HOOK, program, ...argv], {
    env: { ...process.env, E4S_HOME: home, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => {
    stdout += data;
  });
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => {
      const [text = '', rss = '0'] = stderr.split('\nmaxrss ');
      resolve({ code, stdout, stderr: text, peakBytes: Number(rss) * 1024 });
    });
  });
  return { child, ended };
}
const run = (...argv: string[]) => start(argv).ended;

let home: string;
let folder: string;
const at = (name: string) => path.join(folder, name);
let samples: string[];

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'e4s-home-'));
  samples = (JSON.parse(readFileSync(path.join(SAMPLES, 'samples.json'), 'utf8')) as { file: string }[]).map(
    ({ file }) => path.join(SAMPLES, file),
  );
  await promisify(execFile)(process.execPath, [path.resolve('scripts/build.mjs'), 'main', 'models']);
});
afterAll(() => rm(home, { recursive: true }));
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-process-'));
});
afterEach(() => rm(folder, { recursive: true }));

const pair = () => [samples[0] as string, samples[1] as string] as const;

describe('a swap of two samples', () => {
  test('prints one object, keeps the size of the target, and marks the result', async () => {
    const [source, target] = pair();
    const { code, stdout, stderr } = await run(
      'swap',
      '--source',
      source,
      '--target',
      target,
      '--out',
      at('out.png'),
      '--json',
    );
    expect(stderr.replace(/^warning: .*\n/gm, '')).toBe('');
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    const [before, after] = await Promise.all([decodePicture(target), decodePicture(at('out.png'))]);
    expect(result).toMatchObject({ out: at('out.png'), engine: 'classic', width: before.width, height: before.height });
    expect([after.width, after.height, after.channels]).toEqual([before.width, before.height, before.channels]);
    expect(Buffer.compare(Buffer.from(after.pixels.buffer), Buffer.from(before.pixels.buffer))).not.toBe(0);
    expect(new TextDecoder().decode(after.xmp)).toContain('digitalsourcetype/compositeSynthetic');
    expect(await readdir(folder)).toEqual(['out.png']);
  });

  test('at strength 0 gives the samples of the target, byte for byte', async () => {
    const [source, target] = pair();
    const { code } = await run('swap', '--source', source, '--target', target, '--out', at('out.png'), '--amount', '0');
    expect(code).toBe(0);
    const [before, after] = await Promise.all([decodePicture(target), decodePicture(at('out.png'))]);
    expect(Buffer.compare(Buffer.from(after.pixels.buffer), Buffer.from(before.pixels.buffer))).toBe(0);
  });

  test('an interrupt ends it with 6 and leaves no file', async () => {
    const [source] = pair();
    // Two faces are still to come when the first line is written: the interrupt is in time.
    const target = ['--target', path.join(SAMPLES, 'together.webp'), '--face', 'all'];
    const { child, ended } = start([
      'swap',
      '--source',
      source,
      ...target,
      '--out',
      at('out.png'),
      '--progress',
      'json',
    ]);
    child.stderr.once('data', () => child.kill('SIGINT'));
    const { code, stdout, stderr } = await ended;
    expect(stderr.trimEnd().split('\n').at(-1)).toContain('"kind":"cancelled"');
    expect([code, stdout]).toEqual([6, '']);
    expect(await readdir(folder)).toEqual([]);
  });
});

test('the bin brings the build up to date and runs it', async () => {
  const { code, stdout } = await start(['--version'], BIN).ended;
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^E4S Studio \d/)]);
});

test('detect finds the one face of a sample', async () => {
  const { code, stdout } = await run('detect', pair()[0], '--json');
  expect(code).toBe(0);
  const { faces } = JSON.parse(stdout);
  expect(faces).toHaveLength(1);
  expect(faces[0].landmarks_68).toHaveLength(68);
  expect(faces[0].landmarks_dense).toHaveLength(478);
});

test('networks run without a trace in the folders of the user', async () => {
  // The runtime keeps its device id and its logs there when it is about to tell its maker what it runs.
  const places = Object.fromEntries(
    ['HOME', 'TMPDIR', 'XDG_CACHE_HOME', 'XDG_DATA_HOME'].map((name) => [name, folder]),
  );
  const silenced = { CI: undefined, ORT_DISABLE_TELEMETRY: undefined, ORT_RUNNING_UNIT_TESTS: undefined };
  const { code } = await start(['detect', pair()[0]], PROGRAM, { ...places, ...silenced }).ended;
  expect([code, await readdir(folder)]).toEqual([0, []]);
});

test('doctor says that the classic engine can run', async () => {
  const { code, stdout, stderr } = await run('doctor', '--json');
  expect(stderr).toBe('');
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({ ok: true });
  expect(report.providers).toContainEqual({ id: 'cpu', available: true, self_test: 'passed', reason: null });
  expect(Object.keys(report.ffmpeg)).toEqual(expect.arrayContaining(['path', 'version', 'source']));
  expect(code).toBe(0);
});

test('a reader that leaves early is no failure', async () => {
  const { child, ended } = start(['--help']);
  child.stdout.destroy();
  expect((await ended).stderr).toBe('');
});

async function expectRefusal(file: string, code: number): Promise<void> {
  const {
    code: answer,
    stdout,
    stderr,
    peakBytes,
  } = await run('swap', '--source', pair()[0], '--target', file, '--out', at('out.png'));
  expect(stderr).toMatch(new RegExp(`^e4s: .*${path.basename(file)}: .+\\n$`));
  expect([answer, stdout]).toEqual([code, '']);
  expect(existsSync(at('out.png'))).toBe(false);
  expect(peakBytes).toBeGreaterThan(0);
  expect(peakBytes).toBeLessThan(1e9);
}

test('a photo without a face ends with 5', async () => {
  await sharp({ create: { width: 300, height: 300, channels: 3, background: 'teal' } }).toFile(at('wall.png'));
  await expectRefusal(at('wall.png'), 5);
});

test('a cut photo ends with 3', async () => {
  const whole = await sharp(pair()[1]).jpeg().toBuffer();
  await writeFile(at('cut.jpg'), whole.subarray(0, whole.length / 2));
  await expectRefusal(at('cut.jpg'), 3);
});

describe.skipIf(!existsSync(BAD))('the collection of difficult files', () => {
  test.each([
    'truncated.jpg',
    'zero_bytes.jpg',
    'text_renamed.png',
    'png_header_60000x60000.png',
    'corrupt_moov.mp4',
    'audio_only.mp4',
    'photo.heic',
  ])('%s ends with 3', async (name) => {
    await expectRefusal(path.join(BAD, name), 3);
  });
});
