/** A slider that is dragged shows drafts, and the full result once it rests; nothing else on screen moves for it. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { digestOf, finished, launch, openSeen, PATIENCE, swapSamples } from './support/page.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

/** Where the result and the wipe stand on screen. */
async function layout(page: Page) {
  return {
    result: await page.getByRole('img', { name: 'After', exact: true }).boundingBox(),
    wipe: await page.getByRole('slider', { name: /wipe/ }).boundingBox(),
  };
}

describe('a slider that is dragged', () => {
  it('shows drafts, then the full result, at the same place', async () => {
    const { page, close } = await openSeen(browser, inject('studioUrl'));
    await swapSamples(page);
    const whole = await digestOf(page, 'After');
    const before = await layout(page);

    const slider = page.getByRole('slider', { name: 'Swap amount' });
    const box = await slider.boundingBox();
    if (!box) throw new Error('the slider is not on screen');
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width - 8, y);
    await page.mouse.down();
    const draft = page.getByText('Draft', { exact: true });
    const seen = new Set<string>();
    for (let share = 0.9; share > 0.5; share -= 0.05) {
      await page.mouse.move(box.x + share * box.width, y);
      seen.add(await digestOf(page, 'After'));
      expect(await layout(page)).toEqual(before);
    }
    await draft.waitFor(PATIENCE);
    seen.add(await digestOf(page, 'After'));
    await page.mouse.up();
    const done = page.getByText(/stages (computed|reused)$/);
    while (!(await done.isVisible())) seen.add(await digestOf(page, 'After'));
    await finished(page);
    expect(await draft.count()).toBe(0);
    expect(await layout(page)).toEqual(before);
    // What was there before, a draft at least, and the full result.
    await expect.poll(async () => seen.add(await digestOf(page, 'After')).size, PATIENCE).toBeGreaterThan(2);
    const full = await digestOf(page, 'After');

    // The full result is the one that a single step to the same value makes.
    const value = await slider.inputValue();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => digestOf(page, 'After'), PATIENCE).toBe(whole);
    await page.getByRole('button', { name: 'Redo' }).click();
    await expect.poll(() => digestOf(page, 'After'), PATIENCE).toBe(full);
    expect(await slider.inputValue()).toBe(value);
    await close();
  });
});
