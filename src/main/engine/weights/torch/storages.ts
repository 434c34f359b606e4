/** Where the storages of a checkpoint lie, and the pickle's way to name them. */
import type { ByteSource } from '../byte-source.ts';
import { Refusal, storageDtype } from './globals.ts';
import type { PersistentLoad } from './pickle.ts';
import { describe, PickleGlobal, PickleTuple, type PickleValue, TorchStorage } from './values.ts';

/** The raw elements of one storage inside the file. */
export interface StorageData {
  readonly source: ByteSource;
  readonly offset: number;
  readonly bytes: number;
  /** To be compared with the bytes; undefined where the file has none. */
  readonly crc: number | undefined;
}

const KEY = /^-?[0-9A-Za-z_]{1,40}$/;

/**
 * Reads ids of the form `('storage', class, key, location, elements[, view])`. The location (`cuda:0`) is of no
 * interest. The same key must always stand for the same storage.
 * @param known filled with every storage that is stored under a key of its own
 */
export function storageLoader(known: Map<string, TorchStorage>): PersistentLoad {
  return (id) => {
    const items = id instanceof PickleTuple ? id.items : [];
    const [kind, type, key, , length, view] = items;
    if (kind !== 'storage') throw new Refusal(`${describe(kind ?? id)} as an object outside the pickle`);
    const dtype = type instanceof PickleGlobal ? storageDtype(type.name) : undefined;
    if (dtype === undefined) throw new Refusal(`a storage of the class ${describe(type)}`);
    if (typeof key !== 'string' || !KEY.test(key)) throw new Refusal(`a storage with ${describe(key)} as its key`);
    if (!isNatural(length)) throw new Refusal(`the storage ${key} with ${describe(length)} as its length`);

    const before = known.get(key);
    if (before !== undefined && (before.dtype !== dtype || before.length !== length)) {
      throw new Refusal(`the storage ${key}, described in two ways`);
    }
    const whole = before ?? new TorchStorage(key, dtype, length, 0);
    known.set(key, whole);
    return view === undefined || view === null ? whole : viewOf(whole, view);
  };
}

/** A part of a storage, as old files share memory: `(key of the view, first element, elements)`. */
function viewOf(whole: TorchStorage, view: PickleValue): TorchStorage {
  const [, start, length] = view instanceof PickleTuple ? view.items : [];
  if (!isNatural(start) || !isNatural(length) || start + length > whole.length) {
    throw new Refusal(`a view of the storage ${whole.key} that leaves it`);
  }
  return new TorchStorage(whole.key, whole.dtype, length, start);
}

const isNatural = (value: PickleValue | undefined): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
