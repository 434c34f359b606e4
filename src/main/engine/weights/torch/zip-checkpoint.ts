/** The layout that PyTorch writes since 1.6: a zip archive with one pickle and one entry per storage. */
import { crc32 } from 'node:zlib';
import { InputError } from '#engine/errors.ts';
import type { ByteSource } from '../byte-source.ts';
import { DTYPES } from '../dtypes.ts';
import type { TensorFile } from '../tensor-file.ts';
import { checkpointFile, naming } from './checkpoint.ts';
import { findGroups } from './groups.ts';
import { unpickle } from './pickle.ts';
import { type StorageData, storageLoader } from './storages.ts';
import type { TorchStorage } from './values.ts';
import { locateZipEntry, readZipDirectory, type ZipEntry } from './zip.ts';

/** State dicts of a thousand keys take a few hundred kilobytes. */
export const MAX_PICKLE_BYTES = 32 << 20;
const PICKLE_NAME = '/data.pkl';

/** A zip archive of something else: a stranger, not a damaged or hostile checkpoint. */
export class ForeignArchiveError extends InputError {}

/** @throws InputError naming the entry, name, instruction or tensor that was refused */
export async function readZipCheckpoint(source: ByteSource): Promise<TensorFile> {
  const { file } = source;
  const entries = await readZipDirectory(source);
  const { root, pickle } = findPickle(entries, file);
  const byteOrder = entries.get(`${root}/byteorder`);
  if (byteOrder !== undefined) await checkByteOrder(source, byteOrder);

  if (pickle.size > MAX_PICKLE_BYTES) {
    throw new InputError(`The entry "${pickle.name}" has ${pickle.size} bytes; at most ${MAX_PICKLE_BYTES} are read.`, {
      file,
    });
  }
  const bytes = await source.read(await locateZipEntry(source, pickle), pickle.size);
  if (pickle.crc !== 0 && crc32(bytes) !== pickle.crc) {
    throw new InputError(`The entry "${pickle.name}" is damaged: its checksum does not fit.`, { file });
  }
  const storages = new Map<string, TorchStorage>();
  const groups = naming(file, `The pickle "${pickle.name}"`, () =>
    findGroups(unpickle(bytes, storageLoader(storages)).value),
  );
  const stored = new Map<string, StorageData>();
  for (const storage of storages.values()) {
    stored.set(storage.key, await locateStorage(source, entries.get(`${root}/data/${storage.key}`), storage));
  }
  return checkpointFile(source, 'torch-zip', groups, stored);
}

/** The name of the root folder is arbitrary: the one pickle tells it. */
function findPickle(entries: ReadonlyMap<string, ZipEntry>, file: string): { root: string; pickle: ZipEntry } {
  const pickles = [...entries.values()].filter(({ name }) => name.endsWith(PICKLE_NAME));
  const [pickle] = pickles;
  if (pickle === undefined) {
    throw new ForeignArchiveError('This zip archive is no PyTorch checkpoint: it has no entry "data.pkl".', {
      file,
      action: 'If it was packed for transport, unpack it first.',
    });
  }
  if (pickles.length > 1) throw new InputError('This zip archive holds more than one checkpoint.', { file });
  return { root: pickle.name.slice(0, -PICKLE_NAME.length), pickle };
}

async function checkByteOrder(source: ByteSource, entry: ZipEntry): Promise<void> {
  const bytes = await source.read(await locateZipEntry(source, entry), Math.min(entry.size, 16));
  const order = Buffer.from(bytes).toString('latin1');
  if (order !== 'little') {
    throw new InputError(`The byte order of this checkpoint is "${order}"; only "little" is read.`, {
      file: source.file,
    });
  }
}

async function locateStorage(
  source: ByteSource,
  entry: ZipEntry | undefined,
  { key, dtype, length }: TorchStorage,
): Promise<StorageData> {
  if (entry === undefined) {
    throw new InputError(`The storage ${key} is missing from this checkpoint.`, { file: source.file });
  }
  const bytes = length * DTYPES[dtype].bytes;
  if (entry.size !== bytes) {
    throw new InputError(
      `The storage ${key} is said to have ${length} elements (${bytes} bytes), but its entry has ${entry.size} bytes.`,
      { file: source.file },
    );
  }
  const offset = await locateZipEntry(source, entry);
  return { source, offset, bytes, crc: entry.crc === 0 ? undefined : entry.crc };
}
