import { mkdtemp, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InputError, StorageError } from '#engine/errors.ts';
import { openRecentFiles } from '#main/shells/recent-files.ts';

let folder: string;
let store: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'e4s-recent-'));
  store = path.join(folder, 'home', 'recent.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function picture(name: string): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, 'x');
  return file;
}

describe('recent files', () => {
  it('are kept over restarts, the last one first, each once', async () => {
    const [a, b] = [await picture('a.png'), await picture('b.png')];
    const recent = openRecentFiles(store);
    for (const file of [a, b, a]) await recent.add(file);
    const list = await openRecentFiles(store).list();
    expect(list.map(({ name }) => name)).toEqual(['a.png', 'b.png']);
    expect(JSON.stringify(list)).not.toContain(folder);
  });

  it('all stay when several come at once', async () => {
    const recent = openRecentFiles(store);
    const names = ['a.png', 'b.png', 'c.png'];
    await Promise.all(names.map(async (name) => recent.add(await picture(name))));
    const list = await openRecentFiles(store).list();
    expect(list.map(({ name }) => name).sort()).toEqual(names);
  });

  it('are found by id only, and only while they are there', async () => {
    const file = await picture('a.png');
    const recent = openRecentFiles(store);
    await recent.add(file);
    const [entry] = await recent.list();
    expect(await recent.find(entry!.id)).toEqual({ path: file, name: 'a.png' });
    await expect(recent.find(file)).rejects.toThrow(InputError);
    await unlink(file);
    expect(await recent.list()).toMatchObject([{ exists: false }]);
    await expect(recent.find(entry!.id)).rejects.toThrow(/no longer/);
  });

  it('are at most twenty', async () => {
    const recent = openRecentFiles();
    for (let i = 0; i < 25; i++) await recent.add(`/nowhere/${i}.png`);
    const list = await recent.list();
    expect([list.length, list[0]?.name]).toEqual([20, '24.png']);
    expect(await recent.clear()).toBe(20);
    expect(await recent.list()).toEqual([]);
  });

  it('that cannot be saved are kept for this run, and are not said to be forgotten', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    await writeFile(path.join(folder, 'home'), 'a file where the folder should be');
    const recent = openRecentFiles(store);
    await recent.add(await picture('a.png'));
    expect(await recent.list()).toMatchObject([{ name: 'a.png' }]);
    expect(log).toHaveBeenCalledOnce();
    await expect(recent.clear()).rejects.toThrow(StorageError);
    log.mockRestore();
  });

  it('start empty when their file is damaged', async () => {
    const recent = openRecentFiles(store);
    await recent.add(await picture('a.png'));
    await writeFile(store, '{"version":1,"files":[{"path":1');
    expect(await openRecentFiles(store).list()).toEqual([]);
    await openRecentFiles(store).add(await picture('b.png'));
    expect(JSON.parse(await readFile(store, 'utf8')).files).toHaveLength(1);
  });
});
