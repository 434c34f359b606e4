// Takes the pictures of the studio that the documentation shows: `node scripts/screenshots.mjs`. Needs Chromium
// (E4S_CHROMIUM or /usr/bin/chromium). Only sample faces are in them: rendered people who do not exist.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { build } from './build.mjs';
import { root } from './lib/bundles.mjs';

const SIZE = { width: 1440, height: 900 };
const LIMIT_BYTES = 400_000;
const PATIENCE = { timeout: 120_000 };

/** A studio with a data folder of its own. */
async function startStudio() {
  const home = await mkdtemp(path.join(os.tmpdir(), 'e4s-shots-'));
  const shell = spawn(process.execPath, [path.join(root, 'dist/main/web.js')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, E4S_HOME: home },
  });
  const url = await new Promise((resolve) => shell.stdout.once('data', (data) => resolve(String(data).trim())));
  return {
    url,
    async stop() {
      shell.kill();
      await rm(home, { recursive: true, force: true });
    },
  };
}

const finished = async (page) => {
  await page.getByText(/stages (computed|reused)$/).waitFor(PATIENCE);
  await page.getByRole('img', { name: 'After', exact: true }).waitFor(PATIENCE);
};

async function choose(page, menu, sample) {
  await page.getByRole('button', { name: menu }).click();
  await page.getByRole('menuitem', { name: sample }).first().click();
  await page.getByRole('button', { name: `Show ${sample} large` }).waitFor(PATIENCE);
}

/** One source, one target, and the stages between them. */
async function portrait(page) {
  await page.getByRole('button', { name: 'Try with sample faces' }).click();
  await finished(page);
  await page.getByRole('button', { name: 'Stages' }).click();
  await page.locator('[role=toolbar] img').nth(10).waitFor(PATIENCE);
}

/** Two people: one gets the face of another photo, the other keeps the own; the divider stands on the first. */
async function pair(page) {
  await choose(page, 'Other ways to set the target', 'Sofia and Tomas');
  await page
    .getByRole('button', { name: /^Target face 1/ })
    .first()
    .click();
  await choose(page, 'Other ways to add a source', 'Mei');
  await choose(page, 'Other ways to add a source', 'Freja');
  await page.waitForTimeout(1000);
  await finished(page);
  const wipe = page.getByRole('slider', { name: /wipe/ });
  await wipe.focus();
  for (const key of ['PageDown', 'PageDown', 'PageDown']) await page.keyboard.press(key);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await wipe.blur();
}

const SHOTS = [
  { file: 'docs/studio-light.png', colorScheme: 'light', stage: portrait },
  { file: 'docs/studio-dark.png', colorScheme: 'dark', stage: pair },
];

/** As small as the limit asks, by fewer colours. */
async function write(file, png) {
  for (const quality of [100, 90, 80, 70]) {
    const bytes = await sharp(png).png({ palette: true, quality, effort: 10, dither: 1 }).toBuffer();
    if (bytes.length > LIMIT_BYTES) continue;
    await writeFile(path.join(root, file), bytes);
    console.log(`${file} ${Math.round(bytes.length / 1000)} KB`);
    return;
  }
  throw new Error(`${file} does not fit into ${LIMIT_BYTES} bytes`);
}

await build();
const studio = await startStudio();
const browser = await chromium.launch({
  executablePath: process.env.E4S_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--headless=new', '--disable-gpu'],
});
try {
  for (const { file, colorScheme, stage } of SHOTS) {
    const page = await browser.newPage({ viewport: SIZE, colorScheme, reducedMotion: 'reduce' });
    await page.goto(studio.url);
    await page.getByText('Engine ready').waitFor(PATIENCE);
    await page.waitForTimeout(1000);
    const skip = page.getByRole('button', { name: 'Skip' });
    if (await skip.isVisible()) await skip.click();
    await stage(page);
    await page.mouse.move(SIZE.width / 2, 4);
    await page.waitForTimeout(1500);
    await write(file, await page.screenshot());
    await page.close();
  }
} finally {
  await browser.close();
  await studio.stop();
}
