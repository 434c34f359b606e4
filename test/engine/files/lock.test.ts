import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isLock, type Lock, lockOwner, tryLock } from '#engine/files/lock.ts';
import { isRunning, ownProcess } from '#engine/files/process-identity.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-lock-'));
  file = path.join(folder, 'lock');
});
afterEach(() => rm(folder, { recursive: true }));

async function take(): Promise<Lock> {
  const answer = await tryLock(file);
  if (!isLock(answer)) throw new Error('it is taken');
  return answer;
}

/** A process that is gone, but was there. */
async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '0']);
  await once(child, 'exit');
  return child.pid ?? 0;
}

test('one owner at a time, who says who it is', async () => {
  const lock = await take();
  expect(await tryLock(file)).toEqual(await ownProcess());
  expect(await lockOwner(file)).toEqual(await ownProcess());
  expect(await lock.isHeld()).toBe(true);
  await lock[Symbol.asyncDispose]();
  expect(await lockOwner(file)).toBeUndefined();
  expect(await readdir(folder)).toEqual([]);
});

test('of many who try at once one gets it', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => tryLock(file)));
  expect(answers.filter(isLock)).toHaveLength(1);
});

/** The lock that a process left behind when it died. */
async function leaveLock(name = file): Promise<void> {
  const { host, started } = await ownProcess();
  await writeFile(name, JSON.stringify({ host, pid: await deadProcess(), started, token: 'old' }));
}

test('the lock of a dead process is taken over', async () => {
  await leaveLock();
  expect(await lockOwner(file)).toBeUndefined();
  await take();
  expect(await readdir(folder)).toEqual(['lock']);
});

test('of many who take the lock of a dead process over one gets it, also when they come a moment apart', async () => {
  for (let round = 0; round < 20; round++) {
    await leaveLock();
    const answers = await Promise.all(
      Array.from({ length: 10 }, async (_, i) => {
        await setTimeout(i % 4);
        return tryLock(file);
      }),
    );
    const locks = answers.filter(isLock);
    expect(locks).toHaveLength(1);
    expect(await readdir(folder)).toEqual(['lock']);
    for (const lock of locks) await lock[Symbol.asyncDispose]();
  }
});

test('who died while taking a lock over does not hold it up', async () => {
  await leaveLock();
  await leaveLock(`${file}.takeover`);
  await take();
  expect(await readdir(folder)).toEqual(['lock']);
});

test('a number that is used again is another process', async () => {
  const self = await ownProcess();
  expect(await isRunning(self)).toBe(true);
  if (self.started !== '') expect(await isRunning({ ...self, started: 'another start' })).toBe(false);
  expect(await isRunning({ ...self, host: `not ${hostname()}` })).toBeUndefined();
});

test('an owner that cannot be seen counts as long as it gives signs of life', async () => {
  await writeFile(file, JSON.stringify({ host: 'elsewhere', pid: 1, started: '', token: 'far' }));
  expect(await lockOwner(file)).toMatchObject({ host: 'elsewhere' });
  const longAgo = new Date(Date.now() - 3_600_000);
  await utimes(file, longAgo, longAgo);
  await take();
});

test('a lock without content is one that is being written, for a moment', async () => {
  await writeFile(file, '');
  expect(isLock(await tryLock(file))).toBe(false);
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(file, longAgo, longAgo);
  await take();
});

test('who lost the lock hears of it and leaves it alone', async () => {
  const lock = await take();
  await writeFile(file, JSON.stringify({ host: 'elsewhere', pid: 1, started: '', token: 'thief' }));
  expect(await lock.isHeld()).toBe(false);
  await lock[Symbol.asyncDispose]();
  expect(await readFile(file, 'utf8')).toContain('thief');
});
