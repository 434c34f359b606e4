import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launch, openSeen, PATIENCE, said, swapSamples } from './support/page.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

async function exported(page: Page, format: string): Promise<{ name: string; bytes: Buffer }> {
  await page.keyboard.press('Control+e');
  await page.getByRole('radio', { name: format }).check();
  const [download] = await Promise.all([
    page.waitForEvent('download', PATIENCE),
    page.getByRole('button', { name: 'Download' }).click(),
  ]);
  await page.getByRole('heading', { name: 'Export the result' }).waitFor({ state: 'detached', ...PATIENCE });
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

describe('the export', () => {
  it('writes each format at the size of the target', async () => {
    const { page, close } = await openSeen(browser, inject('studioUrl'));
    await swapSamples(page);
    for (const [format, kind, ending] of [
      ['PNG', 'png', 'png'],
      ['JPEG', 'jpeg', 'jpg'],
      ['WebP', 'webp', 'webp'],
      ['TIFF', 'tiff', 'tif'],
    ] as const) {
      const { name, bytes } = await exported(page, format);
      expect(name).toMatch(new RegExp(`-swap\\.${ending}$`));
      const { info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
      expect([info.width, info.height], format).toEqual([1024, 1280]);
      expect((await sharp(bytes).metadata()).format).toBe(kind);
    }
    await said(page, /^Saved .*-swap\.tif$/);
    await close();
  });

  it('remembers the format for the next time, and makes smaller files at lower quality', async () => {
    const { page, close } = await openSeen(browser, inject('studioUrl'));
    await swapSamples(page);
    const large = await exported(page, 'JPEG');
    await page.keyboard.press('Control+e');
    await expect.poll(() => page.getByRole('radio', { name: 'JPEG' }).isChecked()).toBe(true);
    await page.getByRole('slider', { name: 'Quality' }).fill('40');
    const [download] = await Promise.all([
      page.waitForEvent('download', PATIENCE),
      page.getByRole('button', { name: 'Download' }).click(),
    ]);
    expect((await readFile(await download.path())).length).toBeLessThan(large.bytes.length * 0.7);
    await close();
  });
});
