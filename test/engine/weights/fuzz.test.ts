/**
 * 70,000 damaged files, the same on every run. A reader may refuse one with an InputError, or accept it; what it
 * accepts is held against an opinion formed in another way:
 * - safetensors: a plain reading with JSON.parse must find the same tensors with the same bytes;
 * - zip: checksums cover everything, so the tensors must be those of the undamaged file, unless a checksum was zeroed;
 * - legacy, and zip with the checksum of the pickle put right: a changed name or number may be a valid file; every
 *   element must stand in the file. Damage to elements alone must change exactly those elements.
 * Any other error, a crash or a hang (the time limit of the test) fails.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { InputError } from '#engine/errors.ts';
import { memorySource } from '#engine/weights/byte-source.ts';
import { DTYPES, type Dtype } from '#engine/weights/dtypes.ts';
import { readTensorFile } from '#engine/weights/open.ts';
import { encodeSafetensors } from '#engine/weights/safetensors-writer.ts';
import { readTensor } from '#engine/weights/tensor-file.ts';
import { mutate } from '#test/support/mutations.ts';
import { randomNumbers } from '#test/support/random-numbers.ts';
import {
  concat,
  floatStorage,
  floatTensor,
  pickle,
  torchLegacy,
  torchZip,
  type Written,
  type WrittenStorage,
  zip,
} from '#test/support/torch-writer.ts';

/** More would be a tensor that repeats its elements; the damaged files are some kilobytes. */
const READ_LIMIT = 1 << 22;

interface Tensor {
  readonly where: string;
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly bytes: Buffer;
}

/** Everything in a file, or undefined when it is refused as it should be. */
async function readAll(bytes: Uint8Array): Promise<Tensor[] | undefined> {
  try {
    await using file = await readTensorFile(memorySource(bytes, 'fuzz'));
    const tensors: Tensor[] = [];
    for (const [where, group] of file.groups) {
      for (const [name, tensor] of group) {
        const { dtype, shape } = tensor;
        const elements = shape.reduce((product, size) => product * size, 1);
        if (tensor.bytes !== elements * DTYPES[dtype].bytes) throw new Error(`${name} has a wrong size`);
        const content = tensor.bytes <= READ_LIMIT ? Buffer.from(await readTensor(file, tensor)) : Buffer.alloc(0);
        tensors.push({ where, name, dtype, shape, bytes: content });
      }
    }
    return tensors;
  } catch (error) {
    if (error instanceof InputError && error.message.length > 0 && error.file === 'fuzz') return undefined;
    throw error;
  }
}

/** No element may come from elsewhere. */
function standsIn(bytes: Uint8Array): (tensor: Tensor) => void {
  const content = Buffer.from(bytes);
  return ({ name, dtype, bytes }) => {
    const width = DTYPES[dtype].bytes;
    for (let at = 0; at < bytes.length; at += width) {
      if (!content.includes(bytes.subarray(at, at + width))) throw new Error(`${name} has elements from elsewhere`);
    }
  };
}

const views: Written = {
  dict: [
    [
      'state_dict',
      {
        ordered: true,
        dict: [
          ['module.a.weight', floatTensor([2, 3], [1, 2, 3, 4, 5, 6])],
          ['module.a.bias', { tensor: { storage: floatStorage([7, 8, 9, 10]), offset: 1, shape: [2], strides: [2] } }],
        ],
      },
    ],
    ['latent_avg', floatTensor([2, 2], [11, 12, 13, 14])],
    [
      'opts',
      {
        dict: [
          ['device', { call: ['torch', 'device'], args: ['cuda', 0] }],
          ['lr', 0.001],
          ['n', [1, 2 ** 40]],
        ],
      },
    ],
  ],
};
const reference = (name: string): Uint8Array =>
  Uint8Array.from(readFileSync(path.resolve(import.meta.dirname, '../../reference/torch', name)));

/** Runs `count` damaged copies past a judge; the message of a failure names the copy. */
async function fuzz(
  original: Uint8Array,
  seed: number,
  count: number,
  judge: (tensors: readonly Tensor[], damaged: Uint8Array) => void,
): Promise<number> {
  const random = randomNumbers(seed);
  let accepted = 0;
  for (let index = 0; index < count; index++) {
    const damaged = mutate(original, random);
    try {
      const tensors = await readAll(damaged);
      if (tensors === undefined) continue;
      accepted++;
      judge(tensors, damaged);
    } catch (cause) {
      throw new Error(`Copy ${index} of seed ${seed}: ${String(cause)}`, { cause });
    }
  }
  return accepted;
}

function sameTensors(found: readonly Tensor[], expected: readonly Tensor[]): void {
  const text = (tensors: readonly Tensor[]): string =>
    tensors
      .map(({ where, name, dtype, shape, bytes }) => `${where}|${name}|${dtype}|${shape}|${bytes.toString('hex')}`)
      .join('\n');
  if (text(found) !== text(expected)) throw new Error(`accepted as\n${text(found)}`);
}

