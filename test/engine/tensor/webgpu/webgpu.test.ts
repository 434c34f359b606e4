import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
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
});
