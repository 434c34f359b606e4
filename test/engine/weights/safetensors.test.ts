import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { CancelledError, InputError } from '#engine/errors.ts';
import { memorySource } from '#engine/weights/byte-source.ts';
import { openSafetensors, readSafetensors } from '#engine/weights/safetensors.ts';
import { encodeSafetensors, writeSafetensors } from '#engine/weights/safetensors-writer.ts';
import { readTensor } from '#engine/weights/tensor-file.ts';
import { rejection } from '#test/support/rejection.ts';

/** A file of any header text and data bytes. */
function fileOf(header: string | Uint8Array, dataBytes = 0, claimedLength?: bigint): Uint8Array {
  const json = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, claimedLength ?? BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const read = (bytes: Uint8Array) => readSafetensors(memorySource(bytes, 'x.safetensors'));
const entry = (dtype: string, shape: string, offsets: string): string =>
  `{"dtype":${JSON.stringify(dtype)},"shape":${shape},"data_offsets":${offsets}}`;
const one = (dtype: string, shape: string, offsets: string): string => `{"a":${entry(dtype, shape, offsets)}}`;

describe('reading', () => {
  it('gives names, types, shapes, absolute offsets and metadata', async () => {
    const header = `{"__metadata__":{"k":"v"},"a":${entry('F32', '[2]', '[0,8]')},"b":${entry('I64', '[]', '[8,16]')}, "c" : ${entry('F32', '[0,9]', '[16,16]')}}   `;
    const file = await read(fileOf(header, 16));
    const start = 8 + header.length;
    expect([...file.tensors.values()]).toEqual([
      { name: 'a', dtype: 'F32', shape: [2], bytes: 8, offset: start },
      { name: 'b', dtype: 'I64', shape: [], bytes: 8, offset: start + 8 },
      { name: 'c', dtype: 'F32', shape: [0, 9], bytes: 0, offset: start + 16 },
    ]);
    expect([...file.metadata]).toEqual([['k', 'v']]);
  });

  it('accepts an empty file of tensors, unordered entries and escaped names', async () => {
    expect((await read(fileOf('{}'))).tensors.size).toBe(0);
    const file = await read(
      fileOf(`{"b":${entry('U8', '[3]', '[1,4]')},"\\u00e9\\n":${entry('U8', '[1]', '[0,1]')}}`, 4),
    );
    expect([...file.tensors.keys()]).toEqual(['b', 'é\n']);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['a file of seven bytes', new Uint8Array(7), /7 bytes .* too short/],
    ['a header longer than the file', fileOf('{}', 0, 3n), /claims 3 bytes, but the file has only 10/],
    ['a header longer than 100 MB', fileOf('{}', 0, 100_000_001n), /claims 100000001 bytes; at most/],
    ['a header length beyond every number', fileOf('{}', 0, 2n ** 64n - 1n), /claims 18446744073709551615 bytes/],
    ['no header', fileOf(''), /does not begin with "\{"/],
    ['white space before the header', fileOf(' {}'), /does not begin/],
    ['a byte order mark', fileOf('\ufeff{}'), /does not begin/],
    ['an array', fileOf('[]'), /does not begin/],
    ['bytes that are not UTF-8', fileOf(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d)), /not valid UTF-8/],
    ['text after the header', fileOf('{}x'), /something follows/],
    ['a header that stops', fileOf('{"a":'), /is expected/],
    ['a string that stops', fileOf('{"a'), /a string/],
    ['a trailing comma', fileOf('{"a":1,}'), /string is expected/],
    ['a control character in a name', fileOf('{"a\n":1}'), /string is not valid/],
    ['half a surrogate pair', fileOf('{"\\ud800":1}'), /surrogate/],
    ['deep nesting', fileOf(`{"a":${'['.repeat(100_000)}`), /nested deeper/],
    [
      'a tensor twice',
      fileOf(`{"a":${entry('U8', '[1]', '[0,1]')},"a":${entry('U8', '[1]', '[0,1]')}}`, 1),
      /"a" occurs twice/,
    ],
    [
      'a tensor twice, once escaped',
      fileOf(`{"a":${entry('U8', '[1]', '[0,1]')},"\\u0061":${entry('U8', '[1]', '[0,1]')}}`, 1),
      /"a" occurs twice/,
    ],
    [
      'a field twice',
      fileOf('{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1),
      /"dtype" occurs twice/,
    ],
    ['a tensor that is a number', fileOf('{"a":1}'), /"a" is not described/],
    ['an unknown field', fileOf('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":1}}', 1), /unknown field "x"/],
    ['no type', fileOf('{"a":{"shape":[1],"data_offsets":[0,1]}}', 1), /unknown element type/],
    ['an unknown type', fileOf(one('F31', '[1]', '[0,4]'), 4), /unknown element type "F31"/],
    ['a type named like a property', fileOf(one('toString', '[1]', '[0,4]'), 4), /unknown element type "toString"/],
    ['no shape', fileOf('{"a":{"dtype":"U8","data_offsets":[0,1]}}', 1), /no valid shape/],
    ['a negative size', fileOf(one('U8', '[-1]', '[0,1]'), 1), /whole number/],
    ['a fractional size', fileOf(one('U8', '[1.0]', '[0,1]'), 1), /is expected/],
    ['an exponent', fileOf(one('U8', '[1e0]', '[0,1]'), 1), /is expected/],
    ['a leading zero', fileOf(one('U8', '[01]', '[0,1]'), 1), /is expected/],
    ['NaN', fileOf(one('U8', '[NaN]', '[0,1]'), 1), /whole number/],
    ['null', fileOf(one('U8', 'null', '[0,1]'), 1), /whole number/],
    ['a size beyond 2^53', fileOf(one('U8', '[9007199254740993]', '[0,1]'), 1), /whole number below 2\^53/],
    ['a product beyond 2^53', fileOf(one('F32', '[4294967296,4294967296]', '[0,0]')), /too large/],
    ['65 dimensions', fileOf(one('U8', `[${'1,'.repeat(64)}1]`, '[0,1]'), 1), /no valid shape/],
    ['one offset', fileOf(one('U8', '[1]', '[0]'), 1), /no valid data_offsets/],
    ['three offsets', fileOf(one('U8', '[1]', '[0,1,1]'), 1), /no valid data_offsets/],
    ['offsets in reverse', fileOf(one('U8', '[1]', '[1,0]'), 1), /outside/],
    ['offsets outside the data', fileOf(one('U8', '[2]', '[0,2]'), 1), /"a" lies at 0 to 2, outside the 1 bytes/],
    ['a length that does not fit the shape', fileOf(one('F32', '[2]', '[0,4]'), 4), /takes 8 bytes, but 4/],
    [
      'an overlap',
      fileOf(`{"a":${entry('U8', '[2]', '[0,2]')},"b":${entry('U8', '[2]', '[1,3]')}}`, 3),
      /"b" overlaps/,
    ],
    [
      'the same bytes twice',
      fileOf(`{"a":${entry('U8', '[2]', '[0,2]')},"b":${entry('U8', '[2]', '[0,2]')}}`, 2),
      /overlaps/,
    ],
    [
      'a hole',
      fileOf(`{"a":${entry('U8', '[1]', '[0,1]')},"b":${entry('U8', '[1]', '[2,3]')}}`, 3),
      /hole of 1 bytes before the tensor "b"/,
    ],
    ['a hole at the beginning', fileOf(one('U8', '[1]', '[1,2]'), 2), /hole of 1 bytes/],
    ['bytes behind the last tensor', fileOf(one('U8', '[1]', '[0,1]'), 2), /1 bytes at the end/],
    ['metadata that is text', fileOf('{"__metadata__":"x"}'), /not an object/],
    ['metadata with a number', fileOf('{"__metadata__":{"x":1}}'), /something else than text under "x"/],
  ])('refuses %s', async (_, bytes, message) => {
    const error = await rejection(read(bytes));
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ file: 'x.safetensors', message: expect.stringMatching(message) });
  });

  it('refuses a header of millions of values before it fills the memory', async () => {
    const error = await rejection(read(fileOf(`{"a":[${'0,'.repeat(2_000_000)}0]}`)));
    expect(error.message).toMatch(/more than 1000000 values/);
  });

  it('names the missing tensor, the missing file and the folder', async () => {
    expect((await rejection((await read(fileOf('{}'))).read('conv.weight'))).message).toMatch(
      /no tensor "conv.weight"/,
    );
    expect(await rejection(openSafetensors('/nowhere/at all'))).toMatchObject({
      file: '/nowhere/at all',
      kind: 'input',
    });
    expect((await rejection(openSafetensors(tmpdir()))).message).toMatch(/folder|regular file/);
  });
});

