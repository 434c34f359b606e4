/** Checkpoints that were made to hurt: each is one clear error, nothing runs, and memory stays where it was. */
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { InputError } from '#engine/errors.ts';
import { memorySource } from '#engine/weights/byte-source.ts';
import { readTensorFile } from '#engine/weights/open.ts';
import type { TensorEntry, TensorFile } from '#engine/weights/tensor-file.ts';
import { readTensor } from '#engine/weights/tensor-file.ts';
import { rejection } from '#test/support/rejection.ts';
import {
  concat,
  floatStorage,
  floatTensor,
  pickle,
  torchLegacy,
  torchZip,
  type Written,
  type WrittenStorage,
  type ZipPart,
  zip,
} from '#test/support/torch-writer.ts';

const open = (bytes: Uint8Array): Promise<TensorFile> => readTensorFile(memorySource(bytes, 'evil.pt'));
const raw = (...parts: readonly (string | number | readonly number[])[]): { raw: Uint8Array } => ({
  raw: concat(
    parts.map((part) => (typeof part === 'string' ? new TextEncoder().encode(part) : Uint8Array.from([part].flat()))),
  ),
});
const layouts = [
  ['zip', (value: Written) => concat(torchZip(value))],
  ['legacy', (value: Written) => concat(torchLegacy(value))],
] as const;

const bomb = path.join(tmpdir(), `e4s-hostile-${process.pid}`);
const storage = floatStorage([1, 2, 3, 4]);
const tensor = (offset: number, shape: readonly number[], strides: readonly number[]): Written => ({
  dict: [['w', { tensor: { storage, offset, shape, strides } }]],
});
/** A tensor whose arguments are free. */
const rebuilt = (...args: readonly Written[]): Written => ({ call: ['torch._utils', '_rebuild_tensor_v2'], args });
const persistent = (...id: readonly Written[]): Written => {
  const tuple = pickle({ tuple: id }).slice(2, -1);
  return { raw: concat([tuple, new TextEncoder().encode('Q')]) };
};

