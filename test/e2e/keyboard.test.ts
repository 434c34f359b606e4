import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { changed, digestOf, finished, launch, openSeen, PATIENCE } from './support/page.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

/** What has the focus: its role or element, and its name. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement | null;
    return element?.getAttribute('aria-label') ?? element?.innerText.trim() ?? element?.getAttribute('value') ?? '';
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
    for (let i = 0; i < 5; i++) await page.keyboard.press('PageDown');
    await changed(page, 'After', whole);
    await page.keyboard.press('Control+z');
    await expect.poll(() => digestOf(page, 'After'), { timeout: PATIENCE.timeout }).toBe(whole);

    await page.keyboard.press('Control+e');
    await page.getByRole('heading', { name: 'Export the result' }).waitFor();
    await page.getByRole('radio', { name: 'PNG' }).focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.getByRole('radio', { name: 'JPEG' }).isChecked()).toBe(true);
    await tabTo(page, 'Download', 12);
    const [download] = await Promise.all([page.waitForEvent('download', PATIENCE), page.keyboard.press('Enter')]);
    expect((await sharp(await readFile(await download.path())).metadata()).format).toBe('jpeg');
    await close();
  });

  it('shows where it is: every stop has a visible outline or ring', async () => {
    const { page, close } = await openSeen(browser, inject('studioUrl'));
    await page.locator('body').click({ position: { x: 5, y: 5 } });
    const bare: string[] = [];
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press('Tab');
      const visible = await page.evaluate(() => {
        const element = document.activeElement;
        if (!element || element === document.body) return true;
        const parts = [
          element,
          ...element.querySelectorAll('*'),
          ...(element.parentElement?.querySelectorAll('*') ?? []),
        ];
        return parts.some((part) =>
          [null, '::after', '::before'].some((pseudo) => {
            const style = getComputedStyle(part, pseudo);
            const outlined = style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 1;
            const ringed = part === element && style.boxShadow !== 'none';
            const bordered = pseudo === '::after' && style.borderTopStyle !== 'none' && style.borderTopWidth !== '0px';
            return outlined || ringed || bordered;
          }),
        );
      });
      if (!visible) bare.push(await focused(page));
    }
    expect(bare).toEqual([]);
    await close();
  });

  it('opens the list of shortcuts with F1 and closes it with Escape', async () => {
    const { page, close } = await openSeen(browser, inject('studioUrl'));
    await page.keyboard.press('F1');
    await page.getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor({ state: 'detached' });
    await close();
  });
});
