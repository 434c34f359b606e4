/**
 * Checkpoints of the official size and layout: written by the tests, imported in a process of its own, compared byte
 * for byte, and run. Needs about 5 GB of temporary disk space, which is given back.
 */
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NETWORKS } from '#engine/networks/index.ts';
import { runNetwork } from '#engine/networks/run-network.ts';
import { networkManifest, type WeightsId } from '#engine/weights/manifests.ts';
import { packStatus } from '#engine/weights/packs.ts';
import { openSafetensors } from '#engine/weights/safetensors.ts';
import { writeSafetensors } from '#engine/weights/safetensors-writer.ts';
import { buildEntry } from '#test/support/build-entry.ts';
import { networkNumbers, networkStateDict } from '#test/support/network-files.ts';
import { floatTensor, torchLegacy, torchZip, type Written } from '#test/support/torch-writer.ts';

const GIGABYTE = 1e9;
const LATENT = networkNumbers('latent_avg', 18 * 512);
const OPTIONS: Written = {
  dict: [
    ['device', { call: ['torch', 'device'], args: ['cuda', 0] }],
    ['exp_dir', '/data/e4s'],
    ['learning_rate', 1e-4],
    ['out_size', 1024],
  ],
};

/** As the training coach saves it: two copies of the network, the second averaged, and the discriminator. */
const official: Written = {
  dict: [
    ['state_dict', networkStateDict('rgi', { prefix: 'module.' })],
    ['state_dict_ema', networkStateDict('rgi', { seed: 1 })],
    ['D_state_dict', networkStateDict('discriminator', { prefix: 'module.' })],
    ['latent_avg', floatTensor([18, 512], LATENT)],
    ['opts', OPTIONS],
  ],
};
/** As personal tuning saves it, in the layout before PyTorch 1.6 and without the blur kernels. */
const tuned: Written = {
  dict: [
    ['state_dict', networkStateDict('rgi', { withoutConstants: true })],
    ['latent_avg', floatTensor([18, 512], LATENT)],
    ['opts', OPTIONS],
  ],
};

let folder: string;
let entry: Awaited<ReturnType<typeof buildEntry>>;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-full-size-'));
  entry = await buildEntry('test/support/import-entry.ts');
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await entry.remove();
});

interface ImportResult {
  readonly files: readonly { readonly outcome: string; readonly pack: string }[];
  readonly steps: number;
  readonly peakRssBytes: number;
}

async function importIn(packs: string, file: string): Promise<ImportResult> {
  const { stdout } = await promisify(execFile)(process.execPath, [entry.file, packs, file]);
  return JSON.parse(stdout) as ImportResult;
}

const write = async (name: string, pieces: Iterable<Uint8Array>): Promise<string> => {
  const file = path.join(folder, name);
  await pipeline(Readable.from(pieces), createWriteStream(file));
  return file;
};

/** Every key of the manifest but the constants, and every byte. */
async function expectWhole(packs: string, network: WeightsId): Promise<void> {
  const status = await packStatus(packs, 'rgi');
  const row = status.files.flatMap(({ weights }) => weights).find((weights) => weights.network === network);
  await using file = await openSafetensors(path.join(packs, 'rgi', row?.file ?? ''));
  const needed = [...networkManifest(network).tensors].filter(([, { constant }]) => !constant);
  expect([...file.tensors.keys()]).toEqual(needed.map(([key]) => key));
  const different: string[] = [];
  for (const [key, { shape }] of needed) {
    const expected = networkNumbers(
      key,
      shape.reduce((a, b) => a * b, 1),
    );
    if (!Buffer.from(await file.read(key)).equals(Buffer.from(expected.buffer))) different.push(key);
  }
  expect(different).toEqual([]);
}

/** The style codes of made-up style vectors, as a file. */
async function styleCodes(name: string, packs: string, ...weights: string[]): Promise<Buffer> {
  const network = NETWORKS.find((row) => row.name === 'rgi-style-codes');
  if (network === undefined) throw new Error('There is no such network.');
  const inputs = path.join(folder, `${name}-in.safetensors`);
  const out = path.join(folder, `${name}-out.safetensors`);
  const vectors = networkNumbers('vectors', 12 * 1280);
  await writeSafetensors(inputs, [
    { name: 'style_vectors', dtype: 'F32', shape: [1, 12, 1280], data: new Uint8Array(vectors.buffer) },
  ]);
  await runNetwork({ network, inputs, out, packs, weights, device: 'cpu' });
  await using file = await openSafetensors(out);
  return Buffer.from(await file.read('style_codes'));
}

describe('checkpoints of full size', () => {
  const packs = (): string => path.join(folder, 'zip', 'packs');
  const legacyPacks = (): string => path.join(folder, 'legacy', 'packs');
  let officialFile: string;
  let tunedFile: string;

  it('the official zip of 1.4 GB is imported in less than 1 GB of memory, every byte right', async () => {
    officialFile = await write(
      'iteration_300000.pt',
      torchZip(official, { location: 'cuda:0', root: 'iteration_300000' }),
    );
    expect((await stat(officialFile)).size).toBeGreaterThan(1.44 * GIGABYTE);
    const result = await importIn(packs(), officialFile);
    expect(result.files).toMatchObject([{ outcome: 'imported', pack: 'rgi' }]);
    expect(result.steps).toBeGreaterThan(100);
    expect(result.peakRssBytes).toBeLessThan(GIGABYTE);
    await expectWhole(packs(), 'rgi');
    await expectWhole(packs(), 'discriminator');
    expect(await readdir(path.join(packs(), 'rgi'))).toHaveLength(3);
  });

  it('so is a tuned network in the legacy layout', async () => {
    tunedFile = await write('PTI_G_lr0.001_iters80.pth', torchLegacy(tuned, { location: 'cuda:0' }));
    const result = await importIn(legacyPacks(), tunedFile);
    expect(result.files).toMatchObject([{ outcome: 'imported', pack: 'rgi' }]);
    expect(result.peakRssBytes).toBeLessThan(GIGABYTE);
    await expectWhole(legacyPacks(), 'rgi');
  });

  it('a network gives the same with the packs as with the checkpoints themselves', async () => {
    const first = await styleCodes('zip-pack', packs());
    expect(first.some((byte) => byte !== 0)).toBe(true);
    expect((await styleCodes('legacy-pack', legacyPacks())).equals(first)).toBe(true);
    expect((await styleCodes('zip', '', officialFile)).equals(first)).toBe(true);
    expect((await styleCodes('legacy', '', tunedFile)).equals(first)).toBe(true);
  });
});
