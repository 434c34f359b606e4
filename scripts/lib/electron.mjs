// Can this machine run the desktop shell? Finds Electron's program, fetching it once where that is possible.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const FETCH_LIMIT_MS = 10 * 60_000;

/** Why Electron would not open a window here, or `undefined`. */
export function displayProblem({ platform = process.platform, env = process.env, uid = process.getuid?.() } = {}) {
  if (platform !== 'linux') return undefined;
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return 'there is no display';
  if (uid === 0) return 'Electron does not run as root';
  return undefined;
}

/**
 * The path of Electron's program, or the reason why there is none. Electron's package fetches its program when it is
 * first used; `say` tells the user about it.
 * @returns {Promise<{ program: string } | { reason: string }>}
 */
export async function findElectron(say) {
  let folder;
  try {
    folder = path.dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  } catch {
    return { reason: 'Electron is not installed' };
  }
  const program = installedProgram(folder);
  if (program !== undefined) return { program };
  say('fetching Electron (once) …');
  const code = await runQuietly(process.execPath, [path.join(folder, 'install.js')]);
  const fetched = code === 0 ? installedProgram(folder) : undefined;
  return fetched === undefined ? { reason: "Electron's program could not be fetched" } : { program: fetched };
}

function installedProgram(folder) {
  const file = path.join(folder, 'path.txt');
  if (!existsSync(file)) return undefined;
  const program = path.join(
    process.env.ELECTRON_OVERRIDE_DIST_PATH ?? path.join(folder, 'dist'),
    readFileSync(file, 'utf8'),
  );
  return existsSync(program) ? program : undefined;
}

function runQuietly(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'ignore', timeout: FETCH_LIMIT_MS });
    child.on('error', () => resolve(1));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
