/**
 * Writes PyTorch checkpoints of both layouts, byte by byte, for tests: valid ones, and with `raw` any other. Pieces are
 * produced one by one, so that full-size files can be written without being held.
 */
import { crc32 } from 'node:zlib';

/** Stored elements; `data` is asked for once per file. */
export interface WrittenStorage {
  readonly kind: string;
  readonly length: number;
  readonly data: () => Uint8Array;
}

export interface WrittenTensor {
  readonly storage: WrittenStorage;
  readonly offset?: number;
  readonly shape: readonly number[];
  readonly strides?: readonly number[];
}

export type Written =
  | null
  | boolean
  | number
  | string
  | readonly Written[]
  | { readonly tuple: readonly Written[] }
  /** With `ordered`, an OrderedDict that carries `_metadata`, as `state_dict()` returns it. */
  | { readonly dict: readonly (readonly [Written, Written])[]; readonly ordered?: boolean }
  | { readonly tensor: WrittenTensor }
  | { readonly global: readonly [module: string, name: string] }
  | { readonly call: readonly [module: string, name: string]; readonly args: readonly Written[] }
  /** Instructions that leave one value on the stack. */
  | { readonly raw: Uint8Array };

export interface WriterOptions {
  readonly location?: string;
  /** Name of the folder inside the archive. */
  readonly root?: string;
}

export const floatStorage = (values: ArrayLike<number>): WrittenStorage => {
  const data = Float32Array.from(values);
  return { kind: 'FloatStorage', length: data.length, data: () => new Uint8Array(data.buffer) };
};

/** A contiguous float32 tensor. */
export const floatTensor = (shape: readonly number[], values: ArrayLike<number>): { tensor: WrittenTensor } => ({
  tensor: { storage: floatStorage(values), shape },
});

export const stateDict = (entries: Readonly<Record<string, WrittenTensor>>): Written => ({
  ordered: true,
  dict: Object.entries(entries).map(([key, tensor]) => [key, { tensor }] as const),
});

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

export function concat(pieces: Iterable<Uint8Array>): Uint8Array {
  return Uint8Array.from(Buffer.concat([...pieces]));
}

function numberBytes(size: 2 | 4 | 8, value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(size));
  if (size === 2) view.setUint16(0, value, true);
  else if (size === 4) view.setUint32(0, value, true);
  else view.setBigUint64(0, BigInt(value), true);
  return new Uint8Array(view.buffer);
}

const rowMajor = (shape: readonly number[]): number[] =>
  shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));

/** One pickle of protocol 2; storages are collected in the order of their first use. */
export function pickle(value: Written, storages: WrittenStorage[] = [], options: WriterOptions = {}): Uint8Array {
  const out: Uint8Array[] = [bytes(0x80, 2)];
  const global = (module: string, name: string): void => void out.push(text(`c${module}\n${name}\n`));
  const write = (item: Written): void => {
    if (item === null) out.push(text('N'));
    else if (typeof item === 'boolean') out.push(bytes(item ? 0x88 : 0x89));
    else if (typeof item === 'string') {
      const encoded = text(item);
      out.push(text('X'), numberBytes(4, encoded.length), encoded);
    } else if (typeof item === 'number') writeNumber(item);
    else if (Array.isArray(item)) {
      out.push(text('](')); // an empty list, then its items after a mark
      for (const part of item) write(part);
      out.push(text('e'));
    } else if ('tuple' in item) {
      out.push(text('('));
      for (const part of item.tuple) write(part);
      out.push(text('t'));
    } else if ('dict' in item) {
      if (item.ordered) global('collections', 'OrderedDict');
      out.push(text(item.ordered ? ')R(' : '}('));
      for (const [key, part] of item.dict) {
        write(key);
        write(part);
      }
      out.push(text('u'));
      if (item.ordered) {
        write({ dict: [['_metadata', { dict: [['', { dict: [['version', 1]] }]] }]] });
        out.push(text('b'));
      }
    } else if ('tensor' in item) writeTensor(item.tensor);
    else if ('global' in item) global(...item.global);
    else if ('call' in item) {
      global(...item.call);
      write({ tuple: item.args });
      out.push(text('R'));
    } else if ('raw' in item) out.push(item.raw);
  };
  const writeNumber = (item: number): void => {
    if (Number.isInteger(item) && item >= -(2 ** 31) && item < 2 ** 31) {
      out.push(text('J'), numberBytes(4, item >>> 0));
    } else if (Number.isSafeInteger(item)) {
      const view = new DataView(new ArrayBuffer(8));
      view.setBigInt64(0, BigInt(item), true);
      out.push(bytes(0x8a, 8), new Uint8Array(view.buffer));
    } else {
      const view = new DataView(new ArrayBuffer(8));
      view.setFloat64(0, item, false);
      out.push(text('G'), new Uint8Array(view.buffer));
    }
  };
  const writeTensor = ({ storage, offset = 0, shape, strides = rowMajor(shape) }: WrittenTensor): void => {
    if (!storages.includes(storage)) storages.push(storage);
    global('torch._utils', '_rebuild_tensor_v2');
    out.push(text('(('));
    write('storage');
    global('torch', storage.kind);
    write(String(storages.indexOf(storage)));
    write(options.location ?? 'cpu');
    write(storage.length);
    out.push(text('tQ'));
    write(offset);
    write({ tuple: shape });
    write({ tuple: strides });
    write(false);
    write({ ordered: false, dict: [] });
    out.push(text('tR'));
  };
  write(value);
  out.push(text('.'));
  return concat(out);
}

