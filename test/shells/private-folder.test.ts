import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPrivateFolder } from '#main/shells/private-folder.ts';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(path.join(os.tmpdir(), 'e4s-parent-'));
});
afterEach(() => rm(parent, { recursive: true, force: true }));

describe('a private folder', () => {
  it('is for this user only, keeps equal names apart, and ends whole', async () => {
    const folder = await openPrivateFolder(parent);
    if (process.platform !== 'win32') expect((await stat(folder.path)).mode & 0o077).toBe(0);
    const places = [await folder.place('a.png'), await folder.place('a.png')];
    expect(new Set(places).size).toBe(2);
    for (const place of places) await writeFile(place, 'x');
    await folder[Symbol.asyncDispose]();
    expect(existsSync(folder.path)).toBe(false);
  });

  it('takes away what a killed studio left, and nothing else', async () => {
    // No system gives the first number to a process; the second is this one.
    const names = [`e4s-studio-${2 ** 30}-AbC123`, `e4s-studio-${process.pid}-AbC123`, 'e4s-studio-other', 'another'];
    for (const name of names) {
      await mkdir(path.join(parent, name));
      await writeFile(path.join(parent, name, 'picture.png'), 'x');
    }
    await using _folder = await openPrivateFolder(parent);
    expect(names.map((name) => existsSync(path.join(parent, name)))).toEqual([false, true, true, true]);
  });
});
