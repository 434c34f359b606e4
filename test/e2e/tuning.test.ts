/**
 * Personal tuning in the window. Queue, tune phase, tuning loop, checkpoints, calls and window are the studio's own; what
 * is tuned is a network of one matrix, since the real one takes seconds an update.
 */
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { findAppRoot } from '#engine/files/app-root.ts';
import { nodeEngineLauncher } from '#main/shells/node-engine.ts';
import { startWebShell, type WebShell } from '#main/shells/web.ts';
import { buildEntry } from '#test/support/build-entry.ts';
import { signalProcess, whileStopped } from '#test/support/kill-processes.ts';
import { writeReadyPacks } from '#test/support/ready-packs.ts';
import { findings } from './support/axe.ts';
import { type Clips, makeClips } from './support/clips.ts';
import {
  finished,
  launch,
  literally,
  openSeen,
  PATIENCE,
  rests,
  said,
  sampleFile,
  shoot,
  swapSamples,
  type Window,
} from './support/page.ts';

let browser: Browser;
let shell: WebShell;
/** The process of the engine. */
let engine: number;
let clips: Clips;
let home: string;
let entry: Awaited<ReturnType<typeof buildEntry>>;
beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'e4s-tuning-'));
  process.env['E4S_HOME'] = home;
  await writeReadyPacks(path.join(home, 'packs'), 'tuning');
  const outside = [
    'sharp',
    'onnxruntime-node',
    'ffmpeg-static',
    '@ffmpeg-installer/ffmpeg',
    '@ffprobe-installer/ffprobe',
  ];
  [entry, browser, clips] = await Promise.all([
    buildEntry('test/support/tuning-engine.ts', { outside }),
    launch(),
    makeClips(),
  ]);
  const launchEngine = nodeEngineLauncher({ entry: entry.file });
  shell = await startWebShell({
    app: findAppRoot(),
    launch: () => {
      const started = launchEngine();
      engine = started.pid ?? 0;
      return started;
    },
  });
});
afterAll(async () => {
  await browser?.close();
  await shell?.close();
  await entry?.remove();
  const left = { recursive: true, force: true, maxRetries: 10, retryDelay: 200 };
  await Promise.all([home, clips.folder].map((folder) => rm(folder, left)));
});

const CLIP = 'two people.mp4';

interface Fields {
  readonly steps?: number;
  readonly rate?: number;
  /** The published schedule does not end by itself before its last step. */
  readonly published?: boolean;
}

/** A clip, a source photo, and tuning switched on. */
async function open(): Promise<Window> {
  const window = await openSeen(browser, shell.url);
  // A job that nobody ended would keep all others waiting.
  onTestFailed(() => void signalProcess(engine, 'SIGKILL'));
  const { page } = window;
  await page.getByRole('tab', { name: 'Video' }).click();
  await page.locator('#pick-video').setInputFiles(clips.two);
  await page.getByRole('button', { name: 'Find people' }).waitFor(PATIENCE);
  await page.locator('#pick-source').setInputFiles(sampleFile('freja.webp'));
  await page.getByRole('button', { name: 'Show freja.webp large' }).waitFor(PATIENCE);
  await page.getByRole('checkbox', { name: 'Tune to the person' }).check();
  return window;
}

/** The same, with the fields of tuning filled in. */
async function prepare({ steps = 999, rate = 0.02, published = true }: Fields = {}): Promise<Window> {
  const window = await open();
  const { page } = window;
  await page.getByRole('spinbutton', { name: 'Max PTI steps' }).fill(String(steps));
  await page.getByRole('spinbutton', { name: 'Learning rate' }).fill(String(rate));
  await page.getByText('Advanced').click();
  await page.getByRole('combobox', { name: 'Schedule' }).click();
  await page.getByRole('option', { name: published ? 'As published' : 'Key frames first' }).click();
  return window;
}

const start = (page: Page) => page.getByRole('button', { name: /^Start (another )?job$/ }).click();
const panel = (page: Page) => page.getByRole('region', { name: 'Personal tuning', exact: true });
const point = (page: Page) => page.getByRole('slider', { name: 'Update that is read' });
const readoutOf = async (page: Page): Promise<string> => (await point(page).getAttribute('aria-valuetext')) ?? '';
const updateOf = async (page: Page): Promise<number> => Number(await point(page).getAttribute('aria-valuenow'));
/** The loss towards the driven face at the update that is read. */
const drivenOf = async (page: Page): Promise<number> =>
  Number(/Driven face: ([\d.e+-]+)/.exec(await readoutOf(page))?.[1]);
/** The same at the first update; then the last one is read again. */
async function firstDrivenOf(page: Page): Promise<number> {
  await point(page).focus();
  await page.keyboard.press('Home');
  await expect.poll(() => updateOf(page)).toBe(1);
  const first = await drivenOf(page);
  await page.keyboard.press('Escape');
  return first;
}
const header = (page: Page, action: string) =>
  page.getByRole('main').getByRole('button', { name: `${action} ${CLIP}`, exact: true });
