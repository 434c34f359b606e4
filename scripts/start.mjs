// `npm start`: builds what is stale and opens the studio: in its own window where Electron can run, else in the browser.
//   --web         the browser, whatever this machine could do
//   --port <n>    a fixed port for the browser
//   --no-open     print the address only
import { spawn } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { openInBrowser } from './lib/browser.mjs';
import { root } from './lib/bundles.mjs';
import { displayProblem, findElectron } from './lib/electron.mjs';

const { values } = parseArgs({
  options: { web: { type: 'boolean' }, port: { type: 'string' }, 'no-open': { type: 'boolean' } },
});
const say = (text) => console.log(text);
/** A window that closes with an error this soon has not opened at all. */
const STILLBORN_MS = 5_000;

let child;
let ending = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    ending = true;
    // Ctrl-C reaches the child by itself; a signal to this process alone does not.
    if (child === undefined) process.exit(0);
    else if (signal !== 'SIGINT') child.kill('SIGTERM');
  });
}

/** Runs a program until it ends. @returns {Promise<number>} its exit code */
function run(command, args, options = {}) {
  return new Promise((resolve) => {
    child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    options.onStart?.(child);
    child.on('error', () => resolve(1));
    child.on('exit', (code) => resolve(code ?? (ending ? 0 : 1)));
  });
}

/** @returns {Promise<string | undefined>} why the window did not open; `undefined` when it did and was closed */
async function startDesktop() {
  const problem = displayProblem();
  if (problem !== undefined) return problem;
  const electron = await findElectron(say);
  if ('reason' in electron) return electron.reason;
  const begin = performance.now();
  const code = await run(electron.program, [root]);
  if (code === 0 || ending || performance.now() - begin > STILLBORN_MS) {
    process.exitCode = code;
    return undefined;
  }
  return `Electron ended with code ${code}`;
}

async function startWeb(reason) {
  const args = [path.join(root, 'dist/main/web.js')];
  if (values.port !== undefined) args.push('--port', values.port);
  if (reason !== undefined) args.push('--reason', reason);
  process.exitCode = await run(process.execPath, args, {
    stdio: ['inherit', 'pipe', 'inherit'],
    onStart: (started) => started.stdout.setEncoding('utf8').once('data', (text) => void announce(text.trim(), reason)),
  });
}

async function announce(url, reason) {
  if (reason !== undefined) say(`The studio's own window cannot open: ${reason}. It runs in the browser instead.`);
  const opened = values['no-open'] ? false : await openInBrowser(url);
  say(`\n  E4S Studio  ${url}\n`);
  say(
    opened
      ? 'It opens in your browser. Ctrl-C ends it.'
      : 'Open this address in a browser on this machine. Ctrl-C ends it.',
  );
}

try {
  await build();
} catch (error) {
  console.error(`The build failed: ${error.message}`);
  process.exit(1);
}
if (!ending) {
  if (values.web) await startWeb();
  else {
    const reason = await startDesktop();
    if (reason !== undefined && !ending) await startWeb(reason);
  }
}
