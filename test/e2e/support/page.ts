/**
 * A window of the studio in a real Chromium. Whatever goes wrong behind the test's back is kept and must be nothing at
 * the end: messages of the console, breaches of the content security policy, requests to another host.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core';
import { expect, onTestFailed } from 'vitest';
import { repository } from '#test/support/studio-process.ts';

const EXECUTABLE = process.env['E4S_CHROMIUM'] ?? '/usr/bin/chromium';
const ARGUMENTS = [
  '--no-sandbox',
  '--headless=new',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** A run on a busy machine may take this long. */
export const PATIENCE = { timeout: 60_000 };

/** What Chromium says about Fluent UI's own style sheet; nothing of ours can change it. */
const KNOWN = [/slider-vertical/];

export interface Window {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Fails when anything went wrong that no expectation looked at, then closes the window. */
  close(): Promise<void>;
}

/** A message of the studio, as it came. */
interface Told {
  readonly title: string;
  readonly body: string;
}

/** Runs in the page: messages go by themselves, so each is noted when it comes, until a test asks for it. */
function noteMessages(): void {
  const told: Told[] = [];
  Object.assign(window, { told });
  const seen = new WeakSet<Element>();
  const note = (toast: Element): void => {
    if (seen.has(toast)) return;
    seen.add(toast);
    const words = (part: string): string => toast.querySelector(`.fui-Toast${part}`)?.textContent ?? '';
    told.push({ title: words('Title'), body: words('Body') });
  };
  new MutationObserver((changes) => {
    for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
      if (!(node instanceof Element)) continue;
      if (node.matches('.fui-Toast')) note(node);
      for (const toast of node.querySelectorAll('.fui-Toast')) note(toast);
    }
  }).observe(document, { childList: true, subtree: true });
}

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: EXECUTABLE, args: ARGUMENTS });

/** Opens the studio and waits until its engine is ready. */
export async function openWindow(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Window> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    acceptDownloads: true,
    ...options,
  });
  context.setDefaultTimeout(PATIENCE.timeout);
  const page = await context.newPage();
  const complaints: string[] = [];
  const { host } = new URL(url);
  page.on('console', (message) => {
    const wrong = message.type() === 'error' || message.type() === 'warning';
    if (wrong && !KNOWN.some((known) => known.test(message.text()))) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    const address = new URL(request.url());
    if (address.host !== host && !['blob:', 'data:'].includes(address.protocol)) complaints.push(request.url());
  });
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).host !== host) complaints.push(socket.url());
  });
  onTestFailed(async ({ task }) => {
    if (!page.isClosed()) await shoot(page, `failed ${task.name}`.replace(/\W+/g, '-').slice(0, 80));
    await context.close();
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  await page.addInitScript(noteMessages);
  await page.goto(url);
  await page.getByText('Engine ready').waitFor(PATIENCE);
  return {
    page,
    context,
    async close() {
      await context.close();
      expect(complaints).toEqual([]);
    },
  };
}

/** Waits until the settings are known. @returns whether the tour is shown, which begins in the same breath */
export async function touring(page: Page): Promise<boolean> {
  await page.locator('[data-theme][aria-busy=false]').waitFor(PATIENCE);
  return (await page.locator('[data-tour-active]').count()) > 0;
}

/** The same, past the tour that a first start shows. */
export async function openSeen(browser: Browser, url: string, options?: BrowserContextOptions): Promise<Window> {
  const window = await openWindow(browser, url, options);
  if (await touring(window.page)) {
    await window.page.getByRole('button', { name: 'Skip' }).click();
    // Until the tour is gone, the page behind it is hidden from assistive programs.
    await window.page.locator('#studio:not([aria-hidden])').waitFor(PATIENCE);
  }
  return window;
}

/** Whether a message with this title has come that no test has asked for yet. It need not be on screen any more. */
const take = (page: Page, title: string | RegExp): Promise<Told | null> =>
  page.evaluate(
    ({ source, flags }) => {
      const { told } = window as unknown as { told: Told[] };
      const at = told.findIndex((message) => new RegExp(source, flags).test(message.title));
      return at < 0 ? null : (told.splice(at, 1)[0] ?? null);
    },
    typeof title === 'string' ? { source: literally(title), flags: '' } : { source: title.source, flags: title.flags },
  );

/** A regular expression for a text. */
export const literally = (words: string): string => words.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** Waits for a message with this title that was not waited for before. @returns what it says below */
export async function said(page: Page, title: string | RegExp): Promise<string> {
  let message: Told | null = null;
  const come = async () => {
    message ??= await take(page, title);
    return message !== null;
  };
  await expect.poll(come, { ...PATIENCE, message: `the message ${String(title)}` }).toBe(true);
  return (message as Told | null)?.body ?? '';
}

/** The titles of all messages that came and were not asked for. */
export const unasked = (page: Page): Promise<string[]> =>
  page.evaluate(() => (window as unknown as { told: Told[] }).told.map(({ title }) => title));

/** Waits for a dialog that keys go to. */
export const dialogOpen = (page: Page): Promise<void> =>
  page.locator('[role=dialog]:focus-within').first().waitFor(PATIENCE);

/** Waits until nothing moves: what moves once has moved, and a few frames in a row are laid out alike. */
export const rests = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    const LOOKS = 600;
    const ALIKE = 3;
    const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
    const layout = () =>
      [...document.querySelectorAll('header, footer, aside, main, section, button, input, img, video, [role]')]
        .map((element) => Object.values(element.getBoundingClientRect().toJSON()).join())
        .join(' ');
    const moves = () =>
      document
        .getAnimations()
        .some(
          ({ playState, effect }) => playState === 'running' && Number.isFinite(effect?.getComputedTiming().endTime),
        );
    await document.fonts.ready;
    let alike = 0;
    let before = '';
    for (let look = 0; look < LOOKS; look++) {
      await frame();
      const now = layout();
      alike = now === before && !moves() ? alike + 1 : 0;
      if (alike === ALIKE) return;
      before = now;
    }
    throw new Error('the page does not come to rest');
  });