/** The zip layout: `<root>/data.pkl`, `<root>/byteorder`, `<root>/data/<n>`, `<root>/version`. */
export function* torchZip(value: Written, options: WriterOptions = {}): Generator<Uint8Array> {
  const storages: WrittenStorage[] = [];
  const root = options.root ?? 'archive';
  const object = pickle(value, storages, options);
  yield* zip(entries());

  function* entries(): Generator<ZipPart> {
    yield { name: `${root}/data.pkl`, data: object };
    yield { name: `${root}/byteorder`, data: text('little') };
    for (const [index, storage] of storages.entries()) yield { name: `${root}/data/${index}`, data: storage.data() };
    yield { name: `${root}/version`, data: text('3\n') };
  }
}

export interface ZipPart {
  readonly name: string;
  readonly data: Uint8Array;
  /** What the directory says instead of the truth. */
  /** Sizes and place in the 64-bit extra field, as entries beyond 4 GB have them. */
  readonly wide?: boolean;
  readonly claims?: {
    readonly size?: number;
    readonly packed?: number;
    readonly method?: number;
    readonly crc?: number;
  };
}

const ALIGNMENT = 64;

/** Stored entries, each begun at a multiple of 64 as PyTorch does it, with the 64-bit records that it always writes. */
export function* zip(parts: Iterable<ZipPart>): Generator<Uint8Array> {
  const central: Uint8Array[] = [];
  let at = 0;
  for (const { name, data, claims = {}, wide = false } of parts) {
    const encoded = text(name);
    const size = claims.size ?? data.length;
    const padding = (ALIGNMENT - ((at + 30 + encoded.length + 4) % ALIGNMENT)) % ALIGNMENT;
    const extra = concat([text('FB'), numberBytes(2, padding), new Uint8Array(padding).fill(0x5a)]);
    const common = concat([
      numberBytes(2, 0),
      numberBytes(2, claims.method ?? 0),
      numberBytes(4, 0),
      numberBytes(4, claims.crc ?? crc32(data)),
      numberBytes(4, claims.packed ?? size),
      numberBytes(4, size),
      numberBytes(2, encoded.length),
    ]);
    const header = concat([bytes(0x50, 0x4b, 3, 4, 20, 0), common, numberBytes(2, extra.length), encoded, extra]);
    const start = bytes(0x50, 0x4b, 1, 2, 20, 0, 20, 0);
    if (wide) {
      const full = numberBytes(4, 0xffffffff);
      const fields = concat([
        bytes(1, 0, 24, 0),
        ...[size, claims.packed ?? size, at].map((value) => numberBytes(8, value)),
      ]);
      const head = concat([
        common.subarray(0, 12),
        full,
        full,
        numberBytes(2, encoded.length),
        numberBytes(2, fields.length),
      ]);
      central.push(concat([start, head, new Uint8Array(10), full, encoded, fields]));
    } else central.push(concat([start, common, new Uint8Array(12), numberBytes(4, at), encoded]));
    yield header;
    yield data;
    at += header.length + data.length;
  }
  const directory = concat(central);
  const count = numberBytes(8, central.length);
  yield directory;
  yield concat([
    bytes(0x50, 0x4b, 6, 6),
    numberBytes(8, 44),
    bytes(45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    count,
    count,
    numberBytes(8, directory.length),
    numberBytes(8, at),
  ]);
  yield concat([bytes(0x50, 0x4b, 6, 7, 0, 0, 0, 0), numberBytes(8, at + directory.length), bytes(1, 0, 0, 0)]);
  yield concat([
    bytes(0x50, 0x4b, 5, 6, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff),
    numberBytes(4, 0xffffffff),
    numberBytes(4, 0xffffffff),
    bytes(0, 0),
  ]);
}

const LEGACY_HEAD = concat([
  bytes(0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e),
  pickle(1001),
  pickle({
    dict: [
      ['protocol_version', 1001],
      ['little_endian', true],
      ['type_sizes', { dict: [['int', 4]] }],
    ],
  }),
]);

/** The layout before 1.6. */
export function* torchLegacy(value: Written, options: WriterOptions = {}): Generator<Uint8Array> {
  const storages: WrittenStorage[] = [];
  const object = pickle(value, storages, options);
  yield LEGACY_HEAD;
  yield object;
  yield pickle(storages.map((_, index) => String(index)));
  for (const { length, data } of storages) {
    yield numberBytes(8, length);
    yield data();
  }
}
