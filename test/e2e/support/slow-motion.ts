/** Work that is over in a moment, met in the middle however fast it is. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { signalProcess, whileStopped } from '#test/support/kill-processes.ts';
import { PATIENCE, sampleFile } from './page.ts';

/**
 * Lets a process run a few milliseconds at a time until something is so, and holds it still for what is to be done then.
 * While one looks the process stands, so a slow look misses nothing.
 * @param stepMs how long it runs between two looks: much less than what is waited for lasts. Milliseconds
 */
export async function stoppedWhen<T>(
  pid: number,
  stepMs: number,
  isSo: () => Promise<boolean>,
  work: () => Promise<T>,
): Promise<T> {
  const end = performance.now() + PATIENCE.timeout;
  process.kill(pid, 'SIGSTOP');
  try {
    while (!(await isSo())) {
      if (performance.now() > end) throw new Error('what is waited for does not come about');
      signalProcess(pid, 'SIGCONT');
      await delay(stepMs);
      signalProcess(pid, 'SIGSTOP');
    }
    return await work();
  } finally {
    signalProcess(pid, 'SIGCONT');
  }
}

/** Whether something is on screen, once the page has taken in what it was told. */
export async function isShown(locator: Locator): Promise<boolean> {
  await locator.page().evaluate(async () => {
    const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
    await frame();
    await frame();
  });
  return locator.isVisible();
}

export const swapButton = (page: Page): Locator => page.getByRole('button', { name: 'Swap', exact: true });
export const swapProgress = (page: Page): Locator => page.getByRole('progressbar', { name: 'Progress of the swap' });

/** Begins a swap of two sample photos by its button; from before that until `work` is done the engine stands still. */
export async function whileSwapping(page: Page, engine: number, work: () => Promise<void> | void): Promise<void> {
  await page.getByRole('switch', { name: 'Live' }).click();
  await page.locator('#pick-source').setInputFiles(sampleFile('mei.webp'));
  await page.locator('#pick-target').setInputFiles(sampleFile('together.webp'));
  await expect.poll(() => swapButton(page).isEnabled(), PATIENCE).toBe(true);
  await whileStopped(engine, async () => {
    await swapButton(page).click();
    await swapProgress(page).waitFor(PATIENCE);
    await work();
  });
}
