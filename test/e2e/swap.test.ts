import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { engineOf } from '#test/support/kill-processes.ts';
import {
  boxOf,
  changed,
  digestOf,
  finished,
  launch,
  openSeen,
  PATIENCE,
  sampleFile,
  swapSamples,
} from './support/page.ts';
import { swapButton, swapProgress, whileSwapping } from './support/slow-motion.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());

describe('a swap', () => {
  it('is compared by wipe, side by side and alone', async () => {
    const { page, close } = await openSeen(browser, inject('studioUrl'));
    await swapSamples(page);
    expect(await digestOf(page, 'After')).not.toBe(await digestOf(page, 'Before'));

    const wipe = page.getByRole('slider', { name: /wipe/ });
    await wipe.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('PageUp');
    await expect.poll(() => wipe.getAttribute('aria-valuenow')).toBe('61');
    const { x, y, width, height } = await boxOf(wipe);
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width / 2 - 80, y + height / 2, { steps: 4 });
    await page.mouse.up();
    await expect.poll(async () => Number(await wipe.getAttribute('aria-valuenow'))).toBeLessThan(50);

    await page.getByRole('button', { name: 'Side by side' }).click();
    await page.getByRole('img', { name: 'Before', exact: true }).waitFor();
    expect(await page.getByRole('slider', { name: /wipe/ }).count()).toBe(0);
    await page.getByRole('button', { name: 'Result only' }).click();
    expect(await page.getByRole('img', { name: 'Before', exact: true }).count()).toBe(0);
    await close();
  });

  it('zooms and pans by wheel, buttons and keys', async () => {
    const { page, close } = await openSeen(browser, inject('studioUrl'));
    await swapSamples(page);
    const picture = page.getByRole('img', { name: 'After', exact: true });
    const width = async () => (await picture.boundingBox())?.width ?? 0;
    const { width: fitted } = await boxOf(picture);
    await picture.hover({ force: true });
    await page.mouse.wheel(0, -400);
    await expect.poll(width).toBeGreaterThan(fitted * 1.3);
    const frame = page.getByRole('group', { name: /^Result/ });
    await frame.focus();
    await page.keyboard.press('1');
    await expect.poll(width).toBeCloseTo(1024, 0);
    const before = await picture.boundingBox();
    await page.keyboard.press('ArrowDown');
    await expect.poll(async () => (await picture.boundingBox())?.y).toBeLessThan(before?.y ?? 0);
    await page.keyboard.press('0');
    await expect.poll(width).toBeCloseTo(fitted, 0);
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await expect.poll(width).toBeGreaterThan(fitted);
    await close();
  });

  it('follows the regions, and undo brings the same picture back', async () => {
    const { page, close } = await openSeen(browser, inject('studioUrl'));
    await swapSamples(page);
    const whole = await digestOf(page, 'After');
    for (const part of ['texture', 'shape']) {
      await page.getByRole('checkbox', { name: `Nose: ${part} from the source` }).click();
    }
    const withoutNose = await changed(page, 'After', whole);
    const slider = page.getByRole('slider', { name: 'Swap amount' });
    await slider.focus();
    await page.keyboard.press('Home');
    await changed(page, 'After', withoutNose);
    expect(await digestOf(page, 'After')).toBe(await digestOf(page, 'Before'));

    await page.keyboard.press('Control+z');
    await changed(page, 'After', await digestOf(page, 'Before'));
    expect(await digestOf(page, 'After')).toBe(withoutNose);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => digestOf(page, 'After'), { timeout: PATIENCE.timeout }).toBe(whole);
    await page.keyboard.press('Control+Shift+z');
    await page.keyboard.press('Control+Shift+z');
    await expect.poll(() => digestOf(page, 'After'), { timeout: PATIENCE.timeout }).toBe(withoutNose);
    await close();
  });

  it('leaves regions that the engine keeps alone, and says why', async () => {
    const { page, close } = await openSeen(browser, inject('studioUrl'));
    const hair = page.getByRole('checkbox', { name: 'Hair: texture from the source' });
    await expect.poll(() => hair.isDisabled()).toBe(true);
    const reason = await hair.getAttribute('aria-describedby');
    expect(await page.locator(`[id="${reason}"]`).textContent()).toContain('classic engine');
    await page.getByRole('combobox', { name: 'Preset' }).click();
    await page.getByRole('option', { name: 'Only eyes and brows' }).click();
    const shape = (region: string) => page.getByRole('checkbox', { name: `${region}: shape from the source` });
    await expect.poll(() => shape('Nose').isChecked()).toBe(false);
    expect(await shape('Eyes').isChecked()).toBe(true);
    await close();
  });

  it('shows every stage, small and large', async () => {
    const { page, close } = await openSeen(browser, inject('studioUrl'));
    await swapSamples(page);
    await page.getByRole('button', { name: 'Stages' }).click();
    const strip = page.getByRole('toolbar', { name: 'Stages of target face 1' });
    await expect.poll(() => strip.locator('img').count(), { timeout: PATIENCE.timeout }).toBe(11);
    const pictures = new Set<string>();
    for (const title of ['Reenact', 'Parse target', 'Recolour']) {
      await strip.getByRole('button', { name: title }).click();
      await page.getByRole('img', { name: title, exact: true }).waitFor(PATIENCE);
      pictures.add(await digestOf(page, title));
    }
    expect(pictures.size).toBe(3);
    await close();
  });

  it('gives each face of a group its own source', async () => {
    const { page, close } = await openSeen(browser, inject('studioUrl'));
    await page.locator('#pick-target').setInputFiles(sampleFile('together.webp'));
    await page.getByRole('button', { name: 'Target face 2, keeps its own face' }).first().waitFor(PATIENCE);
    await page.locator('#pick-source').setInputFiles(sampleFile('ines.webp'));
    await finished(page);
    const one = await digestOf(page, 'After');

    // The first source went to the main face; the other face is chosen in the picture, and gets a second photo.
    await page.getByRole('tab', { name: 'Target' }).click();
    const kept = page.locator('main').getByRole('button', { name: /keeps its own face/ });
    await kept.click();
    await page.locator('#pick-source').setInputFiles(sampleFile('kofi.webp'));
    await page.getByRole('button', { name: 'Show kofi.webp large' }).waitFor(PATIENCE);
    await page.getByRole('tab', { name: 'Result' }).click();
    const two = await changed(page, 'After', one);

    await page.getByRole('button', { name: /^Choose a source face for target face 1/ }).click();
    await page.getByRole('menuitemradio', { name: 'Keep own face' }).click();
    await changed(page, 'After', two);
    await page.getByRole('button', { name: 'Target face 1, keeps its own face' }).first().waitFor();
    await close();
  });

  it.skipIf(process.platform !== 'linux')('is cancelled, and the next one works', async () => {
    const { page, close } = await openSeen(browser, inject('studioUrl'));
    const engine = await engineOf(inject('studioShell'));
    // A swap takes a second: the engine stands still until it is seen and cancelled.
    await whileSwapping(page, engine, () =>
      page.getByRole('contentinfo').getByRole('button', { name: 'Cancel' }).click(),
    );
    await swapProgress(page).waitFor({ state: 'detached', ...PATIENCE });
    expect(await page.getByRole('tab', { name: 'Result' }).isDisabled()).toBe(true);
    await swapButton(page).click();
    await finished(page);
    await close();
  });
});