describe.each(layouts)('in the %s layout', (layout, write) => {
  it.each<[string, Written, RegExp]>([
    ['os.system', { call: ['os', 'system'], args: [`touch ${bomb}`] }, /Python name "os\.system"/],
    [
      'posix.system, as pickles of os.system say',
      { call: ['posix', 'system'], args: [`touch ${bomb}`] },
      /"posix\.system"/,
    ],
    ['builtins.eval', { call: ['builtins', 'eval'], args: ['1'] }, /"builtins\.eval"/],
    ['torch.load itself', { call: ['torch', 'load'], args: ['x'] }, /"torch\.load"/],
    ['a mention without a call', { dict: [['a', { global: ['subprocess', 'Popen'] }]] }, /"subprocess\.Popen"/],
    ['a name of Object.prototype', { call: ['constructor', 'constructor'], args: [] }, /"constructor\.constructor"/],
    [
      'a name hidden by a dotted path',
      { call: ['torch', '_utils._rebuild_tensor_v2'], args: [] },
      /a tensor over nothing|Python name/,
    ],
    ['STACK_GLOBAL', raw('X', [2, 0, 0, 0], 'os', 'X', [6, 0, 0, 0], 'system', 0x93), /"os\.system"/],
    [
      'a call of a storage class',
      { call: ['torch', 'FloatStorage'], args: [1] },
      /a call of the name torch\.FloatStorage/,
    ],
    ['a call of text', raw('X', [1, 0, 0, 0], 'f', ')R'), /a call of the text "f"/],
    ['state for text', raw('X', [1, 0, 0, 0], 'f', '}b'), /state for the text/],
    ['an old-style instance', raw('(ios\nsystem\n'), /pickle instruction 0x69/],
    ['an extension code', raw(0x82, 1), /pickle instruction 0x82/],
    ['protocol 0 numbers', raw('I1\n'), /pickle instruction 0x49/],
    ['an empty stack', raw('0'), /empty stack/],
    ['a mark that is missing', raw('t'), /without its mark/],
    ['a memo entry that is missing', raw('h', 7), /memo entry 7/],
    ['a name of a megabyte', raw('c', 'x'.repeat(1 << 20), '\n\n'), /name of more than 200 bytes/],
    ['text that is not UTF-8', raw('X', [1, 0, 0, 0], 0xff), /not UTF-8/],
    ['an integer of 4 GB', raw(0x8b, [0xff, 0xff, 0xff, 0xff]), /integer of 4294967295 bytes/],
    ['text of 4 GB', raw('X', [0xff, 0xff, 0xff, 0xff]), /ends in the middle|truncated/],
    ['text of 2^63 bytes', raw(0x8d, [0, 0, 0, 0, 0, 0, 0, 0x80]), /ends in the middle|truncated/],
    ['a pickle of protocol 9', raw(0x80, 9, 'N'), /protocol 9/],
    ['a tuple of ten million', raw('(', 'N'.repeat(10_000_000), 't'), /more than 1000000 instructions/],
    ['a million dicts', raw('(', '}'.repeat(900_000), 't'), /more than 100000 dicts/],
    [
      'a million nested tuples',
      raw(
        ')',
        Array.from({ length: 500_000 }, () => 0x85),
      ),
      /nested deeper than 64/,
    ],
    ['a list that contains itself', raw(']q', 0, 'h', 0, 'a'), /contains itself/],
    ['a dict that contains itself', raw('}q', 0, 'X', [1, 0, 0, 0], 'a', 'h', 0, 's'), /contains itself/],
    [
      'the same key twice',
      {
        dict: [
          ['w', floatTensor([1], [1])],
          ['w', floatTensor([1], [2])],
        ],
      },
      /key "w", which occurs twice/,
    ],
    ['a list as a key', { dict: [[[1], 1]] }, /a list of 1 as a key/],
    ['a key without a value', raw('}(Nu'), /without a value/],
    ['an odd OrderedDict', { call: ['collections', 'OrderedDict'], args: [3] }, /OrderedDict made of something odd/],
    ['a tensor over text', rebuilt('x', 0, { tuple: [1] }, { tuple: [1] }), /a tensor over the text "x"/],
    ['a tensor without arguments', rebuilt(), /a tensor over nothing/],
    ['an offset outside the storage', tensor(4, [1], [1]), /reaches element 5, though the storage has 4/],
    ['a shape that leaves the storage', tensor(0, [2, 3], [3, 1]), /reaches element 6/],
    ['strides that leave the storage', tensor(0, [2, 2], [4, 1]), /reaches element 6/],
    ['an offset near 2^53', tensor(2 ** 53 - 1, [4], [1]), /reaches element/],
    ['strides that overflow', tensor(0, [2 ** 27, 2], [2 ** 53 - 1, 1]), /reaches element/],
    ['a negative stride', tensor(3, [4], [-1]), /strides/],
    ['a negative offset', tensor(-1, [1], [1]), /offset/],
    ['a fractional size', tensor(0, [1.5], [1]), /size/],
    ['sizes and strides of different lengths', tensor(0, [2, 2], [1]), /size/],
    ['65 dimensions', tensor(0, Array(65).fill(1), Array(65).fill(1)), /size/],
    ['a size that overflows', tensor(0, [2 ** 40, 2 ** 40], [0, 0]), /of the size/],
    [
      'one number repeated to a terabyte',
      tensor(0, [2 ** 19, 2 ** 19], [0, 0]),
      /repeats 16 stored bytes to 1099511627776/,
    ],
    ['an unknown kind of outside object', persistent('module', 'x'), /the text "module" as an object outside/],
    ['an outside object that is no tuple', raw('NQ'), /None as an object outside/],
    [
      'a storage of an unknown class',
      persistent('storage', { global: ['torch', 'float32'] }, '0', 'cpu', 1),
      /storage of the class the name torch\.float32/,
    ],
    [
      'a storage whose key is a path',
      persistent('storage', { global: ['torch', 'FloatStorage'] }, '../../etc/passwd', 'cpu', 1),
      /as its key/,
    ],
    [
      'a storage of negative length',
      persistent('storage', { global: ['torch', 'FloatStorage'] }, '0', 'cpu', -1),
      /as its length/,
    ],
    [
      'one storage described in two ways',
      {
        tuple: [4, 3].map((length) => persistent('storage', { global: ['torch', 'FloatStorage'] }, '0', 'cpu', length)),
      },
      /described in two ways/,
    ],
    [
      'a view that leaves its storage',
      persistent('storage', { global: ['torch', 'FloatStorage'] }, '0', 'cpu', 4, { tuple: ['1', 2, 3] }),
      /leaves it/,
    ],
  ])('refuses %s', async (_, value, message) => {
    const before = process.memoryUsage.rss();
    const error = await rejection(open(write(value)));
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ file: 'evil.pt', message: expect.stringMatching(message) });
    expect(existsSync(bomb)).toBe(false);
    expect(process.memoryUsage.rss() - before).toBeLessThan(400 << 20);
  });

  it('refuses every truncation and reads the whole', async () => {
    const whole = write({
      dict: [['state_dict', { ordered: true, dict: [['w', floatTensor([2, 2], [1, 2, 3, 4])]] }]],
    });
    await expect(open(whole)).resolves.toBeDefined();
    for (let length = 0; length < whole.length; length++) {
      expect(await rejection(open(whole.slice(0, length))), `${layout}, first ${length} bytes`).toBeInstanceOf(
        InputError,
      );
    }
  });

  it('ignores what is data but no weights', async () => {
    const value: Written = {
      dict: [
        [
          'opts',
          {
            dict: [
              ['device', { call: ['torch', 'device'], args: ['cuda', 0] }],
              ['lr', 1e-4],
              ['list', [1, null, true]],
            ],
          },
        ],
        ['args', namespace()],
        ['w', floatTensor([1], [5])],
      ],
    };
    const file = await open(write(value));
    expect([...file.groups].map(([where, group]) => [where, [...group.keys()]])).toEqual([['', ['w']]]);
  });
});

