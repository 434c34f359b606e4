import { mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StorageError } from '#engine/errors.ts';
import type { DecodedPicture } from '#engine/image/picture.ts';
import type { AlignedFace } from '#engine/pipeline/aligned-face.ts';
import type { EngineStages } from '#engine/pipeline/engine-stages.ts';
import {
  decodeRefined,
  encodeRefined,
  faceMark,
  misfit,
  type RefinedFace,
  readRefined,
  refinedId,
} from '#engine/pipeline/refined-face.ts';
import { RefinedFolder, RefinedStore } from '#engine/pipeline/refined-vectors.ts';
import { drivenKey, faceKey, type PairSide, runPair } from '#engine/pipeline/run-pair.ts';
import { StageCache } from '#engine/pipeline/stage-cache.ts';
import { StageRunner } from '#engine/pipeline/stage-runner.ts';
import { encodeSafetensors } from '#engine/weights/safetensors-writer.ts';
import { photoIdSchema } from '#shared/contract.ts';
import { DEFAULT_SWAP_SETTINGS } from '#shared/settings.ts';

interface Face {
  readonly name: string;
  readonly vectors: Float32Array<ArrayBuffer>;
}

const image = { width: 1, height: 1, data: new Float32Array(3) };
const side = (key: string): PairSide => ({ key, align: async () => ({ key }) as unknown as AlignedFace });

/** An engine that writes down with which vectors it generates. */
function scribe() {
  const generated: string[] = [];
  const stages: EngineStages<Face, Face, string, string, string> = {
    id: 'rgi',
    manySources: true,
    settingsKey: () => '',
    parse: async (aligned) => ({ name: String(Object.values(aligned)[0]), vectors: new Float32Array([1]) }),
    ofDriven: {
      source: async (aligned) => ({ name: String(Object.values(aligned)[0]), vectors: new Float32Array([0]) }),
      parse: async (driven) => ({ ...driven, vectors: new Float32Array([2]) }),
    },
    withVectors: (face, vectors) => ({ ...face, vectors }),
    reenact: (source) => source,
    exchange: (_source, target, driven) => `${target.vectors[0]} ${driven.vectors[0]}`,
    generate(_source, _target, exchanged) {
      generated.push(exchanged);
      return exchanged;
    },
    recolor: (_source, _target, _exchanged, made) => made,
    blend: () => image,
    inpaint: () => image,
    warnings: () => [],
    picture: () => image,
  };
  return { stages, generated };
}

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'e4s-refined-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** Vectors that are one number throughout, of the target that is called so. */
const face = (value: number, target = 'a 1 0 0 0 1 0'): RefinedFace => ({
  identity: { side: 'target', target, source: '', weights: 'w' },
  vectors: new Float32Array(12 * 1280).fill(value),
  name: 'anna.jpg',
});

