import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { loadSettings, SETTINGS_MIGRATIONS, saveSettings } from '#engine/files/settings-store.ts';
import { loadVersioned, type StoreOptions } from '#engine/files/versioned-store.ts';
import { APP_SETTINGS_VERSION, DEFAULT_APP_SETTINGS } from '#shared/settings.ts';

let folder: string;
let settingsFile: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-store-'));
  settingsFile = path.join(folder, 'settings.json');
});
afterEach(() => rm(folder, { recursive: true }));

test('settings that were saved are the settings that are loaded', async () => {
  const settings = { ...DEFAULT_APP_SETTINGS, theme: 'dark', tourSeen: true } as const;
  await saveSettings({ settingsFile }, settings);
  expect(await loadSettings({ settingsFile })).toEqual({ value: settings });
  expect(await readdir(folder)).toEqual(['settings.json']);
});

test('no file means the defaults, without a word and without a file', async () => {
  expect(await loadSettings({ settingsFile })).toEqual({ value: DEFAULT_APP_SETTINGS });
  expect(await readdir(folder)).toEqual([]);
});

test.each([
  ['cut off', '{"version":1,"the', 'damaged'],
  ['empty', '', 'damaged'],
  ['a list', '[1,2]', 'damaged'],
  ['without version', '{"theme":"dark"}', 'no version'],
  ['from the future', '{"version":99}', 'newer version'],
  ['with a wrong value', JSON.stringify({ ...DEFAULT_APP_SETTINGS, theme: 'plaid' }), 'make no sense'],
  ['with an unknown key', JSON.stringify({ ...DEFAULT_APP_SETTINGS, extra: 1 }), 'make no sense'],
])('a file that is %s is kept aside and said', async (_name, text, reason) => {
  await writeFile(settingsFile, text);
  const loaded = await loadSettings({ settingsFile });
  expect(loaded.value).toEqual(DEFAULT_APP_SETTINGS);
  expect(loaded.notice).toContain(reason);
  expect(loaded.notice).toContain('settings.json.bak');
  expect(await readFile(`${settingsFile}.bak`, 'utf8')).toBe(text);
  expect(await readdir(folder)).toEqual(['settings.json.bak']);
});

test('whatever stands in the file, loading answers with valid settings', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
      await writeFile(settingsFile, text);
      expect((await loadSettings({ settingsFile })).value).toEqual(DEFAULT_APP_SETTINGS);
    }),
    { numRuns: 60 },
  );
});

test('a value that the schema refuses is not written', async () => {
  await expect(saveSettings({ settingsFile }, { ...DEFAULT_APP_SETTINGS, theme: 'plaid' as 'dark' })).rejects.toThrow();
  expect(await readdir(folder)).toEqual([]);
});

test('every version below the present one has its migration', () => {
  const needed = Array.from({ length: APP_SETTINGS_VERSION - 1 }, (_, i) => String(i + 1));
  expect(Object.keys(SETTINGS_MIGRATIONS)).toEqual(needed);
});

test('settings of every past version are taken over', async () => {
  for (let version = 1; version < APP_SETTINGS_VERSION; version++) {
    await copyFile(new URL(`settings-${version}.json`, import.meta.url), settingsFile);
    const { value, notice } = await loadSettings({ settingsFile });
    expect(notice).toBeUndefined();
    expect(value).toEqual({ ...DEFAULT_APP_SETTINGS, theme: 'dark', tourSeen: true });
  }
});

test('migrations run in order', async () => {
  const file = path.join(folder, 'thing.json');
  const options: StoreOptions<{ version: number; colour: string; sides: number }> = {
    file,
    title: 'thing',
    schema: z.strictObject({ version: z.literal(3), colour: z.string(), sides: z.number() }),
    version: 3,
    migrations: {
      1: ({ color, ...rest }) => ({ ...rest, colour: color }),
      2: (old) => ({ ...old, sides: String(old['colour']).length }),
    },
    defaults: { version: 3, colour: 'none', sides: 0 },
  };
  await writeFile(file, '{"version":1,"color":"blue"}');
  expect(await loadVersioned(options)).toEqual({ value: { version: 3, colour: 'blue', sides: 4 } });
  await writeFile(file, '{"version":2,"colour":"red"}');
  expect(await loadVersioned(options)).toEqual({ value: { version: 3, colour: 'red', sides: 3 } });
});

test('a file that may not be read is an error that names it', async () => {
  await expect(loadSettings({ settingsFile: path.join(folder) })).rejects.toMatchObject({
    kind: 'storage',
    file: folder,
  });
});
