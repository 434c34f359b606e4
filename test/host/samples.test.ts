import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { modelsFolder } from '#engine/face/models/location.ts';
import { readSamples } from '#engine/host/samples.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'e4s-samples-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const catalogue = (value: unknown) => writeFile(path.join(folder, 'samples.json'), JSON.stringify(value));

describe('samples', () => {
  it('of the studio are all there, with handles that do not change', async () => {
    const samples = await readSamples(path.join(modelsFolder(), 'samples'));
    expect(samples.length).toBeGreaterThanOrEqual(2);
    for (const { id, file, path: picture } of samples) {
      expect(file).toBe(`file_sample-${id}`);
      expect((await stat(picture)).size).toBeGreaterThan(1000);
    }
  });

  it('are none where there is no catalogue', async () => {
    expect(await readSamples(folder)).toEqual([]);
  });

  it('lie in their folder', async () => {
    for (const file of ['../secret.webp', '/etc/passwd', 'a/b.webp', '..']) {
      await catalogue([{ id: 'one', title: 'One', file }]);
      await expect(readSamples(folder)).rejects.toThrow();
    }
    await catalogue([{ id: 'one', title: 'One', file: 'one.webp' }]);
    expect((await readSamples(folder))[0]?.path).toBe(path.join(folder, 'one.webp'));
  });
});