const reaches = (page: Page, update: number) =>
  expect.poll(() => updateOf(page), { timeout: PATIENCE.timeout, interval: 50 }).toBeGreaterThanOrEqual(update);
/** The tuning of the job, whatever is shown of it. */
const showTuning = (page: Page) => page.getByRole('tab', { name: 'Tuning', exact: true }).click();
/** Until the job is done. */
const done = (page: Page) => page.getByRole('main').getByText(/^Done/).first().waitFor(PATIENCE);
const saysPanel = (page: Page, words: string | RegExp) => panel(page).getByText(words).first().waitFor(PATIENCE);

async function cancelJob(page: Page): Promise<void> {
  await header(page, 'Cancel').click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel job', exact: true }).click();
  await page.getByRole('main').getByText('Cancelled').first().waitFor(PATIENCE);
}

/** Looks at what is shown in both themes at two widths; axe finds nothing. */
async function looks(page: Page, name: string): Promise<void> {
  for (const [width, height] of [
    [1920, 1080],
    [1280, 800],
  ] as const) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.locator(`[data-theme=${colorScheme}]`).waitFor(PATIENCE);
      await rests(page);
      await shoot(page, `tuning-${name}-${width}-${colorScheme}`);
      if (width === 1280) expect(await findings(page), `${name} ${colorScheme}`).toEqual([]);
    }
  }
}

describe('refining a photo', () => {
  it('shows each better picture, keeps the best, and is taken back; a stopped one changes nothing', async () => {
    const { page, close } = await openSeen(browser, shell.url);
    await swapSamples(page);
    const section = page.getByRole('region', { name: 'Refine', exact: true });
    const button = (name: string) => section.getByRole('button', { name, exact: true });
    await section.getByRole('spinbutton', { name: 'Steps' }).fill('1000');
    await button('Refine').click();
    await section.getByText(/^Step \d+ of 1001 · loss 1 at first, /).waitFor(PATIENCE);
    const preview = section.getByRole('img', { name: 'Best reconstruction: Source' });
    await preview.waitFor(PATIENCE);
    const early = await preview.getAttribute('src');
    await expect.poll(() => preview.getAttribute('src'), PATIENCE).not.toBe(early);
    await whileStopped(engine, () => looks(page, 'refine'));
    await button('Stop').click();
    await button('Refine').waitFor(PATIENCE);
    expect(await button('Undo refining: Source').count()).toBe(0);

    await button('Refine').click();
    await section.getByText(/^Step \d+ of 1001/).waitFor(PATIENCE);
    await button('Keep the best so far').click();
    await said(page, 'Source refined');

    // The same faces, opened anew: the vectors are kept, until all that is kept is removed.
    const again = await openSeen(browser, shell.url);
    await swapSamples(again.page);
    const undo = again.page.getByRole('button', { name: 'Undo refining: Source', exact: true });
    await undo.waitFor(PATIENCE);
    await again.page.getByRole('button', { name: 'Settings', exact: true }).click();
    await again.page.getByRole('tab', { name: 'Folders' }).click();
    await again.page.getByText(/^1 is kept, /).waitFor(PATIENCE);
    await again.page.getByRole('button', { name: 'Remove all…' }).click();
    await shoot(again.page, 'tuning-refined-faces');
    await again.page.getByRole('alertdialog').getByRole('button', { name: 'Remove all', exact: true }).click();
    await again.page.getByText('None are kept.').waitFor(PATIENCE);
    await again.page.keyboard.press('Escape');
    await expect.poll(() => undo.count()).toBe(0);
    await again.close();

    await button('Undo refining: Source').click();
    await said(page, 'style vectors are in use again');
    expect(await button('Undo refining: Source').count()).toBe(0);
    await finished(page);
    await close();
  });
});

