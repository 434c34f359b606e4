import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StudioProcess, startStudio } from '#test/support/studio-process.ts';
import { findings } from './support/axe.ts';
import { launch, openSeen, openWindow, PATIENCE, said, unasked } from './support/page.ts';

let browser: Browser;
let studio: StudioProcess;
beforeAll(async () => {
  [browser, studio] = await Promise.all([launch(), startStudio()]);
});
afterAll(async () => {
  await browser.close();
  await studio.stop();
});

const themeOf = (page: Page) => page.locator('[data-theme]').first().getAttribute('data-theme');

describe('the settings', () => {
  it('switch the theme at once and keep it', async () => {
    const first = await openSeen(browser, studio.url, { colorScheme: 'light' });
    await first.page.keyboard.press('Control+,');
    for (const [label, name] of [
      ['Light', 'light'],
      ['Dark', 'dark'],
      ['High contrast', 'high-contrast'],
    ] as const) {
      await first.page.getByRole('radio', { name: label }).check();
      await expect.poll(() => themeOf(first.page)).toBe(name);
    }
    expect(await findings(first.page)).toEqual([]);
    // It is on its way to the disk when it is on screen.
    const file = path.join(studio.home, 'settings.json');
    await expect.poll(() => readFile(file, 'utf8')).toContain('"high-contrast"');
    await first.close();

    const second = await openSeen(browser, studio.url, { colorScheme: 'light' });
    await expect.poll(() => themeOf(second.page)).toBe('high-contrast');
    await second.close();
  });

  it('that cannot be read are put aside, and the window says so once', async () => {
    const file = path.join(studio.home, 'settings.json');
    await writeFile(file, '{ "version": 1, "theme": ');
    const first = await openWindow(browser, studio.url);
    expect(await said(first.page, 'Your settings could not be read')).toBe(
      'The settings file was damaged; it is kept as settings.json.bak and the defaults are used.',
    );
    expect(await readFile(`${file}.bak`, 'utf8')).toContain('"theme": ');
    await first.close();
    const second = await openWindow(browser, studio.url);
    // Models are asked for once all notices have been told.
    await second.page.getByText('Uses the classic engine now.').waitFor(PATIENCE);
    expect(await unasked(second.page)).toEqual([]);
    await second.close();
  });

  it('name the folders and the software inside', async () => {
    const { page, close } = await openSeen(browser, studio.url);
    await page.getByRole('button', { name: 'Settings', exact: true }).click();
    await page.getByRole('tab', { name: 'Folders' }).click();
    await page.getByText(studio.home, { exact: true }).first().waitFor(PATIENCE);
    await page.getByRole('tab', { name: 'About' }).click();
    await page.getByText('MIT licence', { exact: false }).first().waitFor();
    expect(await page.getByRole('region', { name: 'Software in this program' }).textContent()).toContain('react');
    await close();
  });

  it('keep the present swap settings as the default of the next start', async () => {
    const first = await openSeen(browser, studio.url);
    await first.page.getByRole('combobox', { name: 'Preset' }).click();
    await first.page.getByRole('option', { name: 'Only nose' }).click();
    await first.page.getByRole('button', { name: 'More about these settings' }).click();
    await first.page.getByRole('menuitem', { name: 'Use as my default' }).click();
    await said(first.page, 'These settings are now your default');
    await first.close();
    const second = await openSeen(browser, studio.url);
    await expect.poll(() => second.page.getByRole('combobox', { name: 'Preset' }).textContent()).toContain('Only nose');
    await second.close();
  });

  it('come with a report about the machine', async () => {
    const { page, close } = await openSeen(browser, studio.url);
    await page.getByRole('button', { name: 'Help' }).click();
    await page.getByRole('menuitem', { name: 'Diagnostics' }).click();
    const providers = page.getByRole('table', { name: 'Providers' });
    await providers.waitFor(PATIENCE);
    expect(await providers.getByRole('row', { name: /^cpu Yes passed/ }).count()).toBe(1);
    await close();
  });
});