describe('safetensors', () => {
  const ramp = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => index * 7);
  const files = [
    encodeSafetensors(
      [
        { name: 'conv.weight', dtype: 'F32', shape: [2, 3], data: ramp(24) },
        { name: 'conv.bias', dtype: 'F16', shape: [2], data: ramp(4) },
        { name: 'steps', dtype: 'I64', shape: [], data: ramp(8) },
      ],
      { network: 'test' },
    ),
    encodeSafetensors([{ name: 'a', dtype: 'U8', shape: [10, 1, 1], data: ramp(10) }]),
  ];

  /** A plain reading without any checks but those that make it possible. */
  function plainly(bytes: Uint8Array): Tensor[] {
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const header = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString('utf8')) as Record<
      string,
      { dtype: Dtype; shape: number[]; data_offsets: [number, number] }
    >;
    return Object.entries(header)
      .filter(([name]) => name !== '__metadata__')
      .map(
        ([
          name,
          {
            dtype,
            shape,
            data_offsets: [from, to],
          },
        ]) => ({
          where: '',
          name,
          dtype,
          shape,
          bytes: Buffer.from(bytes.subarray(8 + length + from, 8 + length + to)),
        }),
      );
  }

  it.each(files.map((file, index) => [index, file] as const))('file %i', async (index, file) => {
    const accepted = await fuzz(file, 100 + index, 10_000, (tensors, damaged) => {
      const byName = (a: Tensor, b: Tensor): number => (a.name < b.name ? -1 : 1);
      const plain = plainly(damaged);
      sameTensors([...tensors].sort(byName), plain.sort(byName));
      const covered = tensors.reduce((sum, { bytes }) => sum + bytes.length, 0);
      const headerBytes = 8 + Number(new DataView(damaged.buffer).getBigUint64(0, true));
      if (headerBytes + covered !== damaged.length) throw new Error('accepted with bytes that no tensor has');
    });
    expect(accepted).toBeGreaterThan(100);
  });
});

describe('zip checkpoints', () => {
  const hasZeroChecksum = (bytes: Uint8Array): boolean => {
    const view = Buffer.from(bytes);
    for (let at = view.indexOf('PK\x01\x02'); at >= 0; at = view.indexOf('PK\x01\x02', at + 1)) {
      if (at + 20 > view.length || view.readUInt32LE(at + 16) === 0) return true;
    }
    return false;
  };

  it.each([
    ['of the test writer', concat(torchZip(views))],
    ['of PyTorch', reference('official-zip.pt')],
  ])('%s', async (_, file) => {
    const expected = (await readAll(file)) ?? [];
    expect(expected.length).toBeGreaterThan(2);
    const accepted = await fuzz(file, file.length, 10_000, (tensors, damaged) => {
      if (!hasZeroChecksum(damaged)) sameTensors(tensors, expected);
    });
    expect(accepted).toBeGreaterThan(100);
  });
});

describe('zip checkpoints whose pickle was changed and summed anew', () => {
  it('hold nothing but elements of their storages', async () => {
    const storages: WrittenStorage[] = [];
    const object = pickle(views, storages);
    const stored = storages.map((storage, index) => ({ name: `a/data/${index}`, data: storage.data() }));
    const random = randomNumbers(11);
    let accepted = 0;
    for (let index = 0; index < 10_000; index++) {
      const damaged = concat(zip([{ name: 'a/data.pkl', data: mutate(object, random) }, ...stored]));
      const tensors = await readAll(damaged);
      tensors?.forEach(standsIn(concat(stored.map(({ data }) => data))));
      if (tensors !== undefined) accepted++;
    }
    expect(accepted).toBeGreaterThan(100);
  });
});

describe('legacy checkpoints', () => {
  it.each([
    ['of the test writer', concat(torchLegacy(views))],
    ['of PyTorch', reference('official-legacy.pt')],
  ])('%s', async (_, file) => {
    const accepted = await fuzz(file, file.length, 9_000, (tensors, damaged) => {
      tensors.forEach(standsIn(damaged));
    });
    expect(accepted).toBeGreaterThan(100);
  });

  it('with damaged elements differ in those elements alone', async () => {
    const values = Array.from({ length: 64 }, (_, index) => index + 0.5);
    const file = concat(torchLegacy({ dict: [['w', floatTensor([8, 8], values)]] }));
    const [whole] = (await readAll(file)) ?? [];
    const random = randomNumbers(3);
    for (let index = 0; index < 2_000; index++) {
      const damaged = file.slice();
      const at = file.length - 1 - Math.floor(random() * 256);
      damaged[at] = (damaged[at] ?? 0) ^ (1 + Math.floor(random() * 255));
      const expected = Buffer.from(damaged.subarray(file.length - 256));
      sameTensors((await readAll(damaged)) ?? [], [{ ...(whole as Tensor), bytes: expected }]);
    }
  });
});
