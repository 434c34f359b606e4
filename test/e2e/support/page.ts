/**
 * A window of the studio in a real Chromium. Whatever goes wrong behind the test's back is kept and must be nothing at
 * the end: messages of the console, breaches of the content security policy, requests to another host.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
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

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: EXECUTABLE, args: ARGUMENTS });

/** Opens the studio and waits until its engine is ready. */
export async function openWindow(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Window> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    acceptDownloads: true,
    ...options,
  });
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

/** The same, past the tour that a first start shows. */
export async function openSeen(browser: Browser, url: string, options?: BrowserContextOptions): Promise<Window> {
  const window = await openWindow(browser, url, options);
  const skip = window.page.getByRole('button', { name: 'Skip' });
  // Settings arrive after the engine is ready; the tour follows with the next rendering; then the page rests.
  await window.page.locator('[data-theme][aria-busy=false]').waitFor(PATIENCE);
  await window.page.waitForTimeout(300);
  await window.page.evaluate(() => new Promise<void>((resolve) => requestIdleCallback(() => resolve())));
  if (await skip.isVisible()) {
    await skip.click();
    // Until the tour is gone, the page behind it is hidden from assistive programs.
    await window.page.locator('#studio:not([aria-hidden])').waitFor(PATIENCE);
  }
  return window;
}

/** Waits for a message with this title. */
export const said = (page: Page, title: string | RegExp): Promise<void> =>
  page.locator('.fui-ToastTitle', { hasText: title }).first().waitFor(PATIENCE);

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
  await page.getByRole('img', { name: 'After', exact: true }).waitFor(PATIENCE);
}

/** The pixels of a picture that the viewer shows, as a digest. */
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
