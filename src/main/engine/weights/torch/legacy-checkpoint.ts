/**
 * The layout that PyTorch wrote before 1.6: five pickles one after the other (magic number, protocol version, system,
 * the object, the list of storage keys), then each storage as an int64 count and its raw elements.
 */
import { InputError } from '#engine/errors.ts';
import type { ByteSource } from '../byte-source.ts';
import { DTYPES } from '../dtypes.ts';
import type { TensorFile } from '../tensor-file.ts';
import { EndOfBytes } from './byte-cursor.ts';
import { checkpointFile, naming } from './checkpoint.ts';
import { Refusal } from './globals.ts';
import { findGroups } from './groups.ts';
import { type PersistentLoad, unpickle } from './pickle.ts';
import { type StorageData, storageLoader } from './storages.ts';
import { describe, PickleDict, PickleList, type PickleValue, type TorchStorage } from './values.ts';
import { MAX_PICKLE_BYTES } from './zip-checkpoint.ts';

/** The first pickle of every such file: PROTO 2, LONG1 of ten bytes with the magic number, STOP. */
export const LEGACY_MAGIC = Uint8Array.from([
  0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e,
]);
const PROTOCOL_VERSION = 1001;
const FIRST_WINDOW_BYTES = 1 << 20;

const noPersistent: PersistentLoad = (id) => {
  throw new Refusal(`${describe(id)} as an object outside the pickle`);
};

/** @throws InputError naming the name, instruction, storage or tensor that was refused */
export async function readLegacyCheckpoint(source: ByteSource): Promise<TensorFile> {
  const { file } = source;
  let at = LEGACY_MAGIC.length;
  const next = async (what: string, load: PersistentLoad, again?: () => void): Promise<PickleValue> => {
    const { value, length } = await readPickle(source, at, what, load, again);
    at += length;
    return value;
  };
  const version = await next('The version', noPersistent);
  if (version !== PROTOCOL_VERSION) {
    throw new InputError(`The old layout with ${describe(version)} as its version is not known.`, { file });
  }
  checkSystem(await next('The system information', noPersistent), file);
  const storages = new Map<string, TorchStorage>();
  const object = await next('The pickle of the checkpoint', storageLoader(storages), () => storages.clear());
  const keys = await next('The list of storages', noPersistent);
  const groups = naming(file, 'The pickle of the checkpoint', () => findGroups(object));
  return checkpointFile(source, 'torch-legacy', groups, await locateStorages(source, at, keys, storages));
}

/** A pickle tells its length only by being read: the window grows until the pickle fits. */
async function readPickle(
  source: ByteSource,
  at: number,
  what: string,
  load: PersistentLoad,
  again?: () => void,
): Promise<{ value: PickleValue; length: number }> {
  const rest = Math.min(source.size - at, MAX_PICKLE_BYTES);
  for (let window = Math.min(FIRST_WINDOW_BYTES, rest); window < rest; window = Math.min(window * 4, rest)) {
    try {
      const bytes = await source.read(at, window);
      return naming(source.file, what, () => unpickle(bytes, load));
    } catch (error) {
      if (!(error instanceof InputError && error.cause instanceof EndOfBytes)) throw error;
      again?.();
    }
  }
  const bytes = await source.read(at, rest);
  return naming(source.file, what, () => unpickle(bytes, load));
}

function checkSystem(value: PickleValue, file: string): void {
  if (!(value instanceof PickleDict) || value.entries.get('little_endian') !== true) {
    throw new InputError('This checkpoint was not written by a little-endian machine.', { file });
  }
}

async function locateStorages(
  source: ByteSource,
  start: number,
  keys: PickleValue,
  storages: ReadonlyMap<string, TorchStorage>,
): Promise<ReadonlyMap<string, StorageData>> {
  const refuse = (message: string): never => {
    throw new InputError(message, { file: source.file });
  };
  if (!(keys instanceof PickleList)) return refuse(`The list of storages is ${describe(keys)}.`);
  const stored = new Map<string, StorageData>();
  let at = start;
  for (const key of keys.items) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined;
    if (storage === undefined) return refuse(`The list of storages names ${describe(key)}, which nothing uses.`);
    if (stored.has(storage.key)) return refuse(`The storage ${storage.key} occurs twice.`);
    if (at + 8 > source.size) return refuse(`The file ends before the storage ${storage.key}: it is truncated.`);
    const count = new DataView((await source.read(at, 8)).buffer).getBigInt64(0, true);
    if (count !== BigInt(storage.length)) {
      return refuse(`The storage ${storage.key} has ${count} elements, but the pickle says ${storage.length}.`);
    }
    const bytes = storage.length * DTYPES[storage.dtype].bytes;
    if (!Number.isSafeInteger(bytes) || at + 8 + bytes > source.size) {
      return refuse(`The file ends inside the storage ${storage.key} of ${bytes} bytes: it is truncated.`);
    }
    stored.set(storage.key, { source, offset: at + 8, bytes, crc: undefined });
    at += 8 + bytes;
  }
  const missing = [...storages.keys()].find((key) => !stored.has(key));
  if (missing !== undefined) refuse(`The storage ${missing} is missing from this checkpoint.`);
  if (at !== source.size) refuse(`${source.size - at} bytes at the end of the file belong to no storage.`);
  return stored;
}
