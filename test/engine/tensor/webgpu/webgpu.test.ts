import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { computesInHalf } from '#engine/tensor/self-test.ts';
import { hasSoftwareVulkan, onSoftwareVulkan } from './software-vulkan.ts';

describe.skipIf(!hasSoftwareVulkan)('the WebGPU provider on software Vulkan', () => {
  it('agrees with the CPU on every operation, its gradient and its second gradient, and keeps state on the device', async () => {
    const answer = await onSoftwareVulkan(fileURLToPath(new URL('./blocks.ts', import.meta.url)));
    expect(answer).toEqual({
      blocks: expect.any(Number),
      differences: [],
      probe: { id: 'webgpu', available: true, selfTest: 'passed' },
    });
  }, 300_000);

  it('says whether the device computes in halves', async () => {
    const answer = await onSoftwareVulkan(fileURLToPath(new URL('./halves.ts', import.meta.url)));
    const { half, reason } = answer as Awaited<ReturnType<typeof computesInHalf>>;
    // The software's answer so far; one that comes to have them is right, too.
    expect(half ? 'requires f16' : reason).toMatch(/requires f16/);
  }, 300_000);
});