describe('refined vectors', () => {
  it('take the place of the engine’s, and are taken back; what was made with either is kept apart', async () => {
    const { stages, generated } = scribe();
    const cache = new StageCache(1e6);
    const refined = new RefinedStore(new RefinedFolder(path.join(root, 'pairs')));
    const [target, source] = [side('photo_00000001#0@1'), side('photo_00000002#0@1')];
    const run = () =>
      runPair(stages, target, source, DEFAULT_SWAP_SETTINGS, new StageRunner(cache, {}, 1), { refined });
    await run();
    await refined.set(drivenKey('rgi', source, target), face(7, 'driven'));
    await run();
    await refined.set(faceKey('rgi', target), face(5));
    await run();
    expect(generated).toEqual(['1 2', '1 7', '5 7']);
    // The same vectors again come from the cache, others do not.
    await run();
    await refined.set(faceKey('rgi', target), face(6));
    await run();
    expect(generated.slice(3)).toEqual(['6 7']);
    await refined.set(faceKey('rgi', target), face(5));
    await run();
    await refined.takeBack(drivenKey('rgi', source, target), face(7, 'driven').identity);
    await refined.takeBack(faceKey('rgi', target), face(5).identity);
    await run();
    expect(generated).toHaveLength(4);
  });

  it('leave the memory with the photos they belong to', async () => {
    const refined = new RefinedStore(new RefinedFolder(path.join(root, 'photos')));
    const [target, source] = [side('photo_00000001#0@1'), side('photo_00000002#0@1')];
    const keys = [faceKey('rgi', target), drivenKey('rgi', source, target), faceKey('rgi', source)];
    for (const key of keys) await refined.set(key, face(1));
    refined.forget(photoIdSchema.parse('photo_00000001'));
    expect(keys.map((key) => refined.get(key) !== undefined)).toEqual([false, false, true]);
  });

  it('are in use again when the same face is opened, until they are taken back', async () => {
    const folder = path.join(root, 'again');
    const { identity, vectors } = face(3);
    const open = () => new RefinedStore(new RefinedFolder(folder));
    let asked = 0;
    const who = async () => {
      asked += 1;
      return identity;
    };
    const empty = open();
    await empty.recall('key', who, true);
    // Nobody hashes a picture where nothing is kept.
    expect([empty.get('key'), asked]).toEqual([undefined, 0]);
    await empty.set('key', face(3));

    const second = open();
    await second.recall('key', who, false);
    expect(second.get('key')).toBeUndefined();
    await second.recall('key', who, true);
    expect(second.get('key')?.vectors).toEqual(vectors);
    expect(second.get('key')?.mark).toBe(empty.get('key')?.mark);
    for (const other of [{ target: 'b' }, { weights: 'v' }, { side: 'source' }] as const) {
      await second.recall('other', async () => ({ ...identity, ...other }), true);
      expect(second.get('other')).toBeUndefined();
    }
    await second.takeBack('key', identity);
    const third = open();
    await third.recall('key', who, true);
    expect(third.get('key')).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
  });

  it('come from a file that was handed in, without being kept', async () => {
    const folder = path.join(root, 'given');
    const store = new RefinedStore(new RefinedFolder(folder));
    store.give(await decodeRefined(encodeRefined(face(4)), 'anna.safetensors'));
    await store.recall('key', async () => face(4).identity, false);
    expect(store.get('key')?.vectors[0]).toBe(4);
    await expect(readdir(folder)).rejects.toThrow();
  });

  it('are in use although the disk refuses them, and that is said', async () => {
    const inTheWay = path.join(root, 'file');
    await writeFile(inTheWay, '');
    const store = new RefinedStore(new RefinedFolder(path.join(inTheWay, 'refined')));
    await expect(store.set('key', face(2))).rejects.toBeInstanceOf(StorageError);
    expect(store.get('key')?.vectors[0]).toBe(2);
  });
});

describe('the folder of refined vectors', () => {
  it('lists and clears what is in it, and takes no file for what it is not', async () => {
    const place = path.join(root, 'list');
    const folder = new RefinedFolder(place);
    await folder.write(face(1));
    await folder.write(face(2, 'b'));
    const [one, two] = [face(1), face(2, 'b')].map(({ identity }) => refinedId(identity)) as [string, string];
    const rows = await folder.list();
    expect(rows.map(({ id }) => id).toSorted()).toEqual([one, two].toSorted());
    expect(rows[0]).toMatchObject({ side: 'target', name: 'anna.jpg' });
    expect(rows[0]?.bytes).toBeLessThan(70_000);

    // Under another face's name, cut off, or no file of ours: not there.
    await writeFile(path.join(place, `${one}.safetensors`), await readFile(path.join(place, `${two}.safetensors`)));
    expect(await folder.read(face(1).identity)).toBeUndefined();
    await truncate(path.join(place, `${two}.safetensors`), 1000);
    expect(await folder.read(face(2, 'b').identity)).toBeUndefined();
    expect(await folder.list()).toHaveLength(1);
    await writeFile(path.join(place, 'notes.txt'), 'mine');
    expect(await folder.clear()).toBe(2);
    expect(await readdir(place)).toEqual(['notes.txt']);
    await expect(folder.remove('../notes.txt')).rejects.toThrow('names no refined face');
  });

  it('is empty where there is none, and not where it cannot be read', async () => {
    const none = new RefinedFolder(path.join(root, 'none'));
    expect([await none.list(), await none.isEmpty(), await none.clear()]).toEqual([[], true, 0]);
    const place = path.join(root, 'no-folder');
    await writeFile(place, 'mine');
    const folder = new RefinedFolder(place);
    // One after the other: a failure that comes before anybody waits for it would count as nobody's.
    for (const ask of ['list', 'isEmpty', 'clear'] as const)
      await expect(folder[ask]()).rejects.toBeInstanceOf(StorageError);
    const asked = new RefinedStore(folder).recall('key', async () => face(1).identity, true);
    await expect(asked).rejects.toMatchObject({ kind: 'storage', file: place });
  });

  it('holds a thousand; the oldest go', async () => {
    const place = path.join(root, 'many');
    const folder = new RefinedFolder(place);
    await folder.write(face(0, 'first'));
    const [first] = (await readdir(place)) as [string];
    await utimes(path.join(place, first), 1, 1);
    for (let i = 1; i < 1000; i++) await writeFile(path.join(place, `${String(i).padStart(24, '0')}.safetensors`), '');
    expect(await folder.read(face(0, 'first').identity)).toBeDefined();
    await folder.write(face(1, 'last'));
    expect(await readdir(place)).toHaveLength(1000);
    expect(await folder.read(face(0, 'first').identity)).toBeUndefined();
    expect(await folder.read(face(1, 'last').identity)).toBeDefined();
  });
});

