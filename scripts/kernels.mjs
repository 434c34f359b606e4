// Compiles kernels/ (AssemblyScript) into src/main/engine/image/kernels/compiled.ts: a module like any other, so that
// bundles, archives, threads and tests need no file beside them. With --check nothing is written, and the exit status
// says whether the module is the compiled one.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const target = path.join(root, 'src/main/engine/image/kernels/compiled.ts');
const OPTIONS = [
  '-O3',
  '--noAssert',
  '--runtime',
  'stub',
  '--enable',
  'simd',
  '--importMemory',
  '--initialMemory',
  '1',
];

/**
 * The text of the compiled module.
 * @throws Error with the compiler's messages
 */
export async function compileKernels() {
  const { default: asc } = await import('assemblyscript/asc');
  const { error, binary, stderr } = await compile(asc);
  if (error || !binary) throw new Error(stderr || String(error));
  const lines = Buffer.from(binary)
    .toString('base64')
    .match(/.{1,112}/g);
  return [
    '/** Made by `node scripts/kernels.mjs` from `kernels/`. */',
    'export const KERNELS =',
    `${lines.map((line) => `  '${line}'`).join(' +\n')};`,
    '',
  ].join('\n');
}

async function compile(asc) {
  let binary;
  const { error, stderr } = await asc.main(['index.ts', ...OPTIONS, '--outFile', 'kernels.wasm'], {
    readFile: (name, base) => {
      try {
        return readFileSync(path.join(root, 'kernels', base, name), 'utf8');
      } catch {
        return null;
      }
    },
    writeFile: (_name, contents) => {
      binary = contents;
    },
    listFiles: () => [],
  });
  return { error, binary, stderr: stderr.toString() };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const text = await compileKernels();
  if (!process.argv.includes('--check')) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) {
    console.error('The compiled kernels are out of date: run "node scripts/kernels.mjs"');
    process.exitCode = 1;
  }
}
