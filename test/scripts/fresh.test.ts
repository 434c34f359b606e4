import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
// @ts-expect-error a script without types
import { isFresh, publish, stampOf, withLock } from '../../scripts/lib/fresh.mjs';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'e4s-fresh-'));
  mkdirSync(path.join(root, 'src/deep'), { recursive: true });
  writeFileSync(path.join(root, 'src/a.ts'), 'a');
  writeFileSync(path.join(root, 'src/deep/b.ts'), 'b');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('a stamp', () => {
  const stamp = (): string => stampOf(root, ['src', 'missing.json']);

  it('changes with content, names and number of files, and with nothing else', () => {
    const seen = new Set([stamp()]);
    expect(stamp()).toBe([...seen][0]);
    const change = (act: () => void) => {
      act();
      expect(seen.has(stamp())).toBe(false);
      seen.add(stamp());
    };
    change(() => writeFileSync(path.join(root, 'src/a.ts'), 'b'));
    change(() => writeFileSync(path.join(root, 'src/deep/b.ts'), 'a'));
    change(() => writeFileSync(path.join(root, 'src/c.ts'), ''));
    change(() => rmSync(path.join(root, 'src/a.ts')));
    change(() => writeFileSync(path.join(root, 'missing.json'), '{}'));
  });
});

describe('a made folder', () => {
  it('replaces the old one whole and is fresh for its own stamp only', () => {
    for (const text of ['one', 'two']) {
      const made = path.join(root, `made-${text}`);
      mkdirSync(made);
      writeFileSync(path.join(made, `${text}.js`), text);
      publish(root, made, 'dist/main', text);
      expect(readdirSync(path.join(root, 'dist/main'))).toEqual([`${text}.js`]);
      expect(isFresh(root, 'dist/main', text)).toBe(true);
      expect(isFresh(root, 'dist/main', 'another stamp')).toBe(false);
    }
    expect(readdirSync(path.join(root, 'dist')).sort()).toEqual(['.stamps', 'main']);
    rmSync(path.join(root, 'dist/main'), { recursive: true });
    expect(isFresh(root, 'dist/main', 'two')).toBe(false);
  });
});

describe('the lock', () => {
  it('lets one in at a time', async () => {
    const lock = path.join(root, 'dist/.lock');
    let inside = 0;
    let most = 0;
    const order: number[] = [];
    const work = (number: number) =>
      withLock(lock, async () => {
        most = Math.max(most, ++inside);
        await delay(5);
        order.push(number);
        inside--;
      }) as Promise<void>;
    await Promise.all([1, 2, 3].map(work));
    expect([most, order.length, existsSync(lock)]).toEqual([1, 3, false]);
  });

  it('is given back when the work fails', async () => {
    const lock = path.join(root, '.lock');
    await expect(
      withLock(lock, async () => {
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(existsSync(lock)).toBe(false);
  });

  it('of a process that is gone is taken over', async () => {
    const lock = path.join(root, '.lock');
    mkdirSync(lock);
    // No system gives this number to a process.
    writeFileSync(path.join(lock, 'pid'), String(2 ** 30));
    expect(await withLock(lock, async () => readFileSync(path.join(lock, 'pid'), 'utf8'))).toBe(String(process.pid));
  });
});
