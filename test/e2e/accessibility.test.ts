import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { findings } from './support/axe.ts';
import { dialogOpen, launch, openSeen, PATIENCE, rests, shoot, swapSamples } from './support/page.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

const VIEWS = ['export', 'settings', 'shortcuts', 'doctor', 'models'] as const;

async function open(page: Page, view: (typeof VIEWS)[number]): Promise<void> {
  if (view === 'doctor') {
    await page.getByRole('button', { name: 'Help' }).click();
    await page.getByRole('menuitem', { name: 'Diagnostics' }).click();
    await page.getByRole('button', { name: 'Copy as JSON' }).waitFor(PATIENCE);
  } else if (view === 'models') {
    await page.getByRole('button', { name: 'Models', exact: true }).click();
    await page.getByRole('heading', { name: 'What works now' }).waitFor(PATIENCE);
  } else {
    await page.keyboard.press({ export: 'Control+e', settings: 'Control+,', shortcuts: 'F1' }[view]);
  }
  await dialogOpen(page);
}

const THEMES = [
  { name: 'light', options: { colorScheme: 'light' } },
  { name: 'dark', options: { colorScheme: 'dark' } },
  { name: 'high-contrast', options: { colorScheme: 'dark', forcedColors: 'active' } },
] as const;

describe.each(THEMES)('accessibility in $name', ({ name, options }) => {
  it('has no serious finding, empty, with a result, and in every dialog', async () => {
    const { page, close } = await openSeen(browser, inject('studioUrl'), options);
    await page.locator(`[data-theme=${name}]`).waitFor();
    expect(await findings(page), 'empty').toEqual([]);
    await swapSamples(page);
    await page.getByRole('button', { name: 'Stages' }).click();
    expect(await findings(page), 'result').toEqual([]);
    await shoot(page, `result-${name}`);
    await page.getByRole('tab', { name: 'Target' }).click();
    expect(await findings(page), 'target').toEqual([]);
    for (const view of VIEWS) {
      await open(page, view);
      expect(await findings(page), view).toEqual([]);
      await shoot(page, `${view}-${name}`);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
    await close();
  }, 300_000);
});

describe('the window', () => {
  it.each([
    [1024, 720],
    [1280, 800],
    [1920, 1080],
    [2560, 1440],
  ])('fits into %i × %i without scrolling sideways', async (width, height) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, close } = await openSeen(browser, inject('studioUrl'), {
        viewport: { width, height },
        colorScheme,
      });
      await shoot(page, `start-${width}-${colorScheme}`);
      await swapSamples(page);
      await rests(page);
      const wide = await page.evaluate(() =>
        [document.documentElement, ...document.querySelectorAll('header, footer, aside, main, aside > *')]
          .filter((element) => element.scrollWidth > element.clientWidth + 1)
          .map((element) => `${element.tagName} ${element.scrollWidth} > ${element.clientWidth}`),
      );
      expect(wide).toEqual([]);
      const tall = await page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight);
      expect(tall, 'pixels below the window').toBeLessThanOrEqual(0);
      await shoot(page, `result-${width}-${colorScheme}`);
      await close();
    }
  });
});
