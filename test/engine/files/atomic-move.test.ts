import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { moveFileAtomic } from '#engine/files/atomic.ts';
import { rejection } from '#test/support/rejection.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-move-'));
  await writeFile(path.join(folder, 'from'), 'whole');
});
afterEach(() => rm(folder, { recursive: true }));

test('takes the place of an older file', async () => {
  await writeFile(path.join(folder, 'to'), 'old');
  await moveFileAtomic(path.join(folder, 'from'), path.join(folder, 'to'));
  expect(await readFile(path.join(folder, 'to'), 'utf8')).toBe('whole');
  expect(await readdir(folder)).toEqual(['to']);
});

test('a place that refuses leaves the file where it was', async () => {
  await mkdir(path.join(folder, 'to'));
  await writeFile(path.join(folder, 'to', 'x'), '');
  const error = await rejection(moveFileAtomic(path.join(folder, 'from'), path.join(folder, 'to')));
  expect(error).toMatchObject({ kind: 'storage', file: path.join(folder, 'to') });
  expect(await rejection(moveFileAtomic(path.join(folder, 'from'), path.join(folder, 'no', 'to')))).toMatchObject({
    kind: 'storage',
  });
  expect(await readFile(path.join(folder, 'from'), 'utf8')).toBe('whole');
});

const OTHER_DISK = '/dev/shm';
test.skipIf(!existsSync(OTHER_DISK))('goes to another disk as a copy', async () => {
  const other = await mkdtemp(path.join(OTHER_DISK, 'e4s-'));
  try {
    await moveFileAtomic(path.join(folder, 'from'), path.join(other, 'to'));
    expect(await readFile(path.join(other, 'to'), 'utf8')).toBe('whole');
    expect([await readdir(other), await readdir(folder)]).toEqual([['to'], []]);
  } finally {
    await rm(other, { recursive: true });
  }
});
