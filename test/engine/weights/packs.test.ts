import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CancelledError, InputError, MissingPackError } from '#engine/errors.ts';
import { PACK_IDS, packOf } from '#engine/weights/catalogue.ts';
import { type ImportProgress, importPath } from '#engine/weights/import.ts';
import { networkManifest, WEIGHTS_IDS } from '#engine/weights/manifests.ts';
import { listPacks, locateNetwork, missingFor, packStatus, removePack, verifyPacks } from '#engine/weights/packs.ts';
import { openSafetensors } from '#engine/weights/safetensors.ts';
import { encodeSafetensors } from '#engine/weights/safetensors-writer.ts';
import { networkNumbers, networkStateDict, networkTensors } from '#test/support/network-files.ts';
import { rejection } from '#test/support/rejection.ts';
import { concat, floatTensor, torchLegacy, torchZip, type Written, zip } from '#test/support/torch-writer.ts';

let folder: string;
let packs: string;
let source: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-packs-'));
  packs = path.join(folder, 'home', 'packs');
  source = path.join(folder, 'pretrained');
  await mkdir(source);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const put = async (name: string, bytes: Uint8Array | string): Promise<string> => {
  const file = path.join(source, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, bytes);
  return file;
};
const unet = (seed = 0): Uint8Array => concat(torchZip(networkStateDict('parsing-unet', { seed })));
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const outcomes = (report: { files: readonly { file: string; outcome: string; pack: string | undefined }[] }) =>
  report.files.map(({ file, outcome, pack }) => [file, outcome, pack]);

