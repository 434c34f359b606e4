#!/usr/bin/env node
// The command line. In a checkout it first brings the build up to date (messages on stderr); an installed copy runs
// what it came with.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (file) => new URL(`../${file}`, import.meta.url);

if (existsSync(at('src/main')) && existsSync(at('scripts/build.mjs'))) {
  const { build } = await import(at('scripts/build.mjs').href);
  // `serve` shows the window in a browser; every other command needs the engine alone.
  const names = process.argv.includes('serve') ? ['main', 'renderer', 'models'] : ['main', 'models'];
  try {
    await build(names);
  } catch (error) {
    process.stderr.write(`e4s: the build failed (${fileURLToPath(at('src'))}): ${error.message}\n`);
    process.exit(1);
  }
}
await import(at('dist/main/cli.js').href);
