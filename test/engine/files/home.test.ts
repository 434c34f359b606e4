import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sha256OfBytes, sha256OfFile } from '#engine/files/hash.ts';
import { ensureHome, findHome } from '#engine/files/home.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-home-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('E4S_HOME names the data folder', () => {
  const home = findHome({ E4S_HOME: folder });
  expect(home.root).toBe(folder);
  expect(home.packs).toBe(path.join(folder, 'packs'));
  expect(home.settingsFile).toBe(path.join(folder, 'settings.json'));
});

test('without it the system decides, and an empty value counts as none', () => {
  expect(findHome({}).root).toContain('e4s-studio');
  expect(findHome({ E4S_HOME: '  ' }).root).toBe(findHome({}).root);
});

test('a relative E4S_HOME is taken from the working folder', () => {
  expect(findHome({ E4S_HOME: 'data' }).root).toBe(path.resolve('data'));
});

test('the folders are made once and then left alone', async () => {
  const home = findHome({ E4S_HOME: path.join(folder, 'deep', 'home') });
  await ensureHome(home);
  await ensureHome(home);
  expect((await readdir(home.root)).sort()).toEqual(['cache', 'jobs', 'packs']);
});

test('a home that cannot be made names the folder', async () => {
  const plain = path.join(folder, 'plain');
  await writeFile(plain, '');
  await expect(ensureHome(findHome({ E4S_HOME: path.join(plain, 'home') }))).rejects.toMatchObject({
    kind: 'storage',
    file: path.join(plain, 'home'),
  });
});

test('hashes of files and bytes agree with the published value', async () => {
  // FIPS 180-2, appendix B.1.
  expect(sha256OfBytes('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  const bytes = Buffer.alloc(3_000_001, 7);
  const file = path.join(folder, 'big');
  await writeFile(file, bytes);
  expect(await sha256OfFile(file)).toBe(createHash('sha256').update(bytes).digest('hex'));
  await expect(sha256OfFile(path.join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
});
