import { describe, expect, it } from 'vitest';
import { menuTemplate } from '#main/shells/menu.ts';
import { contentPolicy, NONCE_MARK } from '#main/shells/page-policy.ts';
import { isStudioAddress } from '#main/shells/studio-scheme.ts';
import { windowOptions } from '#main/shells/window-options.ts';
import { isReachable } from '#main/shells/window-state.ts';
// @ts-expect-error a script without types
import { NONCE_MARK as BUILT_MARK } from '../../scripts/lib/bundles.mjs';

describe('window options', () => {
  for (const packed of [true, false]) {
    it(`follow Electron's security checklist (${packed ? 'packed' : 'checkout'})`, () => {
      const { webPreferences = {}, ...options } = windowOptions({ preload: '/p.cjs', dark: false, packed });
      expect(webPreferences).toEqual({
        preload: '/p.cjs',
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        experimentalFeatures: false,
        webviewTag: false,
        navigateOnDragDrop: false,
        plugins: false,
        enableWebSQL: false,
        spellcheck: false,
        devTools: !packed,
      });
      expect(options).toMatchObject({ minWidth: 1024, show: false });
    });
  }

  it('take the place of last time', () => {
    const bounds = { x: 5, y: 6, width: 1100, height: 700 };
    expect(windowOptions({ preload: '', dark: true, packed: true, bounds })).toMatchObject(bounds);
  });
});

describe('a window place', () => {
  const screens = [
    { x: 0, y: 0, width: 1920, height: 1080 },
    { x: -1280, y: 0, width: 1280, height: 720 },
  ];
  it.each([
    [{ x: 100, y: 100, width: 1200, height: 800 }, true],
    [{ x: -1200, y: 10, width: 1000, height: 600 }, true],
    [{ x: 5000, y: 100, width: 1200, height: 800 }, false],
    [{ x: 100, y: -300, width: 1200, height: 800 }, false],
    [{ x: 100, y: 1070, width: 1200, height: 800 }, false],
  ])('%j is reachable: %s', (bounds, reachable) => {
    expect(isReachable(bounds, screens)).toBe(reachable);
  });
});

describe('the content security policy', () => {
  it('trusts files of the studio alone', () => {
    const policy = contentPolicy('abc');
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(policy).toContain("style-src 'self' 'nonce-abc'");
    expect(policy.split('; ').filter((part) => part.startsWith('script-src'))).toEqual(["script-src 'self'"]);
  });
});

it('the build and the shells mean the same mark for the nonce', () => {
  expect(BUILT_MARK).toBe(NONCE_MARK);
});

describe('a studio address', () => {
  it.each([
    ['e4s://studio/', true],
    ['e4s://studio/index.html#x', true],
    ['e4s://studio.evil/', false],
    ['e4s://evil@studio.org/', false],
    ['https://studio/', false],
    ['file:///studio', false],
    ['not an address', false],
  ])('%s: %s', (address, expected) => {
    expect(isStudioAddress(address)).toBe(expected);
  });
});

describe('the menu', () => {
  it('has developer tools in a checkout only', () => {
    for (const platform of ['darwin', 'linux', 'win32'] as const) {
      expect(JSON.stringify(menuTemplate(platform, true))).not.toMatch(/toggleDevTools|reload/);
      expect(JSON.stringify(menuTemplate(platform, false))).toMatch(/toggleDevTools/);
    }
  });
});
