import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '#engine/errors.ts';
import { resolveWeights } from '#engine/networks/resolve-weights.ts';
import { Graph } from '#engine/tensor/graph.ts';
import { encodeSafetensors } from '#engine/weights/safetensors-writer.ts';
import { rejection } from '#test/support/rejection.ts';
import { concat, floatTensor, stateDict, torchZip } from '#test/support/torch-writer.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-resolve-'));
});
afterEach(() => rm(folder, { recursive: true }));

const weights = [
  { network: 'rgi', prefix: '' },
  { network: 'arcface', prefix: 'id:' },
] as const;

function joined(): Graph {
  const graph = new Graph('joined');
  graph.param('a.weight', [2]);
  graph.param('id:b.weight', [3]);
  return graph;
}

const checkpoint = (entries: Record<string, readonly number[]>): Uint8Array =>
  concat(
    torchZip(
      stateDict(
        Object.fromEntries(
          Object.entries(entries).map(([key, values]) => [key, floatTensor([values.length], values).tensor]),
        ),
      ),
    ),
  );

async function put(name: string, bytes: Uint8Array): Promise<string> {
  await writeFile(path.join(folder, name), bytes);
  return path.join(folder, name);
}

/** The numbers that the resolver points at. */
async function valuesOf(files: readonly string[], names: readonly string[]): Promise<number[][]> {
  await using resolved = await resolveWeights(joined(), weights, files, path.join(folder, 'packs'));
  const found: number[][] = [];
  for (const name of names) {
    const place = resolved.params(name, [], 'float32');
    if (place === undefined || place === 'input' || !('file' in place)) throw new Error(`${name} is nowhere.`);
    const bytes = await readFile(path.join(resolved.folder, place.file));
    found.push([
      ...new Float32Array(Uint8Array.from(bytes.subarray(place.offset, place.offset + place.length)).buffer),
    ]);
  }
  return found;
}

describe('resolving the weights of a graph', () => {
  it('finds them in several files, with prefixes of the graph or without, and cleans up', async () => {
    const one = await put('one.pth', checkpoint({ 'module.a.weight': [1, 2], other: [9] }));
    const two = await put('two.pth', checkpoint({ 'b.weight': [3, 4, 5] }));
    const both = await put('both.pth', checkpoint({ 'a.weight': [1, 2], 'id:b.weight': [3, 4, 5] }));
    const before = (await readdir(tmpdir())).filter((name) => name.startsWith('e4s-weights-'));
    for (const files of [[one, two], [two, one], [both]]) {
      expect(await valuesOf(files, ['a.weight', 'id:b.weight'])).toEqual([
        [1, 2],
        [3, 4, 5],
      ]);
    }
    const after = (await readdir(tmpdir())).filter((name) => name.startsWith('e4s-weights-'));
    expect(after.filter((name) => !before.includes(name))).toEqual([]);
  });

  it('uses a safetensors file where it lies', async () => {
    const tensor = (name: string, values: readonly number[]) =>
      ({ name, dtype: 'F32', shape: [values.length], data: new Uint8Array(Float32Array.from(values).buffer) }) as const;
    const file = await put(
      'w.safetensors',
      encodeSafetensors([tensor('a.weight', [1, 2]), tensor('b.weight', [3, 4, 5])]),
    );
    await using resolved = await resolveWeights(joined(), weights, [file], 'packs');
    expect(resolved.folder).toBe(folder);
    expect(await valuesOf([file], ['id:b.weight'])).toEqual([[3, 4, 5]]);
  });

  it('names what is missing, wrong or there twice', async () => {
    const cases: [Record<string, readonly number[]>, RegExp][] = [
      [{ 'a.weight': [1, 2] }, /missing: "b.weight"/],
      [{ 'a.weight': [1, 2, 3], 'b.weight': [3, 4, 5] }, /wrong: "a.weight" is \[3\] instead of \[2\]/],
      [{ 'a.weight': [1, 2], 'module.a.weight': [1, 2], 'b.weight': [3, 4, 5] }, /"a.weight" is there twice/],
    ];
    for (const [entries, message] of cases) {
      const error = await rejection(valuesOf([await put('bad.pth', checkpoint(entries))], []));
      expect(error).toBeInstanceOf(InputError);
      expect(error).toMatchObject({ file: path.join(folder, 'bad.pth'), message: expect.stringMatching(message) });
    }
  });
});
