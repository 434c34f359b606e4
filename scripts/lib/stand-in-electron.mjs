// A stand-in for Electron's distribution: enough for electron-builder to pack around and for its fuses to be set, on a
// machine where the real one cannot be had.

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** Where Electron keeps its fuses: a marker in the program, a version, the number of fuses, and one byte for each. */
const FUSE_MARKER = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const FUSE_VERSION = 1;
/** Electron's defaults before anything is set, in the order of `FuseV1Options`. */
const DEFAULT_FUSES = '10110011';

/** Writes the stand-in of this system's layout into `folder`. */
export function writeStandInElectron(folder) {
  const { version } = createRequire(import.meta.url)('electron/package.json');
  mkdirSync(path.join(folder, 'resources'), { recursive: true });
  const program = path.join(folder, process.platform === 'win32' ? 'electron.exe' : 'electron');
  writeFileSync(
    program,
    Buffer.concat([
      Buffer.from(`stand-in for Electron ${version}\n${FUSE_MARKER}`),
      Buffer.from([FUSE_VERSION, DEFAULT_FUSES.length]),
      Buffer.from(`${DEFAULT_FUSES}\n`),
    ]),
  );
  chmodSync(program, 0o755);
  writeFileSync(path.join(folder, 'version'), version);
  for (const name of ['LICENSE', 'LICENSES.chromium.html']) writeFileSync(path.join(folder, name), 'stand-in\n');
}
