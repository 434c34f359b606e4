import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CancelledError } from '#engine/errors.ts';
import { openEventLog } from '#main/cli/events.ts';
import { DEFAULT_REGION_SWITCHES } from '#shared/settings.ts';
import { type CliRun, cli, type FakeOptions, face, fakeStudio } from './fake-studio.ts';

let folder: string;
let source: string;
let target: string;
let out: string;
const at = (name: string) => path.join(folder, name);

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-swap-'));
  [source, target, out] = [at('source.png'), at('target.jpg'), at('out.png')];
  await sharp({ create: { width: 24, height: 16, channels: 3, background: 'red' } }).toFile(source);
  await sharp({ create: { width: 40, height: 30, channels: 3, background: 'blue' } }).toFile(target);
});
afterEach(() => rm(folder, { recursive: true }));

const swap = (...extra: string[]) => ['swap', '--source', source, '--target', target, '--out', out, ...extra];
const files = async () => (await readdir(folder)).sort();

/** One line on stderr, an exit code, and no output. */
async function expectRefusal(run: CliRun, code: number, ...parts: (string | RegExp)[]): Promise<void> {
  expect(run.stderr.trimEnd().split('\n')).toHaveLength(1);
  for (const part of parts) expect(run.stderr).toMatch(part);
  expect(run).toMatchObject({ code, stdout: '' });
  expect(await files()).toEqual(['source.png', 'target.jpg']);
}

describe('a swap', () => {
  test('writes the picture and says so', async () => {
    const studio = fakeStudio();
    const run = await cli(swap(), { studio });
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/out\.png: 40 x 30, 1 face, engine classic, \d+\.\d s\n$/);
    expect(run.stderr).toBe('warning: face 0: The head is turned far.\n');
    expect((await sharp(out).metadata()).format).toBe('png');
    expect(await files()).toEqual(['out.png', 'source.png', 'target.jpg']);
    expect(studio.disposed).toBe(true);
  });

  test('prints one object with the documented keys', async () => {
    const { stdout } = await cli(swap('--json'));
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({
      out,
      engine: 'classic',
      width: 40,
      height: 30,
      faces: [{ index: 0, source, source_face: 0, warnings: [{ rule: 'yaw' }] }],
    });
    expect(result.stages).toContainEqual({ name: 'align', ms: 1.23 });
    expect(result.peak_rss_bytes).toBeGreaterThan(1e6);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  });

  test.each([
    ['png', 'png'],
    ['jpg', 'jpeg'],
    ['JPEG', 'jpeg'],
    ['webp', 'webp'],
    ['tif', 'tiff'],
  ])('the ending .%s makes a %s', async (ending, format) => {
    out = at(`result.${ending}`);
    expect((await cli(swap())).code).toBe(0);
    expect((await sharp(out).metadata()).format).toBe(format);
  });

  test('--stages writes a picture of every stage into a new folder', async () => {
    const run = await cli(swap('--stages', at('steps')));
    expect(run.code).toBe(0);
    expect((await readdir(at('steps'))).sort()).toEqual(['face0-01-align.png', 'face0-07-generate.png']);
  });

  test('what the format cannot hold is said', async () => {
    await sharp({ create: { width: 8, height: 8, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0.5 } } })
      .png()
      .toFile(at('glass.png'));
    target = at('glass.png');
    out = at('out.jpg');
    expect((await cli(swap())).stderr).toContain(
      `warning: ${out}: JPEG has no transparency; the picture was laid on white.`,
    );
  });

  test('an older result is replaced', async () => {
    await writeFile(out, 'old');
    expect((await cli(swap())).code).toBe(0);
    expect((await sharp(out).metadata()).width).toBe(40);
  });
});

