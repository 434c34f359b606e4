/** Files that are no usable videos, through the command line: one line, exit code 3, and nothing left behind. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ffmpeg, testPicture, tone } from '#test/support/video-clips.ts';

const PROGRAM = path.resolve('dist/main/cli.js');
const SOURCE = path.resolve('models/samples/ines.webp');

let root: string;
const at = (name: string): string => path.join(root, 'in', name);
let good: Buffer;

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [path.resolve('scripts/build.mjs'), 'main', 'models']);
  root = await mkdtemp(path.join(tmpdir(), 'e4s-bad-'));
  for (const name of ['in', 'out', 'home', 'temp']) await mkdir(path.join(root, name));
  await ffmpeg(at(''), ...testPicture('320x240', '25', 1), ...tone(440, 1), '-c:v', 'libx264', 'good.mp4');
  good = await readFile(at('good.mp4'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function swap(target: string, ...more: string[]): Promise<Ended> {
  const out = path.join(root, 'out', 'result.mp4');
  const child = spawn(
    process.execPath,
    [PROGRAM, 'swap', '--engine', 'classic', '--source', SOURCE, `--target=${target}`, '--out', out, ...more],
    {
      cwd: at(''),
      env: { ...process.env, E4S_HOME: path.join(root, 'home'), TMPDIR: path.join(root, 'temp') },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

/** Files, links and the like that lie in the folders that the program writes to. */
async function leftFiles(): Promise<string[]> {
  const found = await Promise.all(
    ['out', 'home', 'temp'].map((name) =>
      readdir(path.join(root, name), { recursive: true, withFileTypes: true }).catch(() => []),
    ),
  );
  return found.flat().flatMap((entry) => (entry.isDirectory() ? [] : [entry.name]));
}

const cut = async (name: string, source: string, share: number): Promise<void> => {
  await copyFile(at(source), at(name));
  await truncate(at(name), Math.floor((await readFile(at(source))).length * share));
};
const wide = (): Buffer => {
  const bytes = Buffer.from(good);
  const entry = bytes.indexOf('avc1', bytes.indexOf('stsd'));
  bytes.writeUInt16BE(60_000, entry + 28);
  return bytes;
};

/** Each makes a file of its name and says a part of the line. */
const CASES: readonly {
  readonly name: string;
  readonly make: (name: string) => unknown;
  readonly says: RegExp;
  readonly posix?: true;
}[] = [
  { name: 'missing.mp4', make: () => undefined, says: /There is no such file/ },
  { name: 'empty.mp4', make: (name) => writeFile(at(name), ''), says: /The file is empty/ },
  { name: 'folder.mp4', make: (name) => mkdir(at(name)), says: /a folder, not a video/ },
  {
    name: 'pipe.mp4',
    posix: true,
    make: (name) => spawnSync('mkfifo', [at(name)]),
    says: /a device, not a video/,
  },
  { name: 'endless.mp4', posix: true, make: (name) => symlink('/dev/zero', at(name)), says: /a device, not a video/ },
  { name: 'circle.mp4', posix: true, make: (name) => symlink(name, at(name)), says: /Links lead in a circle/ },
  {
    name: 'playlist.mp4',
    make: (name) => writeFile(at(name), `#EXTM3U\n#EXTINF:1,\n${at('good.mp4')}\n#EXT-X-ENDLIST\n`),
    says: /no video file of a known kind/,
  },
  {
    name: 'sound.mp4',
    make: (name) => ffmpeg(at(''), '-i', 'good.mp4', '-vn', '-c', 'copy', name),
    says: /has no picture track/,
  },
  { name: 'cut.mp4', make: (name) => cut(name, 'good.mp4', 0.5), says: /damaged or cut off/ },
  {
    name: 'cut behind its index.mp4',
    make: async (name) => {
      await ffmpeg(at(''), '-i', 'good.mp4', '-c', 'copy', '-movflags', '+faststart', 'front.mp4');
      await cut(name, 'front.mp4', 0.7);
    },
    says: /cut off: \d+ of its frames are there/,
  },
  { name: 'wide.mp4', make: (name) => writeFile(at(name), wide()), says: /claims 60000 x 240 pixels/ },
  {
    name: 'noise.mp4',
    make: (name) =>
      writeFile(at(name), Buffer.concat([good.subarray(0, 32), Buffer.alloc(1 << 20, 'no box of any kind')])),
    says: /damaged or cut off/,
  },
  { name: '-y --help.mp4', make: (name) => cut(name, 'good.mp4', 0.5), says: /damaged or cut off/ },
  { name: `${'n'.repeat(251)}.mp4`, make: (name) => cut(name, 'good.mp4', 0.5), says: /damaged or cut off/ },
  {
    name: 'two\nlines \u001b[31mred.mp4',
    posix: true,
    make: (name) => cut(name, 'good.mp4', 0.5),
    says: /^e4s: two lines \ufffd\[31mred\.mp4: /,
  },
];

describe('refused', () => {
  test.each(CASES.filter(({ posix }) => !posix || process.platform !== 'win32'))('$name', async (row) => {
    await row.make(row.name);
    const { code, stdout, stderr } = await swap(row.name);
    expect(stderr).toMatch(/^e4s: .+\n$/);
    expect(stderr).toMatch(row.says);
    expect([code, stdout]).toEqual([3, '']);
    expect(await leftFiles()).toEqual([]);
  });
});

test('progress that nobody reads any more does not end the work', async () => {
  const ended = spawnSync(
    'sh',
    [
      '-c',
      '"$0" "$@" --progress json --json 2>&1 >result.json | head -1',
      ...[process.execPath, PROGRAM, 'swap', '--engine', 'classic', '--source', SOURCE, '--target', 'good.mp4'],
      ...['--out', path.join(root, 'out', 'result.mp4'), '--max-frames', '3'],
    ],
    { cwd: at(''), env: { ...process.env, E4S_HOME: path.join(root, 'home') }, encoding: 'utf8' },
  );
  expect(ended.stdout).toContain('"event":"progress"');
  expect(JSON.parse(await readFile(at('result.json'), 'utf8'))).toMatchObject({ frames: 3 });
});

test.skipIf(process.platform !== 'linux')('a result that cannot be printed is said, and is no defect', async () => {
  const { status, stderr } = spawnSync(
    'sh',
    ['-c', '"$0" "$1" jobs list --json >/dev/full', process.execPath, PROGRAM],
    {
      env: { ...process.env, E4S_HOME: path.join(root, 'home') },
      encoding: 'utf8',
    },
  );
  expect(stderr).toBe('e4s: standard output: The disk is full. Free some space or choose another folder.\n');
  expect(status).toBe(3);
});