describe('a file of refined vectors', () => {
  const change = (metadata: Record<string, string>, shape = [1, 12, 1280], value = 0): Uint8Array => {
    const numbers = new Float32Array(shape.reduce((product, side) => product * side, 1)).fill(value);
    const tensor = { name: 'vectors', dtype: 'F32', shape, data: new Uint8Array(numbers.buffer) } as const;
    return encodeSafetensors([tensor], { format: 'e4s-refined', version: '1', side: 'target', ...metadata });
  };

  it('comes back as it was', async () => {
    const whole = face(0.5, 'x'.repeat(64));
    expect(await decodeRefined(encodeRefined(whole), 'a')).toEqual(whole);
  });

  it.each([
    ['another format', change({ format: 'e4s-tuning' }), /holds no refined style vectors/],
    ['no side', change({ side: 'both' }), /holds no refined style vectors/],
    ['a later version', change({ version: '2' }), /have version 2; this studio reads 1/],
    ['another shape', change({}, [12, 1280]), /are not F32\[1, 12, 1280\]/],
    ['infinite numbers', change({}, [1, 12, 1280], Number.POSITIVE_INFINITY), /hold Infinity/],
    ['much more', change({ photo: 'x'.repeat(20_000) }), /too large/],
    ['something else', new TextEncoder().encode('hello'), /too short/],
  ])('with %s is refused', async (_name, bytes, reason) => {
    await expect(decodeRefined(bytes, 'a')).rejects.toThrow(reason);
    const file = path.join(root, 'refused.safetensors');
    await writeFile(file, bytes);
    await expect(readRefined(file)).rejects.toThrow(reason);
  });

  it('belongs to a face of a picture, whatever the file is called', async () => {
    const picture = (value: number): DecodedPicture => ({
      ...{ width: 2, height: 2, channels: 3, bitDepth: 8, format: 'png', notices: [] },
      pixels: new Uint8Array(12).fill(value),
    });
    const square = (x: number) => ({
      ...{ size: 1024, frame: {} as never, pictureToCrop: [1, 0, 0, 0, 1, 0] as const },
      cropToPicture: [1, 0, x, 0, 1, 0] as const,
    });
    const [mark, moved, other] = await Promise.all([
      faceMark(picture(1), square(0)),
      faceMark(picture(1), square(5)),
      faceMark(picture(2), square(0)),
    ]);
    expect(await faceMark(picture(1), square(0.0001))).toBe(mark);
    const { identity } = face(1, mark);
    expect(misfit(identity, identity)).toBeUndefined();
    expect(misfit(identity, { ...identity, target: moved })).toMatch(/another face or crop of the target photo/);
    expect(misfit(identity, { ...identity, target: other })).toMatch(/another target photo/);
    expect(misfit(identity, { ...identity, weights: 'v' })).toMatch(/other packs/);
    expect(misfit(identity, { ...identity, side: 'source' })).toMatch(/of a target/);
  });
});