describe('the catalogue', () => {
  it('names a pack, a licence, a page and a feature for every network', () => {
    const covered = PACK_IDS.flatMap((id) =>
      packOf(id).files.flatMap(({ networks }) => networks.map((row) => row.network)),
    );
    expect(new Set(covered)).toEqual(new Set(WEIGHTS_IDS));
    for (const id of PACK_IDS) {
      const { licence, page, features } = packOf(id);
      expect(licence.length).toBeGreaterThan(5);
      expect(page).toMatch(/^https:\/\//);
      expect(features.length).toBeGreaterThan(0);
    }
  });

  it('has manifests with the published numbers of elements', () => {
    const elements = Object.fromEntries(
      WEIGHTS_IDS.map((id) => [
        id,
        [...networkManifest(id).tensors].reduce((sum, [, { shape }]) => sum + shape.reduce((a, b) => a * b, 1), 0),
      ]),
    );
    expect(elements).toMatchObject({
      rgi: 167_062_300 + 18 * 512,
      discriminator: 29_012_769,
      'stylegan2-ffhq-1024': 33_166_492 + 512,
      arcface: 43_824_118 - 54,
      'parsing-unet': 1_947_317 - 18,
      'lpips-alex': 2_470_854,
      codeformer: 94_112_707,
    });
  });
});

describe('importing', () => {
  it('recognises a checkpoint by its content, converts it, and keeps bytes, keys and provenance', async () => {
    const bytes = unet();
    const file = await put('odd name.bin', bytes);
    const seen: ImportProgress[] = [];
    const report = await importPath(packs, file, { onProgress: (progress) => seen.push(progress) });
    expect(outcomes(report)).toEqual([['odd name.bin', 'imported', 'parsing-unet']]);
    expect(seen.map(({ step }) => step)).toContain('convert');
    expect(seen.at(-1)).toMatchObject({ step: 'convert', fraction: 1, count: 1 });

    const status = await packStatus(packs, 'parsing-unet');
    expect(status).toMatchObject({ state: 'ready', commercial: 'no', features: ['tuning'] });
    const [entry] = status.files[0]?.weights ?? [];
    expect(entry).toMatchObject({
      network: 'parsing-unet',
      tensors: 118,
      source: { name: 'odd name.bin', bytes: bytes.length, sha256: sha256(bytes), layout: 'torch-zip', container: '' },
    });
    const written = path.join(packs, 'parsing-unet', entry?.file ?? '');
    expect(sha256(await readFile(written))).toBe(entry?.sha256);
    await using weights = await openSafetensors(written);
    expect([...weights.tensors.keys()]).toEqual([...networkManifest('parsing-unet').tensors.keys()]);
    for (const { name, shape } of weights.tensors.values()) {
      const count = shape.reduce((a, b) => a * b, 1);
      expect(Buffer.from(await weights.read(name)).equals(Buffer.from(networkNumbers(name, count).buffer)), name).toBe(
        true,
      );
    }
    expect((await verifyPacks(packs))[0]).toEqual({ id: 'parsing-unet', state: 'ready', problems: [] });
  });

  it.each<[string, Written, string]>([
    ['prefixes of parallel training', networkStateDict('parsing-unet', { prefix: 'module.' }), ''],
    ['a dict around it', { dict: [['state_dict', networkStateDict('parsing-unet')]] }, 'state_dict'],
    [
      'another dict around it',
      { dict: [['net', { dict: [['inner', networkStateDict('parsing-unet')]] }]] },
      'net/inner',
    ],
  ])('accepts %s', async (_, value, container) => {
    await put('a.pth', concat(torchLegacy(value)));
    const report = await importPath(packs, source);
    expect(outcomes(report)).toEqual([['a.pth', 'imported', 'parsing-unet']]);
    const [entry] = (await packStatus(packs, 'parsing-unet')).files[0]?.weights ?? [];
    expect(entry?.source).toMatchObject({ layout: 'torch-legacy', container });
  });

  it('accepts safetensors', async () => {
    const tensors = networkTensors('parsing-unet').map(([name, { storage, shape }]) => ({
      name,
      dtype: 'F32' as const,
      shape,
      data: storage.data(),
    }));
    await put('a.safetensors', encodeSafetensors(tensors));
    expect(outcomes(await importPath(packs, source))).toEqual([['a.safetensors', 'imported', 'parsing-unet']]);
  });

  it('puts a network together from two files', async () => {
    const alexnet = (key: string) =>
      key.startsWith('net.layers.') ? key.replace('net.layers.', 'features.') : undefined;
    const lin = (key: string) => (key.startsWith('lin.') ? key.replace(/^lin\.(\d)\./, 'lin$1.model.') : undefined);
    await put('alexnet.pth', concat(torchZip(networkStateDict('lpips-alex', { rename: alexnet }))));
    await importPath(packs, source);
    expect(await packStatus(packs, 'lpips-alex')).toMatchObject({
      state: 'incomplete',
      reason: 'Not imported yet: alex.pth.',
    });
    expect((await rejection(locateNetwork(packs, 'lpips-alex'))).message).toMatch(/incomplete: "lin.0.1.weight"/);

    await put('alex.pth', concat(torchLegacy(networkStateDict('lpips-alex', { rename: lin }))));
    expect(outcomes(await importPath(packs, source))).toEqual([
      ['alex.pth', 'imported', 'lpips-alex'],
      ['alexnet.pth', 'present', 'lpips-alex'],
    ]);
    const located = await locateNetwork(packs, 'lpips-alex');
    const tensor = located.get('lin.3.1.weight');
    const bytes = await readFile(tensor?.file ?? '');
    expect(
      new Float32Array(Uint8Array.from(bytes.subarray(tensor?.offset, (tensor?.offset ?? 0) + 1024)).buffer),
    ).toEqual(networkNumbers('lin.3.1.weight', 256));
    expect((await verifyPacks(packs)).map(({ id, problems }) => [id, problems])).toEqual([['lpips-alex', []]]);
  });

  it('sorts a folder: known, incomplete, unknown, damaged, unneeded and foreign files', async () => {
    await put('faceseg/model.pth', unet());
    await put(
      'more/wrong-shape.pth',
      concat(torchZip(networkStateDict('parsing-unet', { rename: (key) => (key === 'final.bias' ? undefined : key) }))),
    );
    await put('stranger.pt', concat(torchZip({ dict: [['w', floatTensor([2], [1, 2])]] })));
    await put('evil.pt', concat(torchZip({ call: ['os', 'system'], args: ['true'] })));
    await put('cut.pth', unet().slice(0, 100_000));
    await put('E4S/shape_predictor_68_face_landmarks.dat', 'x');
    await put('readme.txt', 'hello');
    await put('slides.pptx', concat(zip([{ name: 'ppt/a.xml', data: new Uint8Array(3) }])));
    await put('a-tuned-copy.pth', unet(7));
    await symlink(source, path.join(source, 'loop'));
    const report = await importPath(packs, source);
    expect(new Map(report.files.map(({ file, outcome }) => [file, outcome]))).toEqual(
      new Map([
        [path.join('E4S', 'shape_predictor_68_face_landmarks.dat'), 'unneeded'],
        [path.join('faceseg', 'model.pth'), 'imported'],
        [path.join('more', 'wrong-shape.pth'), 'incomplete'],
        ['stranger.pt', 'unknown'],
        ['evil.pt', 'refused'],
        ['cut.pth', 'refused'],
        ['slides.pptx', 'unknown'],
        ['a-tuned-copy.pth', 'kept'],
      ]),
    );
    expect(report.ignored).toBe(2);
    const message = (name: string) => report.files.find(({ file }) => file.endsWith(name))?.message;
    expect(message('evil.pt')).toMatch(/os\.system/);
    expect(message('wrong-shape.pth')).toMatch(/missing: "final.bias"/);
    expect(message('cut.pth')).toMatch(/truncated/);
  });

  it('names wrong shapes and types', async () => {
    const value = networkStateDict('parsing-unet') as { dict: readonly (readonly [string, Written])[] };
    const changed = value.dict.map(([key, tensor]): readonly [string, Written] =>
      key === 'final.bias' ? [key, floatTensor([20], new Float32Array(20))] : [key, tensor],
    );
    await put('a.pth', concat(torchZip({ dict: changed })));
    const [file] = (await importPath(packs, source)).files;
    expect(file).toMatchObject({ outcome: 'incomplete', pack: 'parsing-unet' });
    expect(file?.message).toMatch(/"final.bias" is \[20\] instead of \[19\]/);
    expect(await readdir(folder)).toEqual(['pretrained']);
  });

  it('keeps what is there, and replaces it when asked to', async () => {
    const first = await put('first.pth', unet(1));
    const second = await put('second.pth', unet(2));
    await importPath(packs, first);
    expect(outcomes(await importPath(packs, first))).toEqual([['first.pth', 'present', 'parsing-unet']]);
    expect(outcomes(await importPath(packs, second))).toEqual([['second.pth', 'kept', 'parsing-unet']]);
    expect(outcomes(await importPath(packs, second, { replace: true }))).toEqual([
      ['second.pth', 'imported', 'parsing-unet'],
    ]);
    const status = await packStatus(packs, 'parsing-unet');
    expect(status.files[0]?.weights).toMatchObject([{ source: { name: 'second.pth' } }]);
    expect(await readdir(path.join(packs, 'parsing-unet'))).toHaveLength(2);
  });

  it('leaves nothing when it is cancelled', async () => {
    const file = await put('a.pth', unet());
    const abort = new AbortController();
    const onProgress = ({ step }: ImportProgress): void => {
      if (step === 'convert') abort.abort();
    };
    expect(await rejection(importPath(packs, file, { signal: abort.signal, onProgress }))).toBeInstanceOf(
      CancelledError,
    );
    expect(await packStatus(packs, 'parsing-unet')).toMatchObject({ state: 'missing' });
    expect(await readdir(path.join(packs, 'parsing-unet'))).toEqual([]);
  });

  it('names a path that is not there', async () => {
    const error = await rejection(importPath(packs, path.join(source, 'nothing.pt')));
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(/no such file/);
  });
});

describe('packs', () => {
  it('are all missing at first, and features say what they need', async () => {
    const states = (await listPacks(packs)).map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(['missing']));
    expect((await missingFor(packs, 'tuning')).map(({ id }) => id)).toEqual([
      'rgi',
      'arcface',
      'parsing-unet',
      'lpips-alex',
    ]);
    expect((await missingFor(packs, 'upscaling')).map(({ id }) => id)).toEqual([
      'gpen-realesrnet-x4',
      'realesrgan-x4plus',
    ]);
    const error = await rejection(locateNetwork(packs, 'arcface'));
    expect(error).toBeInstanceOf(MissingPackError);
    expect(error).toMatchObject({ action: expect.stringContaining('model_ir_se50.pth') });
  });

  it.each<[string, (file: string, manifest: string) => Promise<void>, string, RegExp]>([
    [
      'a changed byte',
      async (file) => {
        const bytes = await readFile(file);
        bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
        await writeFile(file, bytes);
      },
      'ready',
      /was changed: its SHA-256/,
    ],
    ['a shorter file', (file) => truncate(file, 1000), 'damaged', /has 1000 bytes instead of/],
    ['a file that is gone', (file) => rm(file), 'damaged', /is gone/],
    ['a manifest that is no JSON', (_, manifest) => writeFile(manifest, '{'), 'damaged', /manifest is damaged/],
    [
      'a manifest of another version',
      async (_, manifest) => {
        await writeFile(manifest, (await readFile(manifest, 'utf8')).replace('"version": 1', '"version": 2'));
      },
      'damaged',
      /not valid/,
    ],
    [
      'a manifest that leads out of the folder',
      async (file, manifest) => {
        await writeFile(manifest, (await readFile(manifest, 'utf8')).replace(path.basename(file), '../x.safetensors'));
      },
      'damaged',
      /not valid/,
    ],
  ])('with %s are found out', async (_, damage, state, message) => {
    await importPath(packs, await put('a.pth', unet()));
    const own = path.join(packs, 'parsing-unet');
    const name = (await readdir(own)).find((entry) => entry.endsWith('.safetensors'));
    await damage(path.join(own, name ?? ''), path.join(own, 'manifest.json'));
    expect((await packStatus(packs, 'parsing-unet')).state).toBe(state);
    const [verdict] = await verifyPacks(packs);
    expect(verdict).toMatchObject({ id: 'parsing-unet', state: 'damaged' });
    expect(verdict?.problems.join(' ')).toMatch(message);
    const again = await importPath(packs, path.join(source, 'a.pth'));
    expect(outcomes(again)).toEqual([['a.pth', 'imported', 'parsing-unet']]);
    expect((await verifyPacks(packs))[0]?.problems).toEqual([]);
  });

  it('are removed', async () => {
    await importPath(packs, await put('a.pth', unet()));
    expect(await removePack(packs, 'parsing-unet')).toBe(true);
    expect(await removePack(packs, 'parsing-unet')).toBe(false);
    expect((await packStatus(packs, 'parsing-unet')).state).toBe('missing');
  });
});
