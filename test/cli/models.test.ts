import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PACK_IDS } from '#engine/weights/catalogue.ts';
import { networkStateDict } from '#test/support/network-files.ts';
import { PRETRAINED_OUTCOMES, writePretrained } from '#test/support/pretrained-folder.ts';
import { concat, torchLegacy, torchZip } from '#test/support/torch-writer.ts';
import { cli } from './fake-studio.ts';

interface ImportReportJson {
  readonly files: readonly { file: string; outcome: string; message: string }[];
  readonly ignored: number;
  readonly packs: readonly { id: string; state: string }[];
}

let folder: string;
let home: string;
const before = process.env['E4S_HOME'];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-cli-models-'));
  home = path.join(folder, 'home');
  process.env['E4S_HOME'] = home;
});
afterEach(async () => {
  if (before === undefined) delete process.env['E4S_HOME'];
  else process.env['E4S_HOME'] = before;
  await rm(folder, { recursive: true });
});

const put = async (name: string, bytes: Uint8Array): Promise<string> => {
  const file = path.join(folder, name);
  await writeFile(file, bytes);
  return file;
};

describe('models', () => {
  test('lists every pack under the documented keys before anything is there', async () => {
    const { code, stdout, stderr } = await cli(['models', 'list', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { packs, features } = JSON.parse(stdout);
    expect(features).toContainEqual({
      id: 'tuning',
      title: expect.any(String),
      ready: false,
      missing: ['rgi', 'arcface', 'parsing-unet', 'lpips-alex'],
    });
    expect(packs.map(({ id }: { id: string }) => id)).toEqual([...PACK_IDS]);
    expect(packs[0]).toMatchObject({
      id: 'rgi',
      state: 'missing',
      licence: expect.any(String),
      commercial: 'no',
      files: [{ name: 'E4S/iteration_300000.pt', present: false, weights: [] }],
      features: ['rgi-swap', 'tuning'],
    });
    expect((await cli(['models', 'list'])).stdout).toMatch(/missing {4}rgi .*\n.*for: .*\n.*no commercial use/);
    expect((await cli(['models', 'verify'])).stdout).toBe('No packs are imported.\n');
  });

  test('imports with progress, lists and verifies; damage ends with 3', async () => {
    const file = await put('model.pth', concat(torchZip(networkStateDict('parsing-unet'))));
    const imported = await cli(['models', 'import', file, '--json', '--progress', 'json']);
    expect(imported.code).toBe(0);
    expect(JSON.parse(imported.stdout).files).toEqual([
      { file: 'model.pth', outcome: 'imported', pack: 'parsing-unet', message: expect.any(String) },
    ]);
    const events = imported.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.at(-1)).toMatchObject({ event: 'progress', fraction: 1, file: 'model.pth', step: 'convert' });

    const { packs } = JSON.parse((await cli(['models', 'list', '--json'])).stdout);
    expect(packs.find(({ id }: { id: string }) => id === 'parsing-unet')).toMatchObject({ state: 'ready' });
    expect(JSON.parse((await cli(['models', 'verify', '--json'])).stdout)).toMatchObject({ ok: true });

    const own = path.join(home, 'packs', 'parsing-unet');
    const weights = path.join(own, (await readdir(own)).find((name) => name.endsWith('.safetensors')) ?? '');
    const bytes = await readFile(weights);
    bytes[bytes.length - 3] = (bytes.at(-3) ?? 0) ^ 0xff;
    await writeFile(weights, bytes);
    const verified = await cli(['models', 'verify', '--json']);
    expect(verified.code).toBe(3);
    expect(JSON.parse(verified.stdout)).toMatchObject({ ok: false, packs: [{ id: 'parsing-unet', state: 'damaged' }] });
    expect(verified.stderr).toMatch(/parsing-unet: .*SHA-256/);
  });

  test.each([
    [
      'a hostile file',
      concat(torchLegacy({ call: ['os', 'system'], args: ['true'] })),
      /evil\.pt: Refused: the Python name "os\.system"/,
    ],
    ['a file that is cut', concat(torchZip(networkStateDict('parsing-unet'))).slice(0, 99_999), /truncated/],
    ['a picture', new TextEncoder().encode('GIF89a'), /neither a safetensors file nor a PyTorch checkpoint/],
  ])('%s ends with 3, one line, and leaves nothing', async (_, bytes, message) => {
    const result = await cli(['models', 'import', await put('evil.pt', bytes)]);
    expect(result.code).toBe(3);
    expect(result.stderr.trim().split('\n')).toHaveLength(1);
    expect(result.stderr).toMatch(message);
    expect(await readdir(path.join(home, 'packs'))).toEqual([]);
  });

  test.each([
    [['models'], /Say which: list, import, verify/],
    [['models', 'frob'], /There is no "frob" in "models"/],
    [['models', 'import'], /path/],
    [['models', 'list', 'more'], /argument/],
  ])('%j is wrong usage', async (words, message) => {
    const { code, stderr } = await cli(words);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  test('a folder in the authors’ layout: a right report, exit code 3 for the damaged file, nothing half-written', async () => {
    const pretrained = await writePretrained(folder);
    const result = await cli(['models', 'import', pretrained, '--json']);
    expect(result.code).toBe(3);
    expect(result.stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/GPEN.weights.ParseNet-latest\.pth: .*truncated.* "e4s models list"/),
    ]);
    const report = JSON.parse(result.stdout) as ImportReportJson;
    const outcomes = report.files.map(({ file, outcome }) => [file.split(path.sep).join('/'), outcome]);
    expect(Object.fromEntries(outcomes)).toEqual(PRETRAINED_OUTCOMES);
    expect(report.ignored).toBe(1);
    const message = (name: string) => report.files.find(({ file }) => file.endsWith(name))?.message;
    expect(message('iteration_300000.pt')).toMatch(
      /another file, model\.pth.*should hold "E4S: Regional GAN Inversion"/,
    );
    expect(message('net_g_50000.pth')).toMatch(/no network that the studio knows.*should hold "E4S: face inpainting/);
    expect(message('79999_iter.pth')).toBe('"BiSeNet: face parsing" was imported.');
    const states = report.packs.map(({ id, state }) => [id, state]);
    expect(states).toContainEqual(['face-parsing-bisenet', 'ready']);
    expect(states).toContainEqual(['parsing-unet', 'ready']);
    expect(states).toContainEqual(['lpips-alex', 'incomplete']);
    expect(states).toContainEqual(['rgi', 'missing']);
    const left = await readdir(path.join(home, 'packs'), { recursive: true, withFileTypes: true });
    const names = left.filter((entry) => entry.isFile()).map(({ name }) => name.replace(/-[0-9a-f]{12}\./, '-*.'));
    expect(names.toSorted()).toEqual([
      'face-parsing-bisenet-*.safetensors',
      'lpips-alex-*.safetensors',
      ...Array(3).fill('manifest.json'),
      'parsing-unet-*.safetensors',
    ]);
    expect((await cli(['models', 'verify'])).code).toBe(0);
    const text = await cli(['models', 'import', pretrained]);
    expect(text.stdout).toMatch(/present +faceseg.79999_iter\.pth: .*imported from this file before/);
    expect(text.stdout).toMatch(/Still missing:\n.*rgi +E4S\/iteration_300000\.pt/);
  });

  test('a path that is not there ends with 3', async () => {
    const { code, stderr } = await cli(['models', 'import', path.join(folder, 'nothing')]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/nothing: There is no such file/);
  });
});
