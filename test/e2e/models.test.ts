import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineOf, whileStopped } from '#test/support/kill-processes.ts';
import { PRETRAINED_OUTCOMES, writePretrained } from '#test/support/pretrained-folder.ts';
import { type StudioProcess, startStudio } from '#test/support/studio-process.ts';
import { findings } from './support/axe.ts';
import { launch, openSeen, PATIENCE, said, shoot } from './support/page.ts';
import { stoppedWhen } from './support/slow-motion.ts';

/** How full the bar of an import is when all files are handed over and nothing is converted yet. */
const ALL_SENT = 0.4;

const WORDS: Readonly<Record<string, string>> = {
  imported: 'Imported',
  present: 'There already',
  kept: 'Not taken',
  unknown: 'Not known',
  refused: 'Refused',
  unneeded: 'Not needed',
};

let browser: Browser;
let studio: StudioProcess;
let folder: string;
let pretrained: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'e4s-e2e-models-'));
  [browser, studio, pretrained] = await Promise.all([launch(), startStudio(), writePretrained(folder)]);
});
afterAll(async () => {
  await browser.close();
  await studio.stop();
  await rm(folder, { recursive: true, force: true });
});

async function openModels(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Models', exact: true }).click();
  await page.getByRole('heading', { name: 'What works now' }).waitFor(PATIENCE);
}

