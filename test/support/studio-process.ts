/** The built studio behind the web shell, as a process of its own with an empty data folder. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

export interface StudioProcess {
  /** The address to open, with its token. */
  readonly url: string;
  /** `E4S_HOME` of this studio. */
  readonly home: string;
  readonly shell: ChildProcess;
  stop(): Promise<void>;
}

/** Builds what is stale and starts a studio. @param env on top of this process's environment */
export async function startStudio(env: NodeJS.ProcessEnv = {}): Promise<StudioProcess> {
  await promisify(execFile)(process.execPath, [path.join(repository, 'scripts/build.mjs')]);
  const home = await mkdtemp(path.join(os.tmpdir(), 'e4s-home-'));
  const shell = spawn(process.execPath, [path.join(repository, 'dist/main/web.js')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, E4S_HOME: home, ...env },
  });
  let complaints = '';
  shell.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const ended = new Promise<void>((resolve) => {
    shell.on('exit', () => resolve());
  });
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    shell.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const [line, ...more] = said.split('\n');
      if (line !== undefined && more.length > 0) resolve(line.trim());
    });
    void ended.then(() => reject(new Error(`The studio did not start.\n${complaints}`)));
  });
  return {
    url,
    home,
    shell,
    async stop() {
      shell.kill('SIGTERM');
      await ended;
      // An engine that outlives its shell for a moment may still write.
      await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}
