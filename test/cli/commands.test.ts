import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { REGIONS } from '#shared/regions.ts';
import { cli, face, fakeStudio } from './fake-studio.ts';

let folder: string;
let photo: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-cli-'));
  photo = path.join(folder, 'photo.png');
  await sharp({ create: { width: 24, height: 16, channels: 3, background: 'red' } }).toFile(photo);
});
afterEach(() => rm(folder, { recursive: true }));

describe('help', () => {
  test('every command has its own, on stdout, with exit code 0', async () => {
    const top = await cli(['--help']);
    expect(top).toMatchObject({ code: 0, stderr: '' });
    for (const name of ['swap', 'detect', 'parse', 'doctor', 'bench', 'serve']) {
      expect(top.stdout).toContain(`  ${name} `);
      const own = await cli([name, '--help']);
      expect(own).toMatchObject({ code: 0, stderr: '' });
      expect(own.stdout).toContain(`Usage: e4s ${name}`);
      expect(own.stdout).toContain('--json');
      for (const line of own.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  test('the version is the one of the package', async () => {
    expect(await cli(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^E4S Studio \d+\.\d+\.\d+\n$/),
    });
  });
});

describe('detect', () => {
  test('lists faces in pixels and degrees under the documented keys', async () => {
    const studio = fakeStudio({ faces: { 'photo.png': [face(0, 10), face(1, 12)] } });
    const { code, stdout } = await cli(['detect', photo, '--json'], { studio });
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect([result.width, result.height]).toEqual([24, 16]);
    expect(result.faces).toHaveLength(2);
    expect(result.faces[1]).toMatchObject({
      index: 1,
      box: [1, 2, 12, 12],
      size: 12,
      score: 0.9,
      yaw: 1.5,
      pitch: -2,
      roll: 0.25,
    });
    expect(result.faces[0].landmarks_68).toHaveLength(68);
    expect(result.faces[0].landmarks_68[3]).toEqual([3, 3.5]);
    expect(result.faces[0].landmarks_dense).toHaveLength(478);
  });

  test('a photo without a face is an answer, not a failure', async () => {
    const studio = () => fakeStudio({ faces: { 'photo.png': [] } });
    const plain = await cli(['detect', photo], { studio: studio() });
    expect(plain).toMatchObject({ code: 0, stdout: `${photo}: 24 x 16, 0 faces\n` });
    expect(JSON.parse((await cli(['detect', photo, '--json'], { studio: studio() })).stdout).faces).toEqual([]);
  });

  test('a table for people', async () => {
    const { stdout } = await cli(['detect', photo]);
    expect(stdout.split('\n')[1]).toBe('face     x     y     w     h  score   yaw pitch  roll');
    expect(stdout.split('\n')[2]).toBe('   0     1     2    10    10   0.90     2    -2     0');
  });

  test('needs exactly one photo', async () => {
    expect((await cli(['detect'])).code).toBe(2);
    expect((await cli(['detect', photo, photo])).code).toBe(2);
  });
});

describe('parse', () => {
  test('writes a palette picture whose indices are the labels', async () => {
    const out = path.join(folder, 'map.png');
    const { code, stdout } = await cli(['parse', photo, '--out', out, '--json', '--frame', 'crop']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ out, width: 16, height: 16, face: 0 });
    const whole = await cli(['parse', photo, '--out', out, '--json', '--frame', 'crop', '--no-crop']);
    expect(JSON.parse(whole.stdout)).toMatchObject({ width: 24, height: 24 });
    await cli(['parse', photo, '--out', out, '--frame', 'crop']);
    expect((await sharp(out).metadata()).isPalette).toBe(true);
    const { data, info } = await sharp(out).raw().toBuffer({ resolveWithObject: true });
    for (let i = 0; i < 256; i++) {
      const colour = [...data.subarray(i * info.channels, i * info.channels + 3)];
      expect(colour).toEqual(REGIONS.find((region) => region.index === i % 12)?.color);
    }
  });

  test('refuses other formats, the photo itself, and a photo without a face', async () => {
    expect((await cli(['parse', photo, '--out', path.join(folder, 'map.jpg')])).code).toBe(2);
    expect((await cli(['parse', photo, '--out', photo])).code).toBe(2);
    const none = { studio: fakeStudio({ faces: { 'photo.png': [] } }) };
    expect((await cli(['parse', photo, '--out', path.join(folder, 'map.png')], none)).code).toBe(5);
    expect(await readdir(folder)).toEqual(['photo.png']);
  });
});

describe('bench', () => {
  test('without a name lists the measurements', async () => {
    const { code, stdout } = await cli(['bench']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^photo-classic {2,}\w/);
  });

  test('an unknown name ends with 2 and the list', async () => {
    const { code, stderr } = await cli(['bench', 'photo-modern']);
    expect(code).toBe(2);
    expect(stderr).toContain('There are: photo-classic');
  });

  test('reports the machine and the spread', async () => {
    const { code, stdout, stderr } = await cli([
      'bench',
      'photo-classic',
      '--runs',
      '2',
      '--source',
      photo,
      '--target',
      photo,
      '--json',
    ]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect(result.runs).toBe(2);
    expect(result.machine.cores).toBeGreaterThan(0);
    for (const key of ['median', 'min', 'max']) expect(result[key]).toBeGreaterThan(0);
    expect(result.min).toBeLessThanOrEqual(result.median);
    const sliders = ['amount', 'recolor', 'nose shape'].flatMap((name) => [`${name}, draft`, name]);
    expect(Object.keys(result.sliders)).toEqual(sliders);
  });

  test('one photo alone is not a pair', async () => {
    expect((await cli(['bench', 'photo-classic', '--source', photo])).code).toBe(2);
  });
});

test('a file that is no picture is the same refusal in every command', async () => {
  const text = path.join(folder, 'text.png');
  await writeFile(text, 'just text');
  for (const argv of [
    ['detect', text],
    ['parse', text, '--out', path.join(folder, 'map.png')],
    ['swap', '--source', text, '--target', photo, '--out', path.join(folder, 'o.png')],
    ['swap', '--source', photo, '--target', text, '--out', path.join(folder, 'o.png')],
  ]) {
    const { code, stderr, stdout } = await cli(argv);
    expect(stderr).toBe(
      `e4s: ${text}: This is not a picture, whatever its name ends in. Choose a JPEG, PNG, WebP, TIFF, AVIF or GIF picture.\n`,
    );
    expect([code, stdout]).toEqual([3, '']);
  }
  expect((await readdir(folder)).sort()).toEqual(['photo.png', 'text.png']);
});
