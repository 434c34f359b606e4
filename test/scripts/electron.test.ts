import { describe, expect, it } from 'vitest';
// @ts-expect-error a script without types
import { displayProblem } from '../../scripts/lib/electron.mjs';

describe('displayProblem', () => {
  it.each([
    [{ platform: 'linux', env: {}, uid: 1000 }, 'there is no display'],
    [{ platform: 'linux', env: { DISPLAY: ':0' }, uid: 0 }, 'Electron does not run as root'],
    [{ platform: 'linux', env: { DISPLAY: ':0' }, uid: 1000 }, undefined],
    [{ platform: 'linux', env: { WAYLAND_DISPLAY: 'wayland-0' }, uid: 1000 }, undefined],
    [{ platform: 'darwin', env: {}, uid: 501 }, undefined],
    [{ platform: 'win32', env: {} }, undefined],
  ])('%j: %s', (machine, problem) => {
    expect(displayProblem(machine)).toBe(problem);
  });
});
