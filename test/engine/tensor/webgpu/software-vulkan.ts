/**
 * Runs a TypeScript file in a child process whose WebGPU provider computes with Chromium's software Vulkan: the real
 * kernels without a GPU. The driver must be named before a process starts, hence the child.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const CHROMIUM = '/usr/lib/chromium';
const DRIVER = path.join(CHROMIUM, 'vk_swiftshader_icd.json');
const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));

/** Whether this machine has the driver: Debian's package `chromium` brings it. */
export const hasSoftwareVulkan = existsSync(DRIVER);

/** Bundles `entry` and runs it; what it prints as the last line of stdout is its answer, as JSON. */
export async function onSoftwareVulkan(entry: string): Promise<unknown> {
  // Inside node_modules, where the bundle finds the packages it does not contain.
  const caches = path.join(ROOT, 'node_modules', '.cache');
  await mkdir(caches, { recursive: true });
  const outDir = await mkdtemp(path.join(caches, 'software-vulkan-'));
  try {
    await build({
      root: ROOT,
      configFile: false,
      logLevel: 'error',
      build: {
        ssr: entry,
        outDir,
        target: 'node20',
        minify: false,
        rolldownOptions: { output: { entryFileNames: 'entry.mjs' } },
      },
    });
    return await run(path.join(outDir, 'entry.mjs'));
  } finally {
    await rm(outDir, { recursive: true });
  }
}

async function run(file: string): Promise<unknown> {
  const env = { ...process.env, VK_DRIVER_FILES: DRIVER, LD_LIBRARY_PATH: CHROMIUM };
  const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr] = ['', ''].map((_, index) => {
    const chunks: Buffer[] = [];
    (index === 0 ? child.stdout : child.stderr).on('data', (chunk: Buffer) => chunks.push(chunk));
    return () => Buffer.concat(chunks).toString();
  }) as [() => string, () => string];
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`The child ended with ${code}.\n${stderr()}`);
  return JSON.parse(stdout().trim().split('\n').at(-1)!);
}