/** A namespace as pickle writes it: a new object, then its state. */
const namespace = (): Written => raw('cargparse\nNamespace\n)', 0x81, '}b');

/** The one tensor of a file. */
const only = (file: TensorFile): TensorEntry => {
  const [tensor] = [...file.groups.values()].flatMap((group) => [...group.values()]);
  if (tensor === undefined) throw new Error('There is no tensor.');
  return tensor;
};

describe('zip archives', () => {
  const value: Written = { dict: [['w', floatTensor([2], [1, 2])]] };
  const parts = (change: (part: ZipPart) => ZipPart = (part) => part): ZipPart[] => {
    const storages: WrittenStorage[] = [];
    const object = pickle(value, storages);
    return [
      { name: 'a/data.pkl', data: object },
      { name: 'a/data/0', data: storages[0]?.data() ?? new Uint8Array() },
    ].map(change);
  };
  const storageSaying = (claims: ZipPart['claims']) =>
    parts((part) => (part.name === 'a/data/0' ? { ...part, ...(claims ? { claims } : {}) } : part));

  it.each<[string, () => Uint8Array, RegExp]>([
    ['no pickle', () => concat(zip([{ name: 'a/b', data: new Uint8Array(3) }])), /no entry "data.pkl"/],
    [
      'two pickles',
      () => concat(zip([...parts(), { name: 'b/data.pkl', data: new Uint8Array(1) }])),
      /more than one checkpoint/,
    ],
    ['an entry twice', () => concat(zip([...parts(), ...parts()])), /"a\/data.pkl" occurs twice/],
    ['a missing storage', () => concat(zip(parts().slice(0, 1))), /storage 0 is missing/],
    [
      'compressed entries, the door of zip bombs',
      () => concat(zip(storageSaying({ method: 8 }))),
      /"a\/data\/0" is compressed \(method 8\)/,
    ],
    [
      'an entry that unpacks to more than it has',
      () => concat(zip(storageSaying({ size: 1 << 30, packed: 8 }))),
      /compressed/,
    ],
    [
      'an entry that says it is larger than the file',
      () => concat(zip(storageSaying({ size: 1 << 30 }))),
      /overlaps what follows|outside/,
    ],
    [
      'a storage shorter than the pickle says',
      () => concat(zip(storageSaying({ size: 4 }))),
      /said to have 2 elements \(8 bytes\), but its entry has 4/,
    ],
    [
      'entries that share their bytes',
      () => {
        const bytes = concat(zip(parts()));
        // The second entry of the directory points at the first one's header.
        const second = bytes.lastIndexOf(0x50, bytes.length - 100);
        const view = new DataView(bytes.buffer);
        for (let at = second; at > 0; at--) {
          if (view.getUint32(at, true) === 0x02014b50) {
            view.setUint32(at + 42, 0, true);
            break;
          }
        }
        return bytes;
      },
      /overlaps/,
    ],
    [
      'big-endian data',
      () => concat(zip([...parts(), { name: 'a/byteorder', data: new TextEncoder().encode('big') }])),
      /byte order .* "big"/,
    ],
    [
      'a pickle whose checksum is wrong',
      () => concat(zip(parts((part) => (part.name === 'a/data.pkl' ? { ...part, claims: { crc: 1 } } : part)))),
      /"a\/data.pkl" is damaged/,
    ],
  ])('with %s are refused', async (_, bytes, message) => {
    const error = await rejection(open(bytes()));
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(message);
  });

  it('with a damaged storage are refused when it is read', async () => {
    const file = await open(concat(zip(storageSaying({ crc: 12345 }))));
    const error = await rejection(readTensor(file, only(file)));
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(/data of the tensor "w" is damaged/);
  });

  it('with 64-bit sizes are read, and refused when those lie', async () => {
    const file = await open(concat(zip(parts((part) => ({ ...part, wide: true })))));
    expect([...new Float32Array((await readTensor(file, only(file))).buffer as ArrayBuffer)]).toEqual([1, 2]);
    const lies: ZipPart['claims'][] = [
      { size: 2 ** 40 },
      { size: 2 ** 40, packed: 8 },
      { size: 2 ** 60, packed: 2 ** 60 },
    ];
    for (const claims of lies) {
      const lying = parts((part) => ({ ...part, wide: true, ...(claims ? { claims } : {}) }));
      expect(await rejection(open(concat(zip(lying))))).toBeInstanceOf(InputError);
    }
  });

  it('without checksums are read', async () => {
    const file = await open(concat(zip(storageSaying({ crc: 0 }))));
    expect(await readTensor(file, only(file))).toHaveLength(8);
  });
});

