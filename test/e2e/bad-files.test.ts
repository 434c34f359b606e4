import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { repository } from '#test/support/studio-process.ts';
import { launch, openSeen, PATIENCE, said } from './support/page.ts';

const FOLDER = path.join(repository, '../shared/data/bad');

const REFUSED = [
  ['audio_only.mp4', 'video'],
  ['corrupt_moov.mp4', 'video'],
  ['photo.heic', 'HEIC'],
  ['png_header_60000x60000.png', '60000'],
  ['text_renamed.png', 'not a picture'],
  ['truncated.jpg', 'ends early'],
  ['zero_bytes.jpg', 'empty'],
] as const;

const ACCEPTED = [
  'alpha.png',
  'animated.gif',
  'cmyk.jpg',
  'exif_orientation6.jpg',
  'photo.webp',
  'rgb_16bit.png',
] as const;

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

describe.skipIf(!existsSync(FOLDER))('unusual files', () => {
  it('that cannot be used are named with the reason, and nothing of them stays', async () => {
    const { page, close } = await openSeen(browser, inject('studioUrl'));
    for (const [name, reason] of REFUSED) {
      await page.locator('#pick-source').setInputFiles(path.join(FOLDER, name));
      await said(page, 'This file cannot be used');
      const message = page.locator('.fui-ToastBody', { hasText: name });
      await message.waitFor(PATIENCE);
      expect(await message.textContent()).toContain(reason);
      await page.locator('.fui-Toast').getByRole('button', { name: 'Close' }).click();
      await message.waitFor({ state: 'detached', ...PATIENCE });
    }
    expect(await page.getByRole('button', { name: /^Show .* large$/ }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Undo' }).isDisabled()).toBe(true);
    await close();
  });

  it('that are only rare are opened', async () => {
    const { page, close } = await openSeen(browser, inject('studioUrl'));
    for (const name of ACCEPTED) {
      await page.locator('#pick-source').setInputFiles(path.join(FOLDER, name));
      await page.getByRole('button', { name: `Show ${name} large` }).waitFor(PATIENCE);
    }
    await close();
  });
});
