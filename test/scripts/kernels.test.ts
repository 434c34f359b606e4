import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
// @ts-expect-error a script without types
import { compileKernels } from '../../scripts/kernels.mjs';

it('the compiled kernels are those of the sources', async () => {
  const file = path.resolve(import.meta.dirname, '../../src/main/engine/image/kernels/compiled.ts');
  expect(readFileSync(file, 'utf8')).toBe(await compileKernels());
});
