// Type-checks every part of the studio under its own configuration, so that (for example) the shared code cannot
// lean on Node and the engine cannot lean on the DOM.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const projects = ['src/shared', 'src/main', 'src/preload', 'src/renderer', 'test'];
const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');

let failed = false;
for (const project of projects) {
  const { status } = spawnSync(process.execPath, [tsc, '-p', path.join(root, project)], {
    cwd: root,
    stdio: 'inherit',
  });
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} typecheck ${project}`);
  failed ||= status !== 0;
}
process.exit(failed ? 1 : 0);
