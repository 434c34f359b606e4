// Builds what is stale: `node scripts/build.mjs [bundle …] [--force]`. All messages go to stderr, so that a command that
// builds on the way keeps its stdout clean. A build with nothing to do takes a fraction of a second.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { BUNDLES, root } from './lib/bundles.mjs';
import { isFresh, publish, stampOf, withLock } from './lib/fresh.mjs';

const say = (text) => process.stderr.write(`${text}\n`);

/**
 * Makes the named bundles (all by default) that are not up to date; safe to call from several processes at once.
 * Resolves to the names that were made.
 */
export async function build(names = Object.keys(BUNDLES), { force = false } = {}) {
  const stale = () =>
    names
      .map((name) => ({ name, ...BUNDLES[name], stamp: stampOf(root, BUNDLES[name].inputs) }))
      .filter(({ out, stamp }) => force || !isFresh(root, out, stamp));
  if (stale().length === 0) return [];
  return withLock(path.join(root, 'dist/.lock'), async () => {
    const rows = stale();
    // A test runner's own NODE_ENV would put React's development build into the window.
    process.env.NODE_ENV = 'production';
    const vite = rows.length > 0 ? await import('vite') : undefined;
    for (const { name, out, make, stamp } of rows) {
      const begin = performance.now();
      say(`building ${name} …`);
      const folder = path.join(root, path.dirname(out));
      mkdirSync(folder, { recursive: true });
      const unfinished = `.${path.basename(out)}-`;
      // Whatever lies here was left by a build that was killed: nobody else builds while the lock is held.
      for (const name of readdirSync(folder).filter((name) => name.startsWith(unfinished))) {
        rmSync(path.join(folder, name), { recursive: true, force: true });
      }
      const made = path.join(folder, `${unfinished}${process.pid}`);
      mkdirSync(made, { recursive: true });
      try {
        // Vite writes to stdout by itself.
        await withoutStdout(() => make(vite, made));
        publish(root, made, out, stamp);
      } finally {
        rmSync(made, { recursive: true, force: true });
      }
      say(`built ${name} in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
    }
    return rows.map(({ name }) => name);
  });
}

async function withoutStdout(work) {
  const { write } = process.stdout;
  process.stdout.write = process.stderr.write.bind(process.stderr);
  try {
    return await work();
  } finally {
    process.stdout.write = write;
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
  const unknown = names.filter((name) => !(name in BUNDLES));
  if (unknown.length > 0) {
    say(`unknown bundle ${unknown.join(', ')}; there are ${Object.keys(BUNDLES).join(', ')}`);
    process.exit(2);
  }
  const begin = performance.now();
  try {
    const made = await build(names.length > 0 ? names : undefined, { force: process.argv.includes('--force') });
    const seconds = ((performance.now() - begin) / 1000).toFixed(2);
    say(made.length > 0 ? `built ${made.join(', ')} in ${seconds} s` : `everything is up to date (${seconds} s)`);
  } catch (error) {
    say(`The build failed: ${error.message}`);
    process.exitCode = 1;
  }
}
