/** A PyTorch checkpoint as a tensor file: both layouts lead to storages, and tensors are views of storages. */
import { crc32 } from 'node:zlib';
import { InputError } from '#engine/errors.ts';
import { type ByteSource, CHUNK_BYTES, readChunks } from '../byte-source.ts';
import { DTYPES } from '../dtypes.ts';
import type { Layout, TensorEntry, TensorFile } from '../tensor-file.ts';
import { EndOfBytes } from './byte-cursor.ts';
import { Refusal, spanOf } from './globals.ts';
import type { TorchEntry, TorchGroups } from './groups.ts';
import type { StorageData } from './storages.ts';
import { gatherStrided, isContiguous } from './strided.ts';

/** A scattered view is put in order in memory; no network of the field comes near this. */
const MAX_SCATTERED_BYTES = 256 << 20;

/** Runs a part of the reader and says, with the file's name, what it refused. */
export function naming<T>(file: string, what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) {
      throw new InputError(`Refused: ${error.message}. ${what} may hold tensors and plain data only.`, {
        file,
        action: 'Use the file that the authors publish, or a safetensors file.',
        cause: error,
      });
    }
    if (error instanceof EndOfBytes) {
      throw new InputError(`${what} ends in the middle: it is truncated or damaged.`, { file, cause: error });
    }
    throw error;
  }
}

/**
 * @param source is owned by the result
 * @param storages the stored elements by storage key
 */
export function checkpointFile(
  source: ByteSource,
  layout: Exclude<Layout, 'safetensors'>,
  groups: TorchGroups,
  storages: ReadonlyMap<string, StorageData>,
): TensorFile {
  const verified = new Set<string>();
  return {
    file: source.file,
    size: source.size,
    layout,
    groups,
    async *chunks(tensor, signal) {
      const entry = ownEntry(groups, tensor);
      const data = storages.get(entry.view.storage.key);
      if (data === undefined) throw new RangeError(`The tensor "${tensor.name}" belongs to another file.`);
      if (!verified.has(entry.view.storage.key)) {
        await verify(data, entry, signal);
        verified.add(entry.view.storage.key);
      }
      yield* readView(data, entry, signal);
    },
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  };
}

function ownEntry(groups: TorchGroups, tensor: TensorEntry): TorchEntry {
  for (const group of groups.values()) {
    const entry = group.get(tensor.name);
    if (entry === tensor) return entry;
  }
  throw new RangeError(`The tensor "${tensor.name}" belongs to another file.`);
}

/** Compares the checksum of a storage before any of its bytes is used. */
async function verify(data: StorageData, entry: TorchEntry, signal: AbortSignal | undefined): Promise<void> {
  if (data.crc === undefined) return;
  let crc = 0;
  for await (const piece of readChunks(data.source, data.offset, data.bytes, signal)) crc = crc32(piece, crc);
  if (crc !== data.crc) {
    throw new InputError(`The data of the tensor "${entry.name}" is damaged: its checksum does not fit.`, {
      file: data.source.file,
      action: 'Get the file again.',
    });
  }
}

async function* readView(
  data: StorageData,
  { name, view, bytes }: TorchEntry,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const { shape, strides, storage } = view;
  const width = DTYPES[storage.dtype].bytes;
  const offset = data.offset + (storage.start + view.offset) * width;
  if (isContiguous(shape, strides)) {
    yield* readChunks(data.source, offset, bytes, signal);
    return;
  }
  const spanBytes = spanOf(shape, strides) * width;
  if (spanBytes > MAX_SCATTERED_BYTES) {
    throw new InputError(`The tensor "${name}" is scattered over ${spanBytes} bytes.`, { file: data.source.file });
  }
  yield* gatherStrided(await data.source.read(offset, spanBytes), width, shape, strides, CHUNK_BYTES);
}
