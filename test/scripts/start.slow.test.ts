import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository } from '../support/studio-process.ts';
import { connectStudio, enter } from '../support/web-client.ts';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'e4s-home-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** `npm start` with a terminal's process group of its own, so that Ctrl-C can be sent as a terminal sends it. */
function start(args: string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [path.join(repository, 'scripts/start.mjs'), '--no-open', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '', E4S_HOME: home, ...env },
  });
  let output = '';
  const ended = new Promise<number | null>((resolve) => {
    child.on('exit', (code) => resolve(code));
  });
  const url = new Promise<URL>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const address = /http:\/\/\S+/.exec(output)?.[0];
      if (address !== undefined && /Ctrl-C/.test(output)) resolve(new URL(address));
    });
    void ended.then((code) => reject(new Error(`ended with ${code}: ${output}`)));
  });
  return { pid: child.pid as number, url, ended, output: () => output };
}

/** Processes whose command line names this repository's engine and whose parent chain was this group. */
async function groupMembers(group: number): Promise<number> {
  const { readdirSync } = await import('node:fs');
  let count = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]) === group) count++;
  }
  return count;
}

describe.skipIf(process.platform !== 'linux')('npm start', () => {
  it('falls back to the browser, says why, and ends with Ctrl-C', async () => {
    const studio = start([]);
    const url = await studio.url;
    expect(studio.output()).toMatch(/own window cannot open: there is no display\. It runs in the browser instead\./);
    const { shell, engine } = await connectStudio(url, await enter(url));
    expect((await shell.info()).fallbackReason).toBe('there is no display');
    expect(Object.keys(await engine.settings.get())).toContain('theme');
    process.kill(-studio.pid, 'SIGINT');
    expect(await studio.ended).toBe(0);
    await expect.poll(() => groupMembers(studio.pid)).toBe(0);
  });

  it('takes the browser when it is asked to, and ends with a signal to itself alone', async () => {
    const studio = start(['--web']);
    const url = await studio.url;
    expect(studio.output()).not.toMatch(/cannot open/);
    const { shell } = await connectStudio(url, await enter(url));
    expect((await shell.info()).fallbackReason).toBeUndefined();
    process.kill(studio.pid, 'SIGTERM');
    expect(await studio.ended).toBe(0);
    await expect.poll(() => groupMembers(studio.pid)).toBe(0);
  });
});