describe('legacy streams', () => {
  const value: Written = { dict: [['w', floatTensor([2], [1, 2])]] };
  const whole = concat(torchLegacy(value));

  it.each<[string, (bytes: Uint8Array) => Uint8Array, RegExp]>([
    [
      'another version',
      (bytes) => replace(bytes, [0xe9, 0x03, 0, 0, 0x2e], [0xea, 0x03, 0, 0, 0x2e]),
      /number 1002 as its version/,
    ],
    ['a big-endian machine', (bytes) => replace(bytes, [0x88], [0x89]), /little-endian/],
    [
      'a storage that lies about its size',
      (bytes) => replace(bytes, [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3f], [3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3f]),
      /has 3 elements, but the pickle says 2/,
    ],
    [
      'a storage of negative size',
      (bytes) =>
        replace(bytes, [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3f], [2, 0, 0, 0, 0, 0, 0, 0x80, 0, 0, 0x80, 0x3f]),
      /elements, but the pickle says 2/,
    ],
    ['bytes behind the end', (bytes) => concat([bytes, Uint8Array.of(0)]), /1 bytes at the end/],
  ])('with %s are refused', async (_, change, message) => {
    await expect(open(whole)).resolves.toBeDefined();
    const error = await rejection(open(change(whole)));
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(message);
  });
});

/** Replaces the first occurrence of some bytes. */
function replace(bytes: Uint8Array, from: readonly number[], to: readonly number[]): Uint8Array {
  const at = Buffer.from(bytes).indexOf(Buffer.from(from));
  expect(at).toBeGreaterThanOrEqual(0);
  const changed = bytes.slice();
  changed.set(to, at);
  return changed;
}

describe('other files', () => {
  it.each([
    ['', /empty/],
    ['<!DOCTYPE html><html>', /web page/],
    ['version https://git-lfs.github.com/spec/v1', /Git LFS/],
    ['GIF89a', /neither/],
    [`${'x'.repeat(257)}ustar`, /tar archive/],
  ])('are named: %s', async (content, message) => {
    const error = await rejection(open(new TextEncoder().encode(content)));
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toMatch(message);
  });

  it('a pickle without PyTorch', async () => {
    expect((await rejection(open(pickle({ dict: [] })))).message).toMatch(/not a PyTorch checkpoint/);
  });
});
