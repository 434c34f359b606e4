/** Tuned weights as files: this studio's own, official ones, and everything that is wrong with others. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '#engine/errors.ts';
import { FrameFiles } from '#engine/tuning/frame-files.ts';
import { readResumeWeights } from '#engine/tuning/resume-weights.ts';
import { saveTuning } from '#engine/tuning/tuning-run.ts';
import { encodeSafetensors } from '#engine/weights/safetensors-writer.ts';
import { goldenTensor } from '#test/support/golden-tensors.ts';
import { concat, floatTensor, stateDict, torchLegacy, torchZip, type Written } from '#test/support/torch-writer.ts';

const shapes = new Map([
  ['G.input.input', [1, 4, 4, 4]],
  ['MLPs.0.mlp.0.bias', [8]],
] as const);
const average = goldenTensor('latent_avg', [18, 512]);
const tensors = Object.fromEntries([...shapes].map(([name, shape]) => [name, goldenTensor(name, shape)]));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-resume-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const numbers = (name: string): Float32Array => (tensors[name] ?? average).data as Float32Array;
const row = (name: string, shape: readonly number[] = shapes.get(name as 'G.input.input') ?? [18, 512]) =>
  floatTensor(shape, numbers(name)).tensor;

/** As upstream's pipeline saves it. */
const official = (change: { prefix?: string; without?: string; shape?: number[]; average?: boolean } = {}): Written => {
  const keys = ['encoder.input_layer.2.weight', ...shapes.keys()].filter((key) => key !== change.without);
  const dict = keys.map((key) => [
    `${change.prefix ?? ''}${key}`,
    key.startsWith('encoder')
      ? floatTensor([2], [0, 1]).tensor
      : row(key, key === 'G.input.input' ? change.shape : undefined),
  ]);
  return {
    dict: [
      ['state_dict', stateDict(Object.fromEntries(dict))],
      ['opts', { dict: [['pti_learning_rate', 0.001]] }],
      ...(change.average === false ? [] : [['latent_avg', { tensor: row('latent_avg') }] as const]),
    ],
  };
};
const write = async (name: string, bytes: Uint8Array): Promise<string> => {
  const file = path.join(folder, name);
  await writeFile(file, bytes);
  return file;
};
const read = (file: string) => readResumeWeights(file, shapes, average);

describe('official tuned weights', () => {
  it.each([
    ['PTI_G_lr0.001000_iters80.pth', torchZip(official())],
    ['legacy.pth', torchLegacy(official())],
    ['parallel.pth', torchZip(official({ prefix: 'module.' }))],
  ])('%s loads', async (name, pieces) => {
    const found = await read(await write(name, concat(pieces)));
    expect(found.origin).toBe('official');
    expect(found.tensors).toEqual(tensors);
  });

  it.each([
    [
      'another network',
      { dict: [['state_dict', stateDict({ a: floatTensor([2], [1, 2]).tensor })]] },
      /no tuned weights/,
    ],
    ['half of it', official({ without: 'MLPs.0.mlp.0.bias' }), /missing: "MLPs\.0\.mlp\.0\.bias"/],
    ['another size', official({ shape: [1, 64] }), /"G\.input\.input" is \[1, 64\] instead of \[1, 4, 4, 4\]/],
    ['no mean latent', official({ average: false }), /have no "latent_avg"/],
  ] satisfies [string, Written, RegExp][])('%s is refused with its reason', async (name, value, reason) => {
    const file = await write(`${name}.pth`, concat(torchZip(value)));
    await expect(read(file)).rejects.toBeInstanceOf(InputError);
    await expect(read(file)).rejects.toThrow(reason);
  });

  it('of another checkpoint are refused', async () => {
    const file = await write('other.pth', concat(torchZip(official())));
    const other = goldenTensor('other', [18, 512]);
    await expect(readResumeWeights(file, shapes, other)).rejects.toThrow(/tuned from another checkpoint/);
  });
});

describe('own tuned weights', () => {
  it('load', async () => {
    const file = path.join(folder, 'tuned.safetensors');
    await saveTuning(file, { updates: 7, tensors: { ...tensors, latent_avg: average } });
    expect(await read(file)).toEqual({ origin: 'studio', tensors });
  });

  it('with something that is no number are refused', async () => {
    const spoilt = { ...tensors, 'MLPs.0.mlp.0.bias': { dims: [8], data: new Float32Array(8).fill(Number.NaN) } };
    const file = path.join(folder, 'spoilt.safetensors');
    await saveTuning(file, { updates: 7, tensors: spoilt });
    await expect(read(file)).rejects.toThrow(/"MLPs\.0\.mlp\.0\.bias" of these tuned weights holds NaN/);
  });

  it('are told from any other file', async () => {
    await expect(read(await write('text.txt', new TextEncoder().encode('hello')))).rejects.toBeInstanceOf(InputError);
    const other = encodeSafetensors([{ name: 'x', dtype: 'F32', shape: [1], data: new Uint8Array(4) }]);
    await expect(read(await write('x.safetensors', other))).rejects.toThrow(/no tuned weights/);
  });
});

describe('prepared frames', () => {
  it('come back as pictures in [-1, 1], labels and vectors', async () => {
    const data = Uint8Array.from({ length: 3 * 4 * 6 }, (_, at) => at * 3);
    const picture = { width: 6, height: 4, channels: 3, data };
    const labels = new Uint8Array(512 * 512).fill(6);
    const vectors = goldenTensor('vectors', [12 * 1280]).data as Float32Array;
    const files = new FrameFiles(path.join(folder, 'frames'), 2);
    expect(await files.has(1)).toBe(false);
    await files.write(1, { driven: picture, recolored: { ...picture, data: data.toReversed() }, labels, vectors });
    expect(await files.has(1)).toBe(true);
    const frame = await files.read(1);
    expect(frame.driven.dims).toEqual([1, 3, 4, 6]);
    expect([...frame.driven.data].map((value) => Math.round((Number(value) + 1) * 127.5))).toEqual([...data]);
    expect(frame.recolored.data[0]).toBeCloseTo(213 / 127.5 - 1);
    expect(frame.labels).toEqual(labels);
    expect(frame.vectors).toEqual({ dims: [1, 12, 1280], data: vectors });
    await expect(files.read(0)).rejects.toThrow();
  });
});
