/**
 * The rgi engine at work behind the window: real networks of the official sizes with synthetic weights, in a real
 * Chromium. The pictures mean nothing; that the stages run, can be looked at, follow the switches and stop does.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { STAGES } from '#shared/stages.ts';
import { writeSyntheticPacks } from '../../bench/synthetic-packs.ts';
import { digestOf, launch, openSeen, shoot } from '../e2e/support/page.ts';
import { engineOf, whileStopped } from '../support/kill-processes.ts';
import { type StudioProcess, startStudio } from '../support/studio-process.ts';

const PATIENCE = { timeout: 400_000 };

let home: string;
let studio: StudioProcess;
let browser: Browser;
beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'e4s-rgi-window-'));
  await writeSyntheticPacks(path.join(home, 'packs'), [
    'rgi',
    'facevid2vid',
    'face-parsing-bisenet',
    'recolor-blender',
  ]);
  [studio, browser] = await Promise.all([startStudio({ E4S_HOME: home }), launch()]);
});
afterAll(async () => {
  await browser?.close();
  await studio?.stop();
  await rm(home, { recursive: true, force: true });
});

const footer = (page: Page) => page.locator('footer');
const finished = (page: Page) =>
  footer(page)
    .getByText(/stages (computed|reused)$/)
    .waitFor(PATIENCE);

/** Waits until the last picture of the present settings is another one than before. */
async function changed(page: Page, before: string): Promise<string> {
  await expect.poll(() => digestOf(page, 'After'), PATIENCE).not.toBe(before);
  await finished(page);
  return digestOf(page, 'After');
}

/** Lets the engine work for a moment at a time, and cancels the swap where it then stands in a late stage. */
async function cancelInTheMiddle(page: Page, engine: number): Promise<void> {
  const late = footer(page).getByText(/^(Generate|Recolour) · \d+ %$/);
  const cancelled = (): Promise<boolean> =>
    whileStopped(engine, async () => {
      if (!(await late.isVisible())) return false;
      await footer(page).getByRole('button', { name: 'Cancel' }).click();
      return true;
    });
  while (!(await cancelled())) await delay(100);
}

it('swaps, stops in the middle, shows every stage, and follows regions and the strength of re-colouring', async () => {
  const { page, close } = await openSeen(browser, studio.url);
  await page.getByText('Uses the E4S networks now.', { exact: false }).waitFor(PATIENCE);
  await page.getByRole('button', { name: 'Try with sample faces' }).click();
  await cancelInTheMiddle(page, await engineOf(studio.shell.pid));
  await footer(page).getByText('Ready', { exact: true }).waitFor(PATIENCE);
  expect(await page.getByRole('img', { name: 'After', exact: true }).count()).toBe(0);

  await page.getByRole('button', { name: 'Swap', exact: true }).click();
  await finished(page);
  await page.getByRole('img', { name: 'After', exact: true }).waitFor(PATIENCE);
  const whole = await digestOf(page, 'After');
  // What works in a lesser form without its pack is said.
  await page.getByText('The driven face is not sharpened', { exact: false }).first().waitFor();

  await page.getByRole('checkbox', { name: 'Skin: texture from the source' }).uncheck();
  const withoutSkin = await changed(page, whole);
  await page.getByRole('slider', { name: 'Recolour' }).focus();
  await page.keyboard.press('Home');
  await changed(page, withoutSkin);
  // Driving, parsing and generating do not depend on it.
  const [, reused] = /(\d+) of \d+ stages reused$/.exec(await footer(page).locator('span').first().innerText()) ?? [];
  expect(Number(reused)).toBeGreaterThanOrEqual(6);

  await page.getByRole('button', { name: 'Stages' }).click();
  const strip = page.getByRole('toolbar', { name: /^Stages of target face/ });
  const titles = await strip.getByRole('button').allInnerTexts();
  expect(titles).toEqual(
    expect.arrayContaining(['Reenact', 'Parse source', 'Exchange', 'Generate', 'Blend', 'Paste back']),
  );
  expect(STAGES.map(({ title }) => title as string)).toEqual(expect.arrayContaining(titles));
  const seen = new Set<string>();
  for (const title of titles) {
    await strip.getByRole('button', { name: title, exact: true }).click();
    await page.getByRole('img', { name: title, exact: true }).waitFor(PATIENCE);
    seen.add(await digestOf(page, title));
  }
  // At strength 0 re-colouring changes nothing, and without its pack nothing is filled.
  expect(seen.size).toBeGreaterThanOrEqual(titles.length - 2);
  await shoot(page, 'rgi-synthetic');
  await close();

  if (process.platform === 'linux') expect(await enginePeakBytes(studio)).toBeLessThan(6e9);
});

/** Peak of resident memory of the engine, the one child of the shell. */
async function enginePeakBytes({ shell }: StudioProcess): Promise<number> {
  const children = await readFile(`/proc/${shell.pid}/task/${shell.pid}/children`, 'utf8');
  const peaks = await Promise.all(
    children
      .trim()
      .split(' ')
      .map(async (pid) => Number(/VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024),
  );
  return Math.max(...peaks);
}
