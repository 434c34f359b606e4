/** The window with an engine that says it can run the E4S networks: the engine is a fake, the window is not. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findAppRoot } from '#engine/files/app-root.ts';
import { nodeEngineLauncher } from '#main/shells/node-engine.ts';
import { startWebShell, type WebShell } from '#main/shells/web.ts';
import { STAGES } from '#shared/stages.ts';
import { buildEntry } from '#test/support/build-entry.ts';
import { findings } from './support/axe.ts';
import {
  changed,
  digestOf,
  finished,
  launch,
  openSeen,
  PATIENCE,
  sampleFile,
  shoot,
  type Window,
} from './support/page.ts';

let browser: Browser;
let shell: WebShell;
let entry: Awaited<ReturnType<typeof buildEntry>>;
beforeAll(async () => {
  entry = await buildEntry('test/support/fake-rgi-engine.ts', { outside: ['sharp', 'onnxruntime-node'] });
  shell = await startWebShell({ app: findAppRoot(), launch: nodeEngineLauncher({ entry: entry.file }) });
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await shell?.close();
  await entry?.remove();
});

/** Two photos, swapped. */
async function openPair(): Promise<Window> {
  const window = await openSeen(browser, shell.url);
  await window.page.locator('#pick-source').setInputFiles(sampleFile('freja.webp'));
  await window.page.locator('#pick-target').setInputFiles(sampleFile('ines.webp'));
  await finished(window.page);
  return window;
}

const cancelButton = (page: Page) => page.locator('footer').getByRole('button', { name: 'Cancel' });

describe('with the E4S networks', () => {
  it('every region can be switched in texture, shape and amount, and the result follows', async () => {
    const { page, close } = await openPair();
    await page.getByText('Uses the E4S networks now.', { exact: false }).waitFor();
    let before = await digestOf(page, 'After');
    for (const region of ['Background', 'Ears', 'Neck', 'Glasses', 'Earrings']) {
      for (const part of ['texture', 'shape']) {
        await page.getByRole('checkbox', { name: `${region}: ${part} from the source` }).check();
      }
    }
    before = await changed(page, 'After', before);
    await page.getByRole('checkbox', { name: 'Hair: shape from the source' }).check();
    before = await changed(page, 'After', before);
    await page.getByRole('slider', { name: 'Hair: amount' }).focus();
    await page.keyboard.press('PageDown');
    before = await changed(page, 'After', before);
    await page.getByRole('slider', { name: 'Recolour' }).focus();
    await page.keyboard.press('Home');
    await changed(page, 'After', before);
    expect(await findings(page)).toEqual([]);
    await close();
  });

  it('regions come from several faces, and undo brings the one face back', async () => {
    const { page, close } = await openPair();
    expect(await page.getByRole('columnheader', { name: 'From' }).count()).toBe(0);
    const one = await digestOf(page, 'After');
    await page.locator('#pick-source').setInputFiles(sampleFile('mei.webp'));
    // A new source goes to the selected face; the first one comes back as the face of it all.
    const eyes = page.getByRole('button', { name: /^Eyes: comes from/ });
    await eyes.waitFor(PATIENCE);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Redo' }).click();
    const two = await changed(page, 'After', one);
    await expect.poll(() => page.getByRole('button', { name: /: comes from mei\.webp$/ }).count()).toBe(12);
    await eyes.click();
    await page.getByRole('menuitemradio', { name: 'freja.webp' }).click();
    const mixed = await changed(page, 'After', two);
    expect(mixed).not.toBe(one);
    await page.getByRole('button', { name: 'Eyes: comes from freja.webp' }).waitFor();
    await expect.poll(() => page.getByRole('button', { name: /^Hair: comes from/ }).isDisabled()).toBe(true);
    expect(await findings(page)).toEqual([]);
    await shoot(page, 'rgi-several-sources');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => digestOf(page, 'After'), PATIENCE).toBe(two);
    await close();
  });

  it('every stage can be looked at', async () => {
    const { page, close } = await openPair();
    await page.getByRole('button', { name: 'Stages' }).click();
    const strip = page.getByRole('toolbar', { name: /^Stages of target face/ });
    const titles = STAGES.map(({ title }) => title);
    await expect.poll(() => strip.getByRole('button').allInnerTexts()).toEqual(titles);
    const seen = new Set<string>();
    for (const { title } of STAGES) {
      await strip.getByRole('button', { name: title, exact: true }).click();
      await page.getByRole('img', { name: title, exact: true }).waitFor(PATIENCE);
      seen.add(await digestOf(page, title));
    }
    expect(seen.size).toBe(STAGES.length);
    await shoot(page, 'rgi-stages');
    await close();
  });

  it('a run is cancelled in the middle, and the next one works', async () => {
    const { page, close } = await openPair();
    const before = await digestOf(page, 'After');
    const crop = page.getByRole('checkbox', { name: 'Find and align faces' });
    await crop.uncheck();
    // The engine stays there until it is told to stop.
    await page.getByText(/^Exchange · \d+ %$/).waitFor(PATIENCE);
    await cancelButton(page).click();
    await page.getByText('Settings changed since this result').waitFor(PATIENCE);
    await expect.poll(() => cancelButton(page).count()).toBe(0);
    expect(await digestOf(page, 'After')).toBe(before);
    await crop.check();
    await page.getByRole('checkbox', { name: 'Hair: texture from the source' }).check();
    await changed(page, 'After', before);
    await close();
  });
});
