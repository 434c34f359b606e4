/** A slider that is dragged shows drafts, and the full result once it rests; nothing else on screen moves for it. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { boxOf, digestOf, finished, launch, openSeen, PATIENCE, rests, swapSamples } from './support/page.ts';

const HOUR_MS = 3_600_000;
/** After so long at most a change has begun a draft; a slider rests for several times that before the full result. */
const BEGUN_MS = 80;

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
    await rests(page);
    const before = await layout(page);

    const slider = page.getByRole('slider', { name: 'Swap amount' });
    const box = await boxOf(slider);
    const y = box.y + box.height / 2;
    // The clock of the page stands: the slider never rests, and its steps are one gesture however long they take.
    await page.clock.install();
    await page.clock.pauseAt(new Date(Date.now() + HOUR_MS));
    await page.mouse.move(box.x + box.width - 8, y);
    await page.mouse.down();
    const draft = page.getByText('Draft', { exact: true });
    const shown = new Set([whole]);
    const look = async (): Promise<number> => {
      // A step waits for the end of the run before; a thousandth at a time, the slider is far from resting.
      await page.clock.runFor(1);
      return shown.add(await digestOf(page, 'After')).size;
    };
    for (const [index, share] of [0.9, 0.7, 0.5].entries()) {
      await page.mouse.move(box.x + share * box.width, y);
      await page.clock.runFor(BEGUN_MS);
      await expect.poll(look, { ...PATIENCE, interval: 250 }).toBe(index + 2);
      await draft.waitFor(PATIENCE);
      expect(await layout(page)).toEqual(before);
    }

    await page.mouse.up();
    await page.clock.resume();
    await finished(page);
    expect(await draft.count()).toBe(0);
    expect(await layout(page)).toEqual(before);
    const full = await digestOf(page, 'After');
    expect(shown).not.toContain(full);

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