describe('writing', () => {
  let folder: string | undefined;
  afterEach(async () => {
    if (folder !== undefined) await rm(folder, { recursive: true });
    folder = undefined;
  });

  it('returns what was written, for any names, types and shapes', async () => {
    const tensor = fc
      .record({ dtype: fc.constantFrom('F32', 'I64', 'U8', 'F16'), shape: fc.array(fc.nat(3), { maxLength: 3 }) })
      .chain(({ dtype, shape }) => {
        const length = shape.reduce((a, b) => a * b, { F32: 4, I64: 8, U8: 1, F16: 2 }[dtype] as number);
        return fc.record({
          dtype: fc.constant(dtype as 'F32'),
          shape: fc.constant(shape),
          data: fc.uint8Array({ minLength: length, maxLength: length }),
        });
      });
    const name = fc.string({ unit: 'grapheme' }).filter((text) => text !== '__metadata__');
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.tuple(name, tensor), { selector: ([key]) => key }), async (tensors) => {
        const bytes = encodeSafetensors(tensors.map(([key, row]) => ({ name: key, ...row })));
        const file = await read(bytes);
        expect(file.tensors.size).toBe(tensors.length);
        for (const [key, row] of tensors) {
          const found = file.tensors.get(key);
          expect(found).toMatchObject({ dtype: row.dtype, shape: row.shape });
          expect((found?.offset ?? -1) % { F32: 4, I64: 8, U8: 1, F16: 2 }[row.dtype]).toBe(0);
          expect(await file.read(key)).toEqual(row.data);
        }
      }),
      { numRuns: 200, seed: 5 },
    );
  });

  it('streams pieces into a file that is read by ranges, aligned and with its hash', async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'e4s-safetensors-'));
    const target = path.join(folder, 'deep', 'a.safetensors');
    const pieces = async function* () {
      yield Uint8Array.of(1, 2, 3);
      yield Uint8Array.of(4, 5, 6, 7, 8);
    };
    const seen: number[] = [];
    const written = await writeSafetensors(
      target,
      [
        { name: 'bytes', dtype: 'U8', shape: [1], data: Uint8Array.of(9) },
        { name: 'wide', dtype: 'F32', shape: [2], data: pieces },
      ],
      { metadata: { network: 'n' }, onBytes: (done, total) => seen.push(done / total) },
    );
    await using file = await openSafetensors(target);
    expect(file.size).toBe(written.bytes);
    expect((file.tensors.get('wide')?.offset ?? 1) % 8).toBe(0);
    expect([...(await file.read('wide'))]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await readTensor(file, file.tensors.get('bytes')!)).toEqual(Uint8Array.of(9));
    expect(file.metadata.get('network')).toBe('n');
    expect(seen).toEqual([3 / 9, 8 / 9, 1]);
    const { sha256OfFile } = await import('#engine/files/hash.ts');
    expect(written.sha256).toBe(await sha256OfFile(target));
  });

  it('leaves the old file and nothing else when it is cancelled or the data is short', async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'e4s-safetensors-'));
    const target = path.join(folder, 'a.safetensors');
    await writeFile(target, 'old');
    const abort = new AbortController();
    const cancelling = async function* () {
      yield Uint8Array.of(1);
      abort.abort();
      yield Uint8Array.of(2);
    };
    const tensor = { name: 'a', dtype: 'U8', shape: [2], data: cancelling } as const;
    await expect(writeSafetensors(target, [tensor], { signal: abort.signal })).rejects.toBeInstanceOf(CancelledError);
    await expect(writeSafetensors(target, [{ ...tensor, data: Uint8Array.of(1) }])).rejects.toThrow(
      /1 bytes instead of 2/,
    );
    await expect(writeSafetensors(target, [tensor, tensor])).rejects.toThrow(/Two tensors are named "a"/);
    expect(await readdir(folder)).toEqual(['a.safetensors']);
  });
});
