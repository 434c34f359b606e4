import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { hasSoftwareVulkan, onSoftwareVulkan } from '../../tensor/webgpu/software-vulkan.ts';

describe.skipIf(!hasSoftwareVulkan)('volumes on the WebGPU provider, on software Vulkan', () => {
  it('agree with the CPU', async () => {
    const answer = await onSoftwareVulkan(fileURLToPath(new URL('./volumes.ts', import.meta.url)));
    expect(answer).toEqual({ outputs: 5, differences: [] });
  }, 300_000);
});
