import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { changed, dialogOpen, digestOf, finished, launch, openSeen, PATIENCE } from './support/page.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

/** What has the focus: its role or element, and its name. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement | null;
    return element?.getAttribute('aria-label') ?? element?.textContent.trim() ?? element?.getAttribute('value') ?? '';
  });

/** Presses Tab until the element with this name has the focus. */
async function tabTo(page: Page, name: string | RegExp, limit = 60): Promise<void> {
  const seen: string[] = [];
  for (let i = 0; i < limit; i++) {
    await page.keyboard.press('Tab');
    const now = await focused(page);
    if (typeof name === 'string' ? now === name : name.test(now)) return;
    seen.push(now);
  }
  throw new Error(`Tab never reached ${String(name)}; it went over ${seen.join(' | ')}`);
}

describe('the keyboard alone', () => {
  it('leads from the start to an exported file', async () => {
    const { page, close } = await openSeen(browser, inject('studioUrl'));
    await page.locator('body').click({ position: { x: 5, y: 5 } });
    await tabTo(page, 'Try with sample faces');
    await page.keyboard.press('Enter');
    await finished(page);
    const whole = await digestOf(page, 'After');

    await tabTo(page, 'Swap amount', 80);
    // One key is one step back; several are one only when they follow each other fast.
    await page.keyboard.press('PageDown');
    await changed(page, 'After', whole);
    await page.keyboard.press('Control+z');
    await expect.poll(() => digestOf(page, 'After'), { timeout: PATIENCE.timeout }).toBe(whole);

    await page.keyboard.press('Control+e');
    await page.getByRole('heading', { name: 'Export the result' }).waitFor();
    await page.getByRole('radio', { name: 'PNG' }).focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.getByRole('radio', { name: 'JPEG' }).isChecked()).toBe(true);
    await tabTo(page, 'Download', 12);
    const [download] = await Promise.all([page.waitForEvent('download', PATIENCE), page.keyboard.press('Enter')]);
    expect((await sharp(await readFile(await download.path())).metadata()).format).toBe('jpeg');
    await close();
  });

  it('shows where it is: every stop looks different with the focus on it', async () => {
    const { page, close } = await openSeen(browser, inject('studioUrl'));
    await page.locator('body').click({ position: { x: 5, y: 5 } });
    const same: string[] = [];
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press('Tab');
      const stop = page.locator(':focus');
      const box = (await stop.count()) === 1 ? await stop.boundingBox() : null;
      if (!box) continue;
      const clip = {
        x: Math.max(0, box.x - 8),
        y: Math.max(0, box.y - 8),
        width: box.width + 16,
        height: box.height + 16,
      };
      const element = await stop.elementHandle();
      const name = await focused(page);
      const withFocus = await page.screenshot({ clip });
      await element?.evaluate((node) => (node as HTMLElement).blur());
      const without = await page.screenshot({ clip });
      await element?.evaluate((node) => (node as HTMLElement).focus());
      if (withFocus.equals(without)) same.push(name);
    }
    expect(same).toEqual([]);
    await close();
  });

  it('opens the list of shortcuts with F1 and closes it with Escape', async () => {
    const { page, close } = await openSeen(browser, inject('studioUrl'));
    await page.keyboard.press('F1');
    await page.getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor();
    await dialogOpen(page);
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor({ state: 'detached' });
    await close();
  });
});