describe('tuning a clip', () => {
  it('starts with the curves moving, is paused, goes on where it was, and ends with what there is', async () => {
    const { page, close } = await prepare();
    await start(page);
    await reaches(page, 12);
    const curve = page.locator('[data-curve="driven"] path').last();
    const drawn = await curve.getAttribute('d');
    await expect.poll(() => curve.getAttribute('d'), PATIENCE).not.toBe(drawn);
    await reaches(page, 60);
    const late = await drivenOf(page);
    expect(late).toBeLessThan(await firstDrivenOf(page));
    await saysPanel(page, /updates\/s · at most/);
    const picture = page.getByRole('img', { name: /^Reconstruction, frame 1, update \d+$/ });
    await picture.waitFor(PATIENCE);
    await page.getByRole('img', { name: /^Driven face, frame 1, update/ }).waitFor(PATIENCE);
    await whileStopped(engine, () => looks(page, 'running'));

    await header(page, 'Pause').click();
    await header(page, 'Resume').waitFor(PATIENCE);
    // The last updates before the pause are told before its end.
    const finishNow = page.getByRole('button', { name: 'Use what there is now' });
    await finishNow.waitFor({ state: 'detached', ...PATIENCE });
    const paused = await updateOf(page);
    await header(page, 'Resume').click();
    await reaches(page, paused + 3);
    await point(page).focus();
    await page.keyboard.press('Home');
    const first = /^Update 1, frame \d+: Driven face: [\d.]+, Recoloured face: [\d.]+$/;
    await expect.poll(() => readoutOf(page)).toMatch(first);
    await page.keyboard.press('Escape');

    await finishNow.click();
    await done(page);
    await showTuning(page);
    await saysPanel(page, /^Tuned with \d+ updates; ended by you\.$/);
    await looks(page, 'over');
    await close();
  });

  it('every term of the loss has its curves, in words and as a table too', async () => {
    const { page, close } = await prepare({ steps: 2, published: false });
    await start(page);
    await done(page);
    await showTuning(page);
    await saysPanel(page, /^Tuned with \d+ updates\.$/);
    const seen = new Set<string>();
    for (const term of ['Look (LPIPS)', 'Pixels (MSE)', 'Identity', 'Face parts']) {
      await page.getByRole('combobox', { name: 'Loss', exact: true }).click();
      await page.getByRole('option', { name: term }).click();
      const words = panel(page).getByText(new RegExp(`^${literally(term)}, \\d+ updates\\. Driven face: `));
      await words.waitFor({ state: 'attached' });
      seen.add(await readoutOf(page));
    }
    expect(seen.size).toBe(4);
    await page.getByText('As a table').click();
    const rows = page.getByRole('table', { name: /by update$/ }).getByRole('row');
    await expect.poll(() => rows.count(), PATIENCE).toBeGreaterThan(5);
    await close();
  });

  it('another frame can be watched', async () => {
    const { page, close } = await prepare();
    await start(page);
    await reaches(page, 6);
    const slider = page.getByRole('slider', { name: 'Frame', exact: true });
    await slider.focus();
    await page.keyboard.press('End');
    await page.getByRole('img', { name: /^Reconstruction, frame 16, update \d+$/ }).waitFor(PATIENCE);
    await cancelJob(page);
    await close();
  });

  it('its weights can be saved, and another tuning begins with them', async () => {
    const { page, close } = await prepare({ steps: 2 });
    await start(page);
    await done(page);
    await showTuning(page);
    await saysPanel(page, /^Tuned with \d+ updates\.$/);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save tuned weights…' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('tuned two people.safetensors');
    const saved = path.join(home, 'walk.safetensors');
    await copyFile(await download.path(), saved);
    expect((await readFile(saved)).length).toBeGreaterThan(100_000);
    const last = await drivenOf(page);

    await page.getByRole('tab', { name: 'Settings', exact: true }).click();
    await page.locator('#pick-tuned-weights').setInputFiles(saved);
    await page.getByRole('combobox', { name: 'Begin with' }).getByText('walk.safetensors').waitFor(PATIENCE);
    await page.getByRole('tab', { name: 'Clip', exact: true }).click();
    await start(page);
    await done(page);
    await showTuning(page);
    // Where the other ended, not where the checkpoint begins.
    expect(await firstDrivenOf(page)).toBeLessThan(1.5 * last);
    await close();
  });

  it('weights that do not fit are refused with the reason', async () => {
    const { page, close } = await prepare();
    const wrong = path.join(home, 'wrong.pth');
    await writeFile(wrong, 'no weights at all');
    await page.locator('#pick-tuned-weights').setInputFiles(wrong);
    const message = page.getByRole('group').filter({ hasText: 'wrong.pth cannot be used' });
    await message.first().waitFor(PATIENCE);
    await looks(page, 'refused');
    await page.getByRole('button', { name: 'Close this message' }).click();
    await expect.poll(() => message.count()).toBe(0);
    await close();
  });

  it('a loss that is no number stops the job, says at which update, and keeps the last good weights', async () => {
    const { page, close } = await prepare({ rate: 0.6 });
    await start(page);
    await page
      .getByRole('main')
      .getByText(/The loss of update 12 is NaN\. The weights after update \d+ are kept\./)
      .first()
      .waitFor(PATIENCE);
    await showTuning(page);
    await saysPanel(page, /The loss became no number/);
    await page.getByRole('button', { name: 'Save tuned weights…' }).waitFor(PATIENCE);
    await close();
  });

  it('without the packs of the losses it says which are missing and what still works', async () => {
    await rm(path.join(home, 'packs/arcface'), { recursive: true, force: true });
    const { page, close } = await open();
    await page.getByText('Packs for tuning are missing').waitFor(PATIENCE);
    const said = page.getByText(/arcface\. Without them the swap still works/);
    await said.waitFor(PATIENCE);
    await said.scrollIntoViewIfNeeded();
    expect(await page.getByRole('spinbutton', { name: 'Max PTI steps' }).isDisabled()).toBe(true);
    await looks(page, 'packs');
    await page.getByRole('button', { name: 'Open the models page' }).click();
    await page.getByRole('dialog', { name: /models/i }).waitFor(PATIENCE);
    await close();
  });
});
