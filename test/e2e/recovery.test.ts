import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineOf } from '#test/support/kill-processes.ts';
import { type StudioProcess, startStudio } from '#test/support/studio-process.ts';
import { changed, digestOf, finished, launch, openSeen, PATIENCE, said, swapSamples } from './support/page.ts';
import { whileSwapping } from './support/slow-motion.ts';

let browser: Browser;
let studio: StudioProcess;
beforeAll(async () => {
  [browser, studio] = await Promise.all([launch(), startStudio()]);
});
afterAll(async () => {
  await browser.close();
  await studio.stop();
});

describe.skipIf(process.platform !== 'linux')('an engine that dies', () => {
  it('while it works is started again, and the run is repeated by itself', async () => {
    const { page, close } = await openSeen(browser, studio.url);
    const engine = await engineOf(studio.shell.pid);
    // A swap takes a second: the engine stands still until it is seen, and dies then.
    await whileSwapping(page, engine, () => void process.kill(engine, 'SIGKILL'));
    await said(page, 'The engine stopped and is being restarted');
    await page.getByText('Engine ready').waitFor(PATIENCE);
    await finished(page);
    expect(await digestOf(page, 'After')).not.toBe(await digestOf(page, 'Before'));
    await close();
  });

  it('while it waits loses neither photos nor settings, and the next run works', async () => {
    const { page, close } = await openSeen(browser, studio.url);
    await swapSamples(page);
    const whole = await digestOf(page, 'After');
    await page.getByRole('checkbox', { name: 'Nose: texture from the source' }).click();
    const withoutNose = await changed(page, 'After', whole);
    process.kill(await engineOf(studio.shell.pid), 'SIGKILL');
    await said(page, 'The engine is back');
    await finished(page);
    expect(await page.getByRole('checkbox', { name: 'Nose: texture from the source' }).isChecked()).toBe(false);
    expect(await digestOf(page, 'After')).toBe(withoutNose);
    await page.keyboard.press('Control+z');
    await expect.poll(() => digestOf(page, 'After'), { timeout: PATIENCE.timeout }).toBe(whole);
    await close();
  });
});