/** Names of all files below a folder of the studio's data. */
async function filesIn(name: 'packs' | 'uploads'): Promise<string[]> {
  const found = await readdir(path.join(studio.home, name), { recursive: true, withFileTypes: true }).catch(() => []);
  return found.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

/** What a writer left in the middle of a file. */
const unfinished = async (): Promise<string[]> => (await filesIn('packs')).filter((name) => name.endsWith('.tmp'));

const card = (page: Page, title: string) => page.getByRole('listitem', { name: title, exact: true });

describe('the models page', () => {
  it.skipIf(process.platform !== 'linux')(
    'stops an import when it is told to, and leaves nothing half-written',
    async () => {
      const { page, close } = await openSeen(browser, studio.url);
      await openModels(page);
      const progress = page.getByRole('progressbar', { name: 'Progress of the import' });
      const engine = await engineOf(studio.shell.pid);
      await whileStopped(engine, async () => {
        await page.locator('#pick-weights-folder').setInputFiles(pretrained);
        await expect.poll(async () => Number(await progress.getAttribute('aria-valuenow')), PATIENCE).toBe(ALL_SENT);
        // The first of several packs is being written when it is told to stop.
        const begun = async () => (await filesIn('packs')).length > 0;
        await stoppedWhen(engine, 5, begun, () =>
          page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click(),
        );
      });
      await said(page, 'The import was stopped');
      // The button that was pressed is gone; the focus is still in the page.
      await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Import a folder…');
      await expect.poll(() => filesIn('uploads'), PATIENCE).toEqual([]);
      await expect.poll(unfinished, PATIENCE).toEqual([]);
      await close();
    },
  );

  it('imports a folder in the authors’ layout and reports every file', async () => {
    const { page, close } = await openSeen(browser, studio.url);
    await openModels(page);
    await page.locator('#pick-weights-folder').setInputFiles(pretrained);
    const report = page.getByRole('table', { name: 'What the import found' });
    await report.waitFor(PATIENCE);
    const rows = await report
      .locator('tbody tr')
      .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
    // What an import that was stopped had finished is there already.
    const outcomes = Object.fromEntries(
      rows.map(([file, outcome]) => [file, outcome?.replace('There already', 'Imported')]),
    );
    const expected = Object.entries(PRETRAINED_OUTCOMES).map(([file, outcome]) => [file, WORDS[outcome]]);
    expect(outcomes).toEqual(Object.fromEntries(expected));
    const said = Object.fromEntries(rows.map(([file, , reason]) => [file, reason]));
    expect(said['GPEN/weights/ParseNet-latest.pth']).toContain('truncated');
    expect(said['E4S/iteration_300000.pt']).toContain('should hold "E4S: Regional GAN Inversion"');
    await page.getByText('1 other file is no weights.').waitFor();
    await page.getByText(/^Still missing: E4S: Regional GAN Inversion/).waitFor();

    expect(await card(page, 'BiSeNet: face parsing').textContent()).toMatch(/Ready · Needed · 53 MB.*Not allowed/);
    const halfThere = await card(page, 'LPIPS (AlexNet): perceptual loss').textContent();
    expect(halfThere).toContain('Not imported yet: alex.pth.');
    expect(halfThere).toContain('alexnet-owt-7be5be79.pth (imported), alex.pth (missing)');
    expect(await page.getByRole('dialog').locator('a[href], img[src^=http], iframe').count()).toBe(0);
    expect(await unfinished()).toEqual([]);
    // The copies that the page sent are gone once they are converted.
    await expect.poll(() => filesIn('uploads'), PATIENCE).toEqual([]);
    await close();
  });

  it('takes single files by drop and by choice, and replaces what is there only when it is told to', async () => {
    const { page, close } = await openSeen(browser, studio.url);
    await openModels(page);
    const file = path.join(pretrained, 'E4S/iteration_300000.pt');
    const outcome = page.getByRole('table', { name: 'What the import found' }).locator('tbody tr td').first();
    await page.locator('#pick-weights').setInputFiles(path.join(pretrained, 'faceseg/model.pth'));
    await expect.poll(() => outcome.textContent(), PATIENCE).toMatch(/Imported|There already/);
    await page.getByRole('button', { name: 'Close the report' }).click();
    await page.locator('#pick-weights').setInputFiles(file);
    await expect.poll(() => outcome.textContent(), PATIENCE).toBe('Not taken');
    await page.getByRole('button', { name: 'Close the report' }).click();
    await page.getByRole('checkbox', { name: 'Replace what came from another file' }).check();
    await page.locator('#pick-weights').setInputFiles(file);
    await expect.poll(() => outcome.textContent(), PATIENCE).toBe('Imported');

    const transfer = await page.evaluateHandle(() => {
      const data = new DataTransfer();
      data.items.add(new File(['no weights'], 'notes.txt'));
      return data;
    });
    await page.getByRole('heading', { name: 'What works now' }).dispatchEvent('drop', { dataTransfer: transfer });
    await expect.poll(() => outcome.textContent(), PATIENCE).toBe('Refused');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached', ...PATIENCE });
    // What is dropped on the page is no photo.
    expect(await page.getByRole('button', { name: 'Undo' }).isDisabled()).toBe(true);
    await close();
  });

  it('checks every byte, finds damage, and removes a pack after asking', async () => {
    const { page, close } = await openSeen(browser, studio.url);
    await openModels(page);
    await page.getByRole('button', { name: 'Check all files' }).click();
    await said(page, 'All imported models are whole');
    const own = path.join(studio.home, 'packs/parsing-unet');
    const weights = (await readdir(own)).find((name) => name.endsWith('.safetensors')) as string;
    await writeFile(path.join(own, weights), 'damaged');
    await page.getByRole('button', { name: 'Check all files' }).click();
    await said(page, '1 pack is damaged');
    const unet = card(page, 'CelebAMask-HQ U-Net: parsing loss');
    await expect.poll(() => unet.textContent()).toContain('Damaged');
    await unet.getByRole('button', { name: /^Remove/ }).click();
    const question = page.getByRole('alertdialog');
    await question.getByRole('button', { name: 'Cancel' }).click();
    expect(await readdir(own)).toContain(weights);
    await unet.getByRole('button', { name: /^Remove/ }).click();
    await question.getByRole('button', { name: 'Remove', exact: true }).click();
    await said(page, 'CelebAMask-HQ U-Net: parsing loss was removed');
    await expect.poll(() => unet.textContent()).toContain('Not imported');
    expect(await readdir(path.join(studio.home, 'packs'))).not.toContain('parsing-unet');
    await close();
  });

  it('is reached from the choice of the engine, which says why the networks cannot run', async () => {
    const { page, close } = await openSeen(browser, studio.url);
    const locked = page.getByRole('checkbox', { name: 'Hair: texture from the source' });
    await expect.poll(() => locked.isDisabled()).toBe(true);
    await page.getByRole('combobox', { name: 'Engine' }).click();
    await page.getByRole('option', { name: 'E4S networks' }).click();
    await page.getByText('The E4S networks cannot run yet').waitFor();
    for (const part of ['texture', 'shape']) {
      const switches = page.getByRole('checkbox', { name: new RegExp(`: ${part} from the source$`) });
      await expect.poll(() => switches.count()).toBe(12);
      await expect.poll(() => switches.and(page.locator(':disabled')).count()).toBe(0);
    }
    await page.getByRole('button', { name: 'Models…' }).click();
    await page.getByRole('heading', { name: 'What works now' }).waitFor(PATIENCE);
    await close();
  });

  it.each(['light', 'dark'] as const)('has no serious finding in %s', async (colorScheme) => {
    for (const [width, height] of [
      [1280, 800],
      [1920, 1080],
    ] as const) {
      const { page, close } = await openSeen(browser, studio.url, { colorScheme, viewport: { width, height } });
      await openModels(page);
      await page.locator('#pick-weights').setInputFiles(path.join(pretrained, 'GPEN/weights/ParseNet-latest.pth'));
      await page.getByRole('table', { name: 'What the import found' }).waitFor(PATIENCE);
      await shoot(page, `models-${width}-${colorScheme}`);
      if (width === 1280) expect(await findings(page)).toEqual([]);
      await page.getByRole('heading', { name: 'Packs' }).scrollIntoViewIfNeeded();
      await card(page, 'GPEN: face restoration at 512').scrollIntoViewIfNeeded();
      await shoot(page, `models-packs-${width}-${colorScheme}`);
      await close();
    }
  });
});
