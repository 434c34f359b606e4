/** Child process: every block case on the WebGPU provider; prints the errors by case. */
import { blockError, blockRuns } from './rgi-blocks.ts';

const errors: Record<string, number> = {};
for (const { block, form } of blockRuns) errors[`${block.name} (${form})`] = await blockError(block, form, 'webgpu');
console.log(JSON.stringify(errors));
