// Renders the sample pictures: node scripts/render-samples.mjs [--scale 0.5] [--out folder] [id …]
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runnerImport } from 'vite';

const root = resolve(fileURLToPath(import.meta.url), '../..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { scale: { type: 'string', default: '1' }, out: { type: 'string', default: 'models/samples' } },
});
const { module } = await runnerImport(resolve(root, 'scripts/samples/main.ts'), {
  root,
  configFile: false,
  logLevel: 'error',
});
await module.renderSamples(resolve(root, values.out), positionals, Number(values.scale));
