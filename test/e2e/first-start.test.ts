import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type StudioProcess, startStudio } from '#test/support/studio-process.ts';
import { dialogOpen, launch, openSeen, openWindow, PATIENCE, swapSamples, touring } from './support/page.ts';

let browser: Browser;
let studio: StudioProcess;
beforeAll(async () => {
  [browser, studio] = await Promise.all([launch(), startStudio()]);
});
afterAll(async () => {
  await browser.close();
  await studio.stop();
});

describe('the first start', () => {
  it('shows the tour once, then sample faces lead to a first swap', async () => {
    const fresh = await startStudio();
    onTestFinished(() => fresh.stop());
    const { page, close } = await openWindow(browser, fresh.url);
    const steps = ['Whose face?', 'Which photo changes?', 'Region by region', 'Look closely'];
    for (const [index, title] of steps.entries()) {
      await page.getByRole('heading', { name: title, exact: true }).waitFor(PATIENCE);
      const last = index === steps.length - 1;
      await page.getByRole('button', { name: last ? 'Start' : 'Next', exact: true }).click();
    }
    await page.getByRole('heading', { name: 'Look closely' }).waitFor({ state: 'detached' });
    await swapSamples(page);
    expect(await page.getByRole('slider', { name: /wipe/ }).getAttribute('aria-valuetext')).toBe('50 % before');

    await page.reload();
    expect(await touring(page)).toBe(false);
    await page.getByRole('button', { name: 'Help' }).click();
    await page.getByRole('menuitem', { name: 'Show the tour' }).click();
    await page.getByRole('heading', { name: 'Whose face?' }).waitFor();
    await dialogOpen(page);
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'Whose face?' }).waitFor({ state: 'detached' });
    await close();
  });

  it('comes under a policy that lets no inline or evaluated script run', async () => {
    const { page, close } = await openWindow(browser, studio.url);
    const policy = (await page.reload())?.headers()['content-security-policy'] ?? '';
    const rules = new Map(policy.split(';').map((rule) => [rule.trim().split(' ')[0], rule.trim()]));
    expect(rules.get('script-src')).toBe("script-src 'self'");
    expect(rules.get('default-src')).toBe("default-src 'none'");
    expect(policy).not.toMatch(/unsafe-(inline|eval)/);
    await page.getByText('Engine ready').waitFor(PATIENCE);
    await close();
  });

  it('has photos and videos on tabs of their own', async () => {
    const { page, close } = await openSeen(browser, studio.url);
    await page.getByRole('tab', { name: 'Video' }).click();
    await page.getByRole('heading', { name: 'Swap faces in a video' }).waitFor();
    await page.getByRole('tab', { name: 'Image' }).click();
    await page.getByRole('heading', { name: 'Swap faces, region by region' }).waitFor();
    await close();
  });
});
