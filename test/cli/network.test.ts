import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSafetensors } from '#engine/weights/safetensors.ts';
import { writeSafetensors } from '#engine/weights/safetensors-writer.ts';
import { goldenUnits } from '#test/support/golden-tensors.ts';
import { networkNumbers, networkStateDict, networkTensors } from '#test/support/network-files.ts';
import { concat, torchLegacy } from '#test/support/torch-writer.ts';
import { cli } from './fake-studio.ts';

let folder: string;
const before = process.env['E4S_HOME'];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-cli-network-'));
  process.env['E4S_HOME'] = path.join(folder, 'home');
});
afterEach(async () => {
  if (before === undefined) delete process.env['E4S_HOME'];
  else process.env['E4S_HOME'] = before;
  await rm(folder, { recursive: true });
});

const at = (name: string): string => path.join(folder, name);
const writeImage = (name: string, shape: readonly number[], change: (data: Float32Array) => void = () => undefined) => {
  const data = networkNumbers(
    'image',
    shape.reduce((a, b) => a * b, 1),
  );
  change(data);
  return writeSafetensors(at(name), [{ name: 'image', dtype: 'F32', shape, data: new Uint8Array(data.buffer) }]);
};
const writeWeights = () =>
  writeSafetensors(
    at('weights.safetensors'),
    networkTensors('parsing-unet').map(([name, { storage, shape }]) => ({
      name,
      dtype: 'F32' as const,
      shape,
      // Variances have to be positive; the rest keeps both signs, so that no layer falls silent.
      data: new Uint8Array(
        Float32Array.from(goldenUnits(name, storage.length), (u) => (name.endsWith('running_var') ? u + 0.5 : u - 0.5))
          .buffer,
      ),
    })),
  );
const run = (...words: string[]) => cli(['network', 'run', ...words]);

describe('network', () => {
  test('lists the networks with their inputs and outputs', async () => {
    const { code, stdout } = await cli(['network', 'list', '--json']);
    expect(code).toBe(0);
    const { networks } = JSON.parse(stdout);
    expect(networks).toContainEqual({
      name: 'rgi-style-codes',
      summary: expect.any(String),
      inputs: [{ name: 'style_vectors', shape: [1, 12, 1280], note: expect.any(String), optional: false }],
      outputs: [{ name: 'style_codes', shape: [1, 12, 18, 512], note: expect.any(String), optional: false }],
      weights: ['rgi'],
    });
  });

  test('runs one with a file of weights, and the same with the packs', async () => {
    await writeWeights();
    await writeImage('in.safetensors', [1, 3, 512, 512]);
    const words = ['parsing-unet', '--inputs', at('in.safetensors')];
    const result = await run(...words, '--weights', at('weights.safetensors'), '--out', at('a.safetensors'), '--json');
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(result.stdout)).toMatchObject({
      network: 'parsing-unet',
      provider: 'cpu',
      outputs: expect.arrayContaining([{ name: 'logits', shape: [1, 19, 512, 512] }]),
    });
    await using first = await openSafetensors(at('a.safetensors'));
    const feature = new Float32Array((await first.read('feature_0')).buffer as ArrayBuffer);
    expect(feature.every(Number.isFinite)).toBe(true);
    expect(new Set(feature.subarray(0, 8 * 512 * 512)).size).toBeGreaterThan(1000);

    expect((await cli(['models', 'import', at('weights.safetensors')])).code).toBe(0);
    expect((await run(...words, '--out', at('b.safetensors'))).code).toBe(0);
    await using second = await openSafetensors(at('b.safetensors'));
    for (const name of ['feature_0', 'feature_4', 'logits']) {
      expect(Buffer.from(await second.read(name)).equals(Buffer.from(await first.read(name))), name).toBe(true);
    }
  });

  test.each<[string, readonly number[], ((data: Float32Array) => void) | undefined, RegExp]>([
    [
      'a wrong shape',
      [1, 3, 512, 511],
      undefined,
      /in\.safetensors: The input "image" of parsing-unet must be \[N,3,512,512\], not \[1,3,512,511\]/,
    ],
    ['a wrong rank', [512, 512], undefined, /must be \[N,3,512,512\]/],
    ['NaN', [1, 3, 512, 512], (data) => data.fill(Number.NaN, 7, 8), /holds NaN at element 7/],
  ])('%s ends with 3 and leaves no file', async (_, shape, change, message) => {
    await writeWeights();
    await writeImage('in.safetensors', shape, change);
    const result = await run(
      'parsing-unet',
      '--inputs',
      at('in.safetensors'),
      '--weights',
      at('weights.safetensors'),
      '--out',
      at('out.safetensors'),
    );
    expect(result.code).toBe(3);
    expect(result.stderr).toMatch(message);
    expect((await readdir(folder)).sort()).toEqual(['in.safetensors', 'weights.safetensors']);
  });

  test('missing keys, missing packs, missing files and unknown names are told apart', async () => {
    await writeImage('in.safetensors', [1, 3, 512, 512]);
    const part = networkStateDict('parsing-unet', { rename: (key) => (key === 'final.bias' ? undefined : key) });
    await writeFile(at('part.pth'), concat(torchLegacy(part)));
    const words = ['--inputs', at('in.safetensors'), '--out', at('out.safetensors')];
    const incomplete = await run('parsing-unet', ...words, '--weights', at('part.pth'));
    expect(incomplete).toMatchObject({ code: 3, stderr: expect.stringMatching(/part\.pth: .*missing: "final\.bias"/) });
    const packs = await run('parsing-unet', ...words);
    expect(packs).toMatchObject({ code: 4, stderr: expect.stringMatching(/not imported.*model\.pth/) });
    expect(await run('parsing-unet', '--inputs', at('no'), '--out', at('o'))).toMatchObject({ code: 3 });
    expect(await run('nothing', ...words)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/there are rgi-encoder/),
    });
    const same = await run('parsing-unet', '--inputs', at('in.safetensors'), '--out', at('in.safetensors'));
    expect(same).toMatchObject({ code: 2, stderr: expect.stringMatching(/is read by the same command/) });
  });
});
