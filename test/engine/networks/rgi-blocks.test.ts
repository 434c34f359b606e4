/** The building blocks of the RGI networks against the official code's numbers, 1e-4 relative to the largest value. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { blockCases } from '#test/support/golden-tensors.ts';
import { blockError, blockRuns, builtBlocks } from '#test/support/rgi-blocks.ts';
import { hasSoftwareVulkan, onSoftwareVulkan } from '../tensor/webgpu/software-vulkan.ts';

const TOLERANCE = 1e-4;

describe('blocks of the RGI networks', () => {
  it('are all covered', () => {
    expect(builtBlocks().sort()).toEqual(blockCases.map((block) => block.name).sort());
  });

  it.each(blockRuns)('$block.name ($form)', async ({ block, form }) => {
    expect(await blockError(block, form, 'cpu')).toBeLessThan(TOLERANCE);
  });
});

describe.skipIf(!hasSoftwareVulkan)('the same blocks on the WebGPU provider, on software Vulkan', () => {
  it('give the official numbers', { timeout: 300_000 }, async () => {
    const entry = fileURLToPath(new URL('../../support/rgi-blocks-webgpu.ts', import.meta.url));
    const errors = (await onSoftwareVulkan(entry)) as Record<string, number>;
    expect(Object.keys(errors)).toHaveLength(blockRuns.length);
    expect(Object.entries(errors).filter(([, error]) => !(error < TOLERANCE))).toEqual([]);
  });
});