/** Where something stands on screen once it rests. */
export async function boxOf(locator: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  await locator.waitFor(PATIENCE);
  await rests(locator.page());
  const box = await locator.boundingBox();
  if (!box) throw new Error(`${String(locator)} is not on screen`);
  return box;
}

/** Two sample faces, swapped. */
export async function swapSamples(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Try with sample faces' }).click();
  await finished(page);
}

/** Waits until the result of the present settings is on screen. */
export async function finished(page: Page): Promise<void> {
  const done = page.getByText(/stages (computed|reused)$/);
  const failed = page.getByText('The last swap failed');
  await done.or(failed).first().waitFor(PATIENCE);
  if (await failed.isVisible()) {
    throw new Error(
      `The swap failed: ${(await page.getByRole('dialog').or(page.locator('.fui-Toast')).allInnerTexts()).join(' ')}`,
    );
  }
  // What is shown follows what is said.
  const after = page.getByRole('img', { name: 'After', exact: true });
  await page.locator('[role=group][aria-busy=false]').filter({ has: after }).waitFor(PATIENCE);
}

/** The pixels of a picture that the viewer shows at this moment, as a digest. */
export function digestOf(page: Page, name: string): Promise<string> {
  return page.getByRole('img', { name, exact: true }).evaluate(async (element) => {
    const image = element as HTMLImageElement;
    // Another picture that comes in the meantime, as drafts do, breaks the decoding of this one off: then it counts.
    let decoded = '';
    while (decoded !== image.src) {
      decoded = image.src;
      await image.decode().catch((error: unknown) => {
        if (decoded === image.src) throw error;
      });
    }
    const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no canvas');
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const digest = await crypto.subtle.digest('SHA-256', data);
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  });
}

/** Changes something and waits until another picture of that name is shown; resolves to its digest. */
export async function changed(page: Page, name: string, before: string): Promise<string> {
  await expect.poll(() => digestOf(page, name), { timeout: PATIENCE.timeout, interval: 250 }).not.toBe(before);
  await finished(page);
  return digestOf(page, name);
}

const SHOTS = path.join(repository, 'out/screenshots');

/** Keeps what the window looks like, for people to judge. */
export async function shoot(page: Page, name: string): Promise<void> {
  await mkdir(SHOTS, { recursive: true });
  await page.screenshot({ path: path.join(SHOTS, `${name}.png`) });
}

/** A file of the sample faces. */
export const sampleFile = (name: string): string => path.join(repository, 'models/samples', name);
