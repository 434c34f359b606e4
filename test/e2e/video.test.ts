import { rm } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { openVideo } from '#engine/video/open-video.ts';
import { engineOf, signalProcess } from '#test/support/kill-processes.ts';
import { type StudioProcess, startStudio } from '#test/support/studio-process.ts';
import { findings } from './support/axe.ts';
import { type Clips, makeClips } from './support/clips.ts';
import { launch, openSeen, PATIENCE, rests, said, sampleFile, shoot, type Window } from './support/page.ts';
import { isShown, stoppedWhen } from './support/slow-motion.ts';

let browser: Browser;
let studio: StudioProcess;
let clips: Clips;
beforeAll(async () => {
  [browser, studio, clips] = await Promise.all([launch(), startStudio(), makeClips()]);
});
afterAll(async () => {
  await browser?.close();
  await studio?.stop();
  await rm(clips.folder, { recursive: true, force: true });
});

const CLIP = 'two people.mp4';

async function toVideo(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Video' }).click();
}

/** A window on its Video tab. */
async function open(): Promise<Window> {
  const window = await openSeen(browser, studio.url);
  // A job that nobody ended would keep all others waiting.
  onTestFailed(async () => void signalProcess(await engineOf(studio.shell.pid), 'SIGKILL'));
  await toVideo(window.page);
  return window;
}

async function openClip(page: Page, file = clips.two): Promise<void> {
  await page.locator('#pick-video').setInputFiles(file);
  await page.getByRole('button', { name: 'Find people' }).waitFor(PATIENCE);
}

async function addSource(page: Page, name: string): Promise<void> {
  await page.locator('#pick-source').setInputFiles(sampleFile(name));
  await page.getByRole('button', { name: `Show ${name} large` }).waitFor(PATIENCE);
}

