import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recordName } from '#engine/jobs/face-records.ts';
import { openFaceStore } from '#engine/jobs/face-store.ts';

let folder: string;
const at = (...names: string[]): string => path.join(folder, ...names);
const CLIP = { clip: 'a', tracking: '1' };

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-faces-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function give(store: ReturnType<typeof openFaceStore>, first: number, end: number, text: string, clip = CLIP) {
  await mkdir(at('mine'), { recursive: true });
  const file = at('mine', recordName({ run: 0, first, end }));
  await writeFile(file, text);
  await store.give(clip, file);
  await rm(file);
}

test('gives what helps with a range, to jobs that see the same in the same clip', async () => {
  const store = openFaceStore(at('store'));
  await give(store, 0, 10, 'one');
  await give(store, 10, 20, 'two');
  await store.take(CLIP, { first: 12, end: 30 }, at('analysis'));
  expect(await readdir(at('analysis'))).toEqual([recordName({ run: 0, first: 10, end: 20 })]);
  await store.take({ tracking: '1', clip: 'a' }, { first: 0, end: 20 }, at('whole'));
  expect(await readdir(at('whole'))).toHaveLength(2);
  await store.take({ ...CLIP, tracking: '2' }, { first: 0, end: 20 }, at('other'));
  expect(await readdir(at('other'))).toEqual([]);
});

test('a record that is given again takes the place of the old one, which a job may still use', async () => {
  const store = openFaceStore(at('store'));
  await give(store, 0, 10, 'damaged');
  await store.take(CLIP, { first: 0, end: 10 }, at('before'));
  await give(store, 0, 10, 'whole');
  await store.take(CLIP, { first: 0, end: 10 }, at('after'));
  const name = recordName({ run: 0, first: 0, end: 10 });
  expect(await readFile(at('before', name), 'utf8')).toBe('damaged');
  expect(await readFile(at('after', name), 'utf8')).toBe('whole');
});

test('a store that cannot be written is done without', async () => {
  await writeFile(at('store'), 'a file is in the way');
  const store = openFaceStore(at('store'));
  await give(store, 0, 10, 'one');
  await store.take(CLIP, { first: 0, end: 10 }, at('analysis'));
  expect(await readdir(at('analysis'))).toEqual([]);
});

test('forgets clips that were not used for long, and the oldest where they take too much', async () => {
  const store = openFaceStore(at('store'), { unusedMs: 3_600_000, bytes: 25 });
  const clips = ['a', 'b', 'c', 'd'].map((clip) => ({ ...CLIP, clip }));
  const folders: string[] = [];
  for (const [i, clip] of clips.entries()) {
    await give(store, 0, 10, '0123456789', clip);
    const name = (await readdir(at('store'))).find((found) => !folders.includes(found));
    folders.push(name ?? '');
    const used = Date.now() / 1000 - (i === 3 ? 7200 : 600 * i);
    await utimes(at('store', name ?? ''), used, used);
  }
  await store.tidy();
  expect((await readdir(at('store'))).sort()).toEqual(folders.slice(0, 2).sort());
  await openFaceStore(at('nowhere')).tidy();
});
