/** Work that is over in a moment, met in the middle however fast it is. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Locator } from 'playwright-core';
import { signalProcess } from '#test/support/kill-processes.ts';
import { PATIENCE } from './page.ts';

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
