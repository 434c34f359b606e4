import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolder } from '#engine/files/folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-folder-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('makes every level that is missing, once and again, and at the same time', async () => {
  for (let round = 0; round < 50; round++) {
    const deep = path.join(folder, `${round}`, 'a', 'b', 'c');
    const beside = path.join(folder, `${round}`, 'a', 'b', 'd');
    await Promise.all([makeFolder(deep), makeFolder(deep), makeFolder(beside), makeFolder(beside)]);
    await makeFolder(deep);
    expect((await stat(deep)).isDirectory()).toBe(true);
  }
});

test('a file in the way is named as such, above and at the place itself', async () => {
  const file = path.join(folder, 'file');
  await writeFile(file, '');
  await expect(makeFolder(file)).rejects.toMatchObject({ code: 'ENOTDIR' });
  await expect(makeFolder(path.join(file, 'a', 'b'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

test.skipIf(process.platform !== 'linux')('ends with a refusal where no folder can ever be made', async () => {
  await expect(makeFolder('/proc/e4s-none/a/b')).rejects.toMatchObject({ code: 'EACCES' });
});
