/** Files that PyTorch itself wrote (test/reference/torch/make.py) read as PyTorch's own tensors. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTensorFile } from '#engine/weights/open.ts';
import { readTensor } from '#engine/weights/tensor-file.ts';
import { numbersOf } from '#test/support/tensor-numbers.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../../reference/torch');
const DTYPES: Readonly<Record<string, string>> = {
  'torch.float16': 'F16',
  'torch.bfloat16': 'BF16',
  'torch.float32': 'F32',
  'torch.float64': 'F64',
  'torch.int64': 'I64',
  'torch.int32': 'I32',
  'torch.int16': 'I16',
  'torch.int8': 'I8',
  'torch.uint8': 'U8',
  'torch.bool': 'BOOL',
};
type Expected = Record<string, Record<string, Record<string, { shape: number[]; dtype: string; values: number[] }>>>;
const expected = JSON.parse(readFileSync(path.join(FOLDER, 'expected.json'), 'utf8')) as Expected;

describe('checkpoints written by PyTorch', () => {
  it.each(Object.keys(expected))('%s', async (name) => {
    await using file = await openTensorFile(path.join(FOLDER, name));
    const read: Expected[string] = {};
    for (const [where, group] of file.groups) {
      read[where] = {};
      for (const tensor of group.values()) {
        const dtype = Object.keys(DTYPES).find((key) => DTYPES[key] === tensor.dtype) as string;
        const values = numbersOf(tensor.dtype, await readTensor(file, tensor));
        read[where][tensor.name] = { shape: [...tensor.shape], dtype, values };
      }
    }
    expect(read).toEqual(expected[name]);
  });
});
