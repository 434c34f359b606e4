/** Which code makes the frames: the studio's version, and the build where it runs from one. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256OfBytes } from '#engine/files/hash.ts';
import { PRODUCT } from '#shared/product.ts';

const DIGITS = 12;
let known: Promise<string> | undefined;

/** The same for the command line and the engine process of one build. */
export function codeVersion(): Promise<string> {
  known ??= buildOf(fileURLToPath(import.meta.url)).then((build) => `${PRODUCT.version}${build}`);
  return known;
}

/** Builds share their code in chunks, whose names tell their content; without a build there are none. */
async function buildOf(module: string): Promise<string> {
  const folder = path.dirname(module);
  const chunks = path.basename(folder) === 'chunks' ? folder : path.join(folder, 'chunks');
  const names = (await readdir(chunks).catch(() => [])).filter((name) => name.endsWith('.js')).sort();
  return names.length === 0 ? '' : ` build ${sha256OfBytes(names.join('\n')).slice(0, DIGITS)}`;
}
