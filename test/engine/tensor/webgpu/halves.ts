/** Whether the WebGPU provider computes in halves on this device; prints the answer. */
import { computesInHalf } from '#engine/tensor/self-test.ts';

process.stdout.write(`${JSON.stringify(await computesInHalf('webgpu'))}\n`);