async function give(page: Page, person: string, source: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^Choose a source face for ${person}`) }).click();
  await page.getByRole('menuitemradio', { name: source }).click();
}

const job = (page: Page) => page.getByRole('list', { name: 'Jobs' }).getByRole('listitem').first();
const jobSays = (page: Page, words: string | RegExp) => job(page).getByText(words).first().waitFor(PATIENCE);
const button = (page: Page, action: string) => job(page).getByRole('button', { name: new RegExp(`^${action} `) });
const press = (page: Page, action: string) => button(page, action).click();

/** A phase, with the frames that are done. */
const WORKING = /^(Find faces|Swap) · [1-9]/;

interface Player {
  readonly time: number;
  readonly paused: boolean;
}
const players = (page: Page): Promise<Player[]> =>
  page.locator('video').evaluateAll((all) =>
    all.map((element) => {
      const { currentTime, paused } = element as HTMLVideoElement;
      return { time: currentTime, paused };
    }),
  );

/** Notes from now on which players have played. @returns how to ask, in the order of `players` */
async function notePlaying(page: Page): Promise<() => Promise<boolean[]>> {
  const all = page.locator('video');
  await all.evaluateAll((elements) => {
    for (const element of elements) element.addEventListener('play', () => element.setAttribute('data-played', ''));
  });
  return () => all.evaluateAll((elements) => elements.map((element) => element.hasAttribute('data-played')));
}

/** The first and the last frame that are wanted. */
const rangeOf = (page: Page): Promise<(string | null)[]> =>
  Promise.all(
    ['First frame', 'Last frame'].map((name) => page.getByRole('slider', { name }).getAttribute('aria-valuenow')),
  );

const WIDTHS = [
  [1024, 720],
  [1920, 1080],
  [2560, 1440],
  [1280, 800],
] as const;

/** Looks at the tab in every width and theme: nothing is wider than it may be, axe finds nothing, pictures are kept. */
async function looks(page: Page, name: string): Promise<void> {
  const theme = async (colorScheme: 'light' | 'dark', forcedColors: 'none' | 'active' = 'none') => {
    await page.emulateMedia({ colorScheme, forcedColors });
    await page.locator(`[data-theme=${forcedColors === 'active' ? 'high-contrast' : colorScheme}]`).waitFor(PATIENCE);
    await rests(page);
  };
  // What stands at the mouse goes away.
  await page.mouse.move(0, 0);
  for (const [width, height] of WIDTHS) {
    await page.setViewportSize({ width, height });
    await rests(page);
    const wide = await page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll('header, footer, aside, main, aside > *, main > *')]
        .filter((element) => element.scrollWidth > element.clientWidth + 1)
        .map((element) => `${element.tagName}.${element.className} ${element.scrollWidth} > ${element.clientWidth}`),
    );
    expect(wide, `${name} at ${width}`).toEqual([]);
    if (width <= 1920 && width !== 1280) await shoot(page, `video-${name}-${width}`);
  }
  for (const colorScheme of ['dark', 'light'] as const) {
    await theme(colorScheme);
    expect(await findings(page), `${name} ${colorScheme}`).toEqual([]);
    await shoot(page, `video-${name}-1280-${colorScheme}`);
  }
  await theme('dark', 'active');
  expect(await findings(page), `${name} high contrast`).toEqual([]);
  await shoot(page, `video-${name}-high-contrast`);
  await theme('light');
}

describe('a video', () => {
  it('gets two faces: found, previewed, run, paused, resumed, played beside the target and saved', async () => {
    const { page, close } = await open();
    await looks(page, 'empty');
    await addSource(page, 'freja.webp');
    await addSource(page, 'mei.webp');
    await openClip(page);
    await page.getByText('640 × 288 · 8 fps · 0:02.000').waitFor(PATIENCE);

    await page.getByRole('button', { name: 'Find people' }).click();
    await page.getByRole('button', { name: /^Person 2/ }).waitFor(PATIENCE);
    await give(page, 'Person 1', 'freja.webp');
    await give(page, 'Person 2', 'mei.webp');
    await page.getByRole('button', { name: 'Preview swap' }).click();
    const preview = page.getByRole('img', { name: /^Preview, frame/ });
    await preview.waitFor(PATIENCE);
    await looks(page, 'people');

    const engine = await engineOf(studio.shell.pid);
    await page.getByRole('button', { name: 'Start job' }).click();
    // Sixteen frames take a moment: they stand still once they are being made, until the button is pressed.
    await stoppedWhen(
      engine,
      20,
      () => isShown(job(page).getByText(WORKING).first()),
      () => press(page, 'Pause'),
    );
    await jobSays(page, 'Paused');
    await press(page, 'Resume');
    // Live while it runs; a fast machine is done before one looks.
    const live = page.getByRole('img', { name: /^Result, frame/ });
    await live.or(page.locator('video').nth(1)).first().waitFor(PATIENCE);
    await shoot(page, 'video-running');
    await jobSays(page, 'Done');
    await said(page, `${CLIP} is ready`);
    await page.getByText('16 of 16 frames swapped').waitFor(PATIENCE);

    await expect.poll(() => page.locator('video').count(), PATIENCE).toBe(2);
    await page.getByRole('slider', { name: 'Position in the video' }).focus();
    await page.keyboard.press('Home');
    await expect.poll(async () => (await players(page)).every(({ time }) => time < 0.2), PATIENCE).toBe(true);
    const played = await notePlaying(page);
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    // Both play, from the first frame to the last, and end at the same one.
    await expect.poll(async () => (await players(page)).map(({ time }) => time > 1.8), PATIENCE).toEqual([true, true]);
    await page.getByRole('button', { name: 'Play', exact: true }).waitFor(PATIENCE);
    expect(await played()).toEqual([true, true]);
    const [result, target] = await players(page);
    expect(Math.abs(result!.time - target!.time)).toBeLessThan(0.01);
    await looks(page, 'done');

    const [download] = await Promise.all([page.waitForEvent('download', PATIENCE), press(page, 'Save…')]);
    await said(page, 'Saved two people-swap.mp4');
    expect(download.suggestedFilename()).toBe('two people-swap.mp4');
    const saved = await openVideo(await download.path());
    expect([saved.times.pts.length, saved.info.audio.length]).toEqual([16, 1]);

    // The people are known still: a shorter range and another job need no second look.
    await page.getByRole('tab', { name: 'Clip', exact: true }).click();
    await page.getByRole('slider', { name: 'Last frame' }).focus();
    for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowLeft');
    expect(await page.getByRole('button', { name: /^Find people/ }).count()).toBe(0);
    await page.getByRole('tab', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Start job' }).click();
    await page.getByText('4 of 4 frames swapped').waitFor(PATIENCE);
    await jobSays(page, /frames 1 to 4/);
    await close();
  }, 300_000);

  it('goes on after the page was loaded again and after its engine was killed, and can be cancelled', async () => {
    const { page, close } = await open();
    await addSource(page, 'freja.webp');
    await openClip(page, clips.long);
    // Without looking first: whoever is in it.
    await give(page, 'Main person', 'Keep own face');
    await give(page, 'Everyone', 'freja.webp');
    await page.getByRole('button', { name: 'Start job' }).click();
    await jobSays(page, WORKING);

    await page.reload();
    await page.getByText('Engine ready').waitFor(PATIENCE);
    await toVideo(page);
    await page.getByRole('tab', { name: /^Jobs/ }).click();
    await job(page)
      .getByRole('button', { name: /^Show / })
      .click();
    await jobSays(page, WORKING);

    process.kill(await engineOf(studio.shell.pid), 'SIGKILL');
    await said(page, 'A job was interrupted');
    await jobSays(page, 'Interrupted');
    await press(page, 'Resume');
    await jobSays(page, WORKING);
    await press(page, 'Cancel');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel job', exact: true }).click();
    await jobSays(page, 'Cancelled');
    await press(page, 'Remove');
    await expect.poll(() => page.getByRole('button', { name: 'Show long.mp4' }).count(), PATIENCE).toBe(0);
    await close();
  }, 300_000);

  it('that the browser cannot play is shown frame by frame; the range is chosen by keys', async () => {
    const { page, close } = await open();
    await openClip(page, clips.prores);
    const shown = page.getByRole('img', { name: 'Target, frame 1', exact: true });
    await shown.waitFor(PATIENCE);
    const first = await shown.getAttribute('src');
    await page.getByRole('button', { name: 'Next frame' }).click();
    const second = page.getByRole('img', { name: 'Target, frame 2', exact: true });
    await expect.poll(() => second.getAttribute('src'), PATIENCE).not.toBe(first);
    await page.getByRole('slider', { name: 'Position in the video' }).focus();
    await page.keyboard.press('i');
    await page.keyboard.press('End');
    await expect.poll(() => rangeOf(page)).toEqual(['2', '4']);
    await page.getByRole('slider', { name: 'Last frame' }).focus();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => rangeOf(page)).toEqual(['2', '3']);
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    await expect.poll(() => rangeOf(page)).toEqual(['1', '4']);
    await close();
  });

  it('that is none is refused with its reason', async () => {
    const { page, close } = await open();
    await page.locator('#pick-video').setInputFiles(sampleFile('freja.webp'));
    await said(page, 'This file cannot be used');
    await page.getByText('Drop a video here').waitFor(PATIENCE);
    await close();
  });
});
