/** What a PyTorch pickle may consist of: plain data, storages and tensors. Nothing here can be called. */
import type { Dtype } from '../dtypes.ts';

/** The right to know a name of Python: what `globals.ts` lists, and no more. */
export class PickleGlobal {
  /** `module.name`. */
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

export class PickleTuple {
  readonly items: readonly PickleValue[];
  constructor(items: readonly PickleValue[]) {
    this.items = items;
  }
}

export class PickleList {
  readonly items: PickleValue[] = [];
}

/** A `dict` or an `OrderedDict`. */
export class PickleDict {
  readonly entries = new Map<PickleKey, PickleValue>();
}

/** An object that only carries data, such as a device or a namespace of options. Its contents are of no interest. */
export class PickleRecord {
  readonly name: string;
  readonly parts: readonly PickleValue[];
  constructor(name: string, parts: readonly PickleValue[]) {
    this.name = name;
    this.parts = parts;
  }
}

/** Raw elements that tensors are views of. */
export class TorchStorage {
  readonly key: string;
  readonly dtype: Dtype;
  /** Elements. */
  readonly length: number;
  /** First element inside the stored data that `key` names; other than 0 only in legacy files. */
  readonly start: number;
  constructor(key: string, dtype: Dtype, length: number, start: number) {
    this.key = key;
    this.dtype = dtype;
    this.length = length;
    this.start = start;
  }
}

/** A view of a storage, checked to lie inside it. Offset and strides count elements. */
export class TorchTensor {
  readonly storage: TorchStorage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  constructor(storage: TorchStorage, offset: number, shape: readonly number[], strides: readonly number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

export type PickleKey = string | number | bigint | boolean | null;

export type PickleValue =
  | PickleKey
  | Uint8Array
  | PickleGlobal
  | PickleTuple
  | PickleList
  | PickleDict
  | PickleRecord
  | TorchStorage
  | TorchTensor;

/** What a value is, for messages. */
export function describe(value: PickleValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'None';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof PickleGlobal) return `the name ${value.name}`;
  if (value instanceof PickleRecord) return `a ${value.name}`;
  if (value instanceof PickleTuple) return `a tuple of ${value.items.length}`;
  if (value instanceof PickleList) return `a list of ${value.items.length}`;
  if (value instanceof PickleDict) return `a dict of ${value.entries.size}`;
  if (value instanceof TorchStorage) return `the storage ${value.key}`;
  if (value instanceof TorchTensor) return `a tensor [${value.shape.join(', ')}]`;
  return typeof value === 'string' ? `the text ${JSON.stringify(value.slice(0, 60))}` : `the ${typeof value} ${value}`;
}
