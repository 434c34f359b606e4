import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '#engine/errors.ts';
import { halfOf, ofHalf } from '#engine/tensor/half.ts';
import { KeptTensors } from '#engine/tuning/kept-tensors.ts';
import { FeatureStore } from '#engine/tuning/target-features.ts';
import { goldenTensor } from '#test/support/golden-tensors.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-features-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const frame = (name: string) => ({
  driven: goldenTensor(`${name} driven`, [1, 3, 4, 4]),
  recolored: goldenTensor(`${name} recolored`, [1, 3, 4, 4]),
  labels: new Uint8Array(16),
  vectors: goldenTensor(`${name} vectors`, [1, 12, 8]),
});
const features = { 'driven.id.0': goldenTensor('id', [1, 300]), 'driven.image': goldenTensor('image', [1, 3, 4, 4]) };

describe('half precision', () => {
  it('is the nearest half, ties to even, and whole for what halves hold', () => {
    const exact = [0, -0, 1, -1, 0.5, 65504, 2 ** -14, 2 ** -24, 1023 / 2 ** 24, Number.POSITIVE_INFINITY];
    expect([...ofHalf(halfOf(Float32Array.from(exact)))]).toEqual(exact);
    const rounded = ofHalf(
      halfOf(Float32Array.of(1 + 2 ** -11, 1 + 3 * 2 ** -11, 1 + 2 ** -11 + 2 ** -20, 65520, 2 ** -26)),
    );
    expect([...rounded]).toEqual([1, 1 + 2 ** -9, 1 + 2 ** -10, Number.POSITIVE_INFINITY, 0]);
    expect(ofHalf(halfOf(Float32Array.of(Number.NaN)))[0]).toBeNaN();
    const many = goldenTensor('many', [1000]).data as Float32Array;
    ofHalf(halfOf(many)).forEach((value, at) => {
      expect(Math.abs(value - many[at]!)).toBeLessThanOrEqual(2 ** -11 * Math.max(Math.abs(many[at]!), 2 ** -14));
    });
  });
});

describe('kept features', () => {
  it('come back as they were, in half the space where halves are enough', async () => {
    const whole = new FeatureStore(path.join(folder, 'whole'), 'F32');
    const half = new FeatureStore(path.join(folder, 'half'), 'F16');
    const bytes = await whole.write(3, 256, frame('a'), features);
    expect(await whole.read(3, 256)).toEqual(features);
    expect(await half.write(3, 256, frame('a'), features)).toBeLessThan(0.7 * bytes);
    const found = await half.read(3, 256);
    (found['driven.id.0']!.data as Float32Array).forEach((value, at) => {
      expect(Math.abs(value - Number(features['driven.id.0'].data[at]))).toBeLessThan(5e-4);
    });
  });

  it('are known by the frame that they were made of', async () => {
    const store = new FeatureStore(path.join(folder, 'known'), 'F32');
    expect(await store.has(0, 256, frame('a'))).toBe(false);
    await store.write(0, 256, frame('a'), features);
    expect(await store.has(0, 256, frame('a'))).toBe(true);
    expect(await store.has(0, 256, frame('b'))).toBe(false);
    expect(await store.has(0, 1024, frame('a'))).toBe(false);
    expect(await store.has(1, 256, frame('a'))).toBe(false);
  });

  it('are refused when their file is damaged or gone', async () => {
    const place = path.join(folder, 'damaged');
    const store = new FeatureStore(place, 'F32');
    await store.write(0, 64, frame('a'), features);
    const [name] = await readdir(place);
    const file = path.join(place, name!);
    expect((await stat(file)).size).toBeGreaterThan(0);
    await writeFile(file, 'nothing');
    expect(await store.has(0, 64, frame('a'))).toBe(false);
    await expect(store.read(0, 64)).rejects.toBeInstanceOf(InputError);
    await rm(file);
    await expect(store.read(0, 64)).rejects.toThrow();
  });
});

describe('kept tensors', () => {
  const of = (bytes: number) => ({ x: { dims: [bytes / 4], data: new Float32Array(bytes / 4) } });

  it('stay when they have found room', async () => {
    const kept = new KeptTensors(100);
    let made = 0;
    const get = (key: string, bytes: number) =>
      kept.get(key, async () => {
        made++;
        return of(bytes);
      });
    for (const key of ['a', 'b', 'c', 'a', 'b', 'c']) await get(key, 40);
    // `c` found no room and is made each time; `a` and `b` are made once.
    expect(made).toBe(4);
    await get('d', 20);
    await get('d', 20);
    expect(made).toBe(5);
    kept.clear();
    await get('c', 40);
    await get('c', 40);
    expect(made).toBe(6);
  });
});