describe('the request', () => {
  const ask = async (extra: string[], options: FakeOptions = {}) => {
    const studio = fakeStudio(options);
    const run = await cli(swap(...extra), { studio });
    expect(run.stderr).not.toMatch(/^e4s:/m);
    const [request] = studio.requests;
    if (!request) throw new Error('no swap was asked');
    return { request, run };
  };
  const three = [face(0, 10), face(1, 30), face(2, 20)];

  test('without options is the default of the studio', async () => {
    const { request } = await ask([]);
    expect(request.settings).toEqual({
      engine: 'auto',
      amount: 1,
      recolor: 1,
      crop: true,
      regions: DEFAULT_REGION_SWITCHES,
    });
  });

  test('takes the largest faces', async () => {
    const { request } = await ask([], { faces: { 'target.jpg': three, 'source.png': three } });
    expect(request.assignments).toMatchObject([{ targetFace: 1, sourceFace: 1 }]);
  });

  test('takes all faces, or the one with the number', async () => {
    const all = await ask(['--face', 'all', '--source-face', '2'], {
      faces: { 'target.jpg': three, 'source.png': three },
    });
    expect(all.request.assignments.map((row) => [row.targetFace, row.sourceFace])).toEqual([
      [0, 2],
      [1, 2],
      [2, 2],
    ]);
    const one = await ask(['--face', '2'], { faces: { 'target.jpg': three } });
    expect(one.request.assignments.map((row) => row.targetFace)).toEqual([2]);
  });

  test('regions name texture and shape together, the lists of one kind win', async () => {
    const { request } = await ask(['--regions', 'eyes, nose', '--shape', 'lips']);
    const { regions } = request.settings;
    const on = (kind: 'texture' | 'shape') => Object.entries(regions).flatMap(([id, row]) => (row[kind] ? [id] : []));
    expect(on('texture')).toEqual(['eyes', 'nose']);
    expect(on('shape')).toEqual(['lips']);
  });

  test('one list alone leaves the other kind at its default; none is the empty list', async () => {
    const { request } = await ask(['--texture', 'none']);
    for (const [id, row] of Object.entries(request.settings.regions)) {
      expect(row.texture).toBe(false);
      expect(row.shape).toBe(DEFAULT_REGION_SWITCHES[id as 'nose'].shape);
    }
  });

  test('a region can have its own amount', async () => {
    const { request } = await ask(['--regions', 'eyes:0.25,nose', '--texture', 'lips:.5']);
    const { eyes, nose, lips } = request.settings.regions;
    expect(eyes).toEqual({ texture: false, shape: true, amount: 0.25 });
    expect(nose).toEqual({ texture: false, shape: true, amount: 1 });
    expect(lips).toEqual({ texture: true, shape: false, amount: 0.5 });
  });

  test('--assign gives several faces a source each', async () => {
    const studio = fakeStudio({ faces: { 'target.jpg': three } });
    const run = await cli(
      ['swap', '--assign', `0=${source}`, '--assign', `2=${target}`, '--target', target, '--out', out, '--json'],
      { studio },
    );
    expect(run.code).toBe(0);
    const [first, second] = studio.requests[0]?.assignments ?? [];
    expect([first?.targetFace, second?.targetFace]).toEqual([0, 2]);
    expect(first?.source).not.toBe(second?.source);
    expect(JSON.parse(run.stdout).faces).toMatchObject([
      { index: 0, source },
      { index: 2, source: target, source_face: 1 },
    ]);
  });

  test('strengths, crop and engine are passed on', async () => {
    const { request } = await ask(['--amount', '.25', '--recolor=0', '--no-crop', '--engine', 'classic']);
    expect(request.settings).toMatchObject({ amount: 0.25, recolor: 0, crop: false, engine: 'classic' });
  });

  test('regions that the classic engine leaves with the target are said', async () => {
    const { run } = await ask(['--regions', 'skin,hair,ears']);
    expect(run.stderr).toContain('warning: the classic engine leaves hair, ears with the target.\n');
  });
});

