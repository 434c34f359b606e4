import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { finished, launch, openSeen, PATIENCE, said, sampleFile } from './support/page.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

interface Part {
  readonly name: string;
  readonly base64: string;
}

async function part(file: string): Promise<Part> {
  return { name: file, base64: (await readFile(sampleFile(file))).toString('base64') };
}

/** Sends a drop or paste with files, as the browser would. */
function send(page: Page, selector: string, type: 'drop' | 'paste', parts: readonly Part[]): Promise<void> {
  return page.locator(selector).evaluate(
    (element, { type, parts }) => {
      const data = new DataTransfer();
      for (const { name, base64 } of parts) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        data.items.add(new File([bytes], name, { type: 'image/webp' }));
      }
      if (type === 'paste') {
        element.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
        return;
      }
      for (const name of ['dragover', 'drop']) {
        element.dispatchEvent(new DragEvent(name, { dataTransfer: data, bubbles: true, cancelable: true }));
      }
    },
    { type, parts },
  );
}

const opened = (page: Page, name: string) => page.getByRole('button', { name: `Show ${name} large` }).waitFor(PATIENCE);

describe('photos come in', () => {
  it('through the file inputs', async () => {
    const { page, close } = await openSeen(browser, inject('studioUrl'));
    await page.locator('#pick-source').setInputFiles(sampleFile('freja.webp'));
    await opened(page, 'freja.webp');
    await page.locator('#pick-target').setInputFiles(sampleFile('walter.webp'));
    await opened(page, 'walter.webp');
    await finished(page);
    await close();
  });

  it('by a drop on a well, and several at once', async () => {
    const { page, close } = await openSeen(browser, inject('studioUrl'));
    await send(page, '[data-drop=target]', 'drop', [await part('mei.webp')]);
    await opened(page, 'mei.webp');
    await send(page, '[data-drop=source]', 'drop', [await part('kofi.webp'), await part('ines.webp')]);
    await opened(page, 'kofi.webp');
    await opened(page, 'ines.webp');
    const sources = page.locator('[data-drop=source]');
    expect(await sources.getByRole('button', { name: /^Show .* large$/ }).count()).toBe(2);
    await close();
  });

  it('by a paste: first the source, then the target', async () => {
    const { page, close } = await openSeen(browser, inject('studioUrl'));
    await send(page, 'body', 'paste', [await part('arjun.webp')]);
    await opened(page, 'arjun.webp');
    await send(page, 'body', 'paste', [await part('amara.webp')]);
    await page.locator('[data-drop=target]').getByRole('button', { name: 'Show amara.webp large' }).waitFor(PATIENCE);
    await close();
  });

  it('from the recent files, which can be cleared', async () => {
    const { page, close } = await openSeen(browser, inject('studioUrl'));
    await page.locator('#pick-source').setInputFiles(sampleFile('freja.webp'));
    await opened(page, 'freja.webp');
    await page.getByRole('button', { name: 'Other ways to set the target' }).click();
    const recent = page.getByRole('menuitem', { name: 'freja.webp' });
    await recent.first().click();
    await page.locator('[data-drop=target]').getByRole('button', { name: 'Show freja.webp large' }).waitFor(PATIENCE);
    await page.getByRole('button', { name: 'Other ways to set the target' }).click();
    await page.getByRole('menuitem', { name: 'Clear the list' }).click();
    await page.getByRole('button', { name: 'Other ways to set the target' }).click();
    await page.getByRole('menuitem', { name: 'No recent files' }).waitFor(PATIENCE);
    await page.keyboard.press('Escape');
    await close();
  });

  it('not at all when a file is no picture: a message says which and why', async () => {
    const { page, close } = await openSeen(browser, inject('studioUrl'));
    await page.locator('#pick-source').setInputFiles({
      name: 'letter.png',
      mimeType: 'image/png',
      buffer: Buffer.from('This is not a picture.'),
    });
    const message = page.getByText(/letter\.png/).first();
    await message.waitFor(PATIENCE);
    await said(page, 'This file cannot be used');
    expect(await page.getByRole('button', { name: /^Show .* large$/ }).count()).toBe(0);
    await close();
  });
});
