/** Bundles a test's own process entry: Node runs no TypeScript. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

export interface EntryOptions {
  /** Packages with native code or programs, which stay outside; the bundle then lies where Node finds them. */
  readonly outside?: readonly string[];
}

/** @param entry relative to the repository; resolves to the bundle's path and a function that removes it */
export async function buildEntry(
  entry: string,
  { outside = [] }: EntryOptions = {},
): Promise<{ file: string; remove: () => Promise<void> }> {
  const folder = outside.length > 0 ? path.join(root, 'node_modules') : os.tmpdir();
  const outDir = await mkdtemp(path.join(folder, '.e4s-entry-'));
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    publicDir: false,
    ssr: { noExternal: true, external: [...outside] },
    build: {
      ssr: true,
      target: 'node20',
      outDir,
      emptyOutDir: false,
      minify: false,
      rolldownOptions: {
        input: { entry: path.join(root, entry) },
        external: [...outside],
        output: { format: 'es', entryFileNames: '[name].mjs', codeSplitting: false },
      },
    },
  });
  return { file: path.join(outDir, 'entry.mjs'), remove: () => rm(outDir, { recursive: true, force: true }) };
}