describe('wrong usage ends with 2', () => {
  test.each([
    ['no command', [], /No command was given/],
    ['an unknown command', ['swop'], /unknown command 'swop'.*Did you mean swap\?/i],
    ['an unknown option before a missing one', ['swap', '--bogus'], /unknown option '--bogus'/i],
    [
      'a misspelt option that is needed',
      ['swap', '--taget', 'x'],
      /unknown option '--taget'.*Did you mean --target\?/i,
    ],
    ['an unknown option', ['detect', 'x', '--jason'], /unknown option '--jason'.*Did you mean --json\?/i],
    ['a missing option', ['swap', '--source', 'a.png'], /required option '--target <photo>'/i],
    ['no source', ['swap', '--target', 'a.png', '--out', 'b.png'], /No source was given/],
    ['a missing value', ['swap', '--source'], /argument missing/i],
    ['a superfluous word', ['swap', 'x', '--source', 'a', '--target', 'b', '--out', 'c.png'], /too many arguments/i],
  ])('%s', async (_what, argv, message) => {
    await expectRefusal(await cli(argv), 2, /^e4s: /, message, /--(help|assign)["\w]*\.$/m);
  });

  test.each([
    ['--amount', '1.5', /0 to 1/],
    ['--amount', '-0.1', /./],
    ['--amount', 'NaN', /0 to 1/],
    ['--amount', '1e-1', /0 to 1/],
    ['--recolor', '', /0 to 1/],
    ['--quality', '0', /1 to 100/],
    ['--quality', '90.5', /1 to 100/],
    ['--face', 'second', /largest/],
    ['--face', '-1', /./],
    ['--source-face', 'all', /largest/],
    ['--regions', 'nose,chin', /no region "chin".*brows/],
    ['--regions', '', /no region ""/],
    ['--regions', 'nose:2', /0 to 1/],
    ['--regions', 'nose:.5:.5', /two amounts/],
    ['--assign', 'anna.jpg', /0=anna\.jpg/],
    ['--engine', 'e4s', /auto, classic, rgi/],
    ['--metadata', 'some', /keep, strip/],
    ['--progress', 'loud', /auto, bar, json, none/],
    ['--out', 'result.bmp', /\.png, \.jpg/],
    ['--out', 'result', /\.png, \.jpg/],
  ])('%s %s', async (option, value, message) => {
    await expectRefusal(await cli(swap(option, value)), 2, new RegExp(option), message);
  });

  test('the photos themselves are never overwritten, by whatever name', async () => {
    const bytes = await readFile(source);
    await symlink(source, at('link.png'));
    for (const name of [source, at('link.png'), path.join(folder, '.', 'source.png')]) {
      const run = await cli(swap('--out', name));
      expect(run.code).toBe(2);
      expect(run.stderr).toContain('they are never overwritten');
    }
    expect(await readFile(source)).toEqual(bytes);
  });

  test('--assign does not mix with the other way, and names each face once', async () => {
    await expectRefusal(await cli(swap('--assign', `0=${source}`)), 2, /--assign cannot be combined with --source\./);
    const twice = ['swap', '--assign', `1=${source}`, '--assign', `1=${target}`, '--target', target, '--out', out];
    await expectRefusal(await cli(twice), 2, /Face 1 has two sources/);
  });

  test('--stages must be a folder', async () => {
    const run = await cli(swap('--stages', source));
    await expectRefusal(run, 2, /This is not a folder/);
  });
});

describe('other failures', () => {
  test('a file that is no picture ends with 3 and its name', async () => {
    source = at('none.png');
    await expectRefusal(await cli(swap()), 3, `e4s: ${source}: There is no such file.`);
  });

  test('a damaged video as target ends with 3 and says what it is', async () => {
    target = at('clip.mp4');
    await writeFile(target, Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypisom\0\0\0\0isommp42')]));
    const run = await cli(swap());
    expect(run.code).toBe(3);
    expect(run.stderr).toMatch(/clip\.mp4: This MP4 file is damaged or cut off\./);
    expect(existsSync(out)).toBe(false);
  });

  test('a folder that does not exist is found out before the work', async () => {
    out = at('no/such/out.png');
    const studio = fakeStudio();
    await expectRefusal(await cli(swap(), { studio }), 3, `e4s: ${out}: The folder does not exist.`);
    expect(studio.requests).toEqual([]);
  });

  test('missing packs end with 4 and are named', async () => {
    process.env['E4S_HOME'] = at('empty-home');
    try {
      const studio = fakeStudio();
      await expectRefusal(
        await cli(swap('--engine', 'rgi'), { studio }),
        4,
        /packs that are not there: rgi, .*e4s models import/,
      );
      expect(studio.requests).toEqual([]);
    } finally {
      delete process.env['E4S_HOME'];
    }
  });

  test('no face ends with 5 and names the photo', async () => {
    const none = (name: string) => ({ studio: fakeStudio({ faces: { [name]: [] } }) });
    await expectRefusal(await cli(swap(), none('source.png')), 5, `e4s: ${source}: No face was found.`);
    await expectRefusal(await cli(swap(), none('target.jpg')), 5, `e4s: ${target}: No face was found.`);
    await expectRefusal(await cli(swap('--face', '7')), 5, /There is no face 7; the photo has 1 face, number 0\./);
  });

  test('an interrupt ends with 6 and leaves nothing', async () => {
    const controller = new AbortController();
    const studio = fakeStudio({ duringSwap: () => controller.abort(new CancelledError()) });
    await expectRefusal(await cli(swap(), { studio, signal: controller.signal }), 6, /^e4s: Cancelled\.$/m);
    expect(studio.disposed).toBe(true);
  });

  test('a failure at the end takes the pictures of the stages back', async () => {
    const studio = fakeStudio({
      duringEncode: () => {
        throw new TypeError('broken inside');
      },
    });
    await mkdir(at('steps'));
    await writeFile(at('steps/mine.txt'), 'not yours');
    const run = await cli(swap('--stages', at('steps')), { studio });
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/e4s: internal error: broken inside.*e4s doctor --json/);
    expect(run.stderr).not.toContain('fake-studio.ts');
    expect(await readdir(at('steps'))).toEqual(['mine.txt']);
    expect(existsSync(out)).toBe(false);
  });

  test('a failure at the end takes the folders of the stages back that it made', async () => {
    const studio = fakeStudio({
      duringEncode: () => {
        throw new TypeError('broken inside');
      },
    });
    await mkdir(at('there'));
    const run = await cli(swap('--stages', at('there/steps')), { studio });
    expect(run.code).toBe(1);
    expect(await readdir(at('there'))).toEqual([]);
  });

  test('--verbose adds the stack trace', async () => {
    const studio = fakeStudio({
      duringSwap: () => {
        throw new TypeError('broken inside');
      },
    });
    expect((await cli(swap('--verbose'), { studio })).stderr).toContain('fake-studio.ts');
  });
});

describe('progress', () => {
  test('json: one line for every event, errors too', async () => {
    const good = await cli(swap('--progress', 'json', '--json'));
    const events = good.stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.filter((row) => row.event === 'progress').at(-1)).toMatchObject({ fraction: 1 });
    expect(events).toContainEqual(expect.objectContaining({ event: 'warning', rule: 'yaw', face: 0 }));
    const fractions = events.flatMap((row) => (row.event === 'progress' ? [row.fraction] : []));
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    source = at('none.png');
    const bad = await cli(swap('--progress=json'));
    expect(JSON.parse(bad.stderr.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      event: 'error',
      exit_code: 3,
      kind: 'input',
      file: source,
    });
  });

  test('it never goes back, whatever order the stages report in', async () => {
    let stderr = '';
    {
      using log = openEventLog({ write: (text) => (stderr += text) }, 'json');
      for (const fraction of [0.1, 0.5, 0.3, 0.6]) log.progress({ fraction, label: 'x' });
    }
    const fractions = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).fraction);
    expect(fractions).toEqual([0.1, 0.5, 0.5, 0.6]);
  });

  test('a terminal that does not say its width gets whole lines', () => {
    let stderr = '';
    using log = openEventLog({ write: (text) => (stderr += text), isTTY: true, columns: 0 }, 'auto');
    log.progress({ fraction: 0.5, label: 'Blend' });
    expect(stderr).toContain('50 %  Blend');
  });

  test('on a terminal a bar is drawn and taken away again', async () => {
    const { stderr } = await cli(swap(), { terminal: true });
    expect(stderr).toContain('░');
    expect(stderr.endsWith('\r\u001b[2K')).toBe(true);
  });

  test('without a terminal nothing is written but warnings', async () => {
    expect((await cli(swap())).stderr).toBe('warning: face 0: The head is turned far.\n');
  });
});
