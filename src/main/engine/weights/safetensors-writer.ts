/** The safetensors writer: tensors are taken one after the other as streams, so memory does not grow with the file. */
import { createHash } from 'node:crypto';
import { throwIfCancelled } from '#engine/errors.ts';
import { openAtomic } from '#engine/files/atomic.ts';
import { DTYPES, type Dtype, tensorBytes } from './dtypes.ts';

export interface TensorSource {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** The elements in row-major order, little-endian: at once, or in pieces that are taken one by one. */
  readonly data: Uint8Array | (() => AsyncIterable<Uint8Array>);
}

export interface WriteOptions {
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each piece with the bytes of tensors written so far. */
  readonly onBytes?: ((done: number, total: number) => void) | undefined;
}

export interface WrittenFile {
  readonly bytes: number;
  /** Of the whole file, lower-case hex. */
  readonly sha256: string;
}

/** The format asks for a data start that is a multiple of eight; the header is filled up with spaces. */
const DATA_ALIGNMENT = 8;

/**
 * Writes `file` whole or not at all. Tensors are laid out by falling element size, so that each one is aligned to it.
 * @throws RangeError for a name that occurs twice, a shape that overflows or data of another length (defects of the
 * caller), StorageError, CancelledError, and whatever the sources throw
 */
export async function writeSafetensors(
  file: string,
  tensors: readonly TensorSource[],
  options: WriteOptions = {},
): Promise<WrittenFile> {
  const order = tensors.toSorted((a, b) => DTYPES[b.dtype].bytes - DTYPES[a.dtype].bytes);
  const { head, dataBytes } = encodeHeader(order, options.metadata);
  const hash = createHash('sha256').update(head);
  await using target = await openAtomic(file, { makeFolder: true });
  await target.write(head);
  let done = 0;
  for (const tensor of order) {
    const before = done;
    for await (const piece of tensor.data instanceof Uint8Array ? [tensor.data] : tensor.data()) {
      throwIfCancelled(options.signal);
      hash.update(piece);
      await target.write(piece);
      done += piece.length;
      options.onBytes?.(done, dataBytes);
    }
    const expected = tensorBytes(tensor.dtype, tensor.shape);
    if (done - before !== expected)
      throw new RangeError(`The data of "${tensor.name}" has ${done - before} bytes instead of ${expected}.`);
  }
  throwIfCancelled(options.signal);
  await target.commit();
  return { bytes: head.length + dataBytes, sha256: hash.digest('hex') };
}

/** A small file in memory, in the same layout. */
export function encodeSafetensors(
  tensors: readonly (TensorSource & { readonly data: Uint8Array })[],
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const order = tensors.toSorted((a, b) => DTYPES[b.dtype].bytes - DTYPES[a.dtype].bytes);
  const { head, dataBytes } = encodeHeader(order, metadata);
  const bytes = new Uint8Array(head.length + dataBytes);
  bytes.set(head);
  let at = head.length;
  for (const { data } of order) {
    bytes.set(data, at);
    at += data.length;
  }
  return bytes;
}

function encodeHeader(
  tensors: readonly TensorSource[],
  metadata: Readonly<Record<string, string>> | undefined,
): { head: Uint8Array; dataBytes: number } {
  const fields = new Map<string, unknown>();
  if (metadata !== undefined) fields.set('__metadata__', metadata);
  let at = 0;
  for (const { name, dtype, shape } of tensors) {
    const bytes = tensorBytes(dtype, shape);
    if (bytes === undefined || !Number.isSafeInteger(at + bytes)) throw new RangeError(`"${name}" is too large.`);
    if (fields.has(name)) throw new RangeError(`Two tensors are named "${name}".`);
    fields.set(name, { dtype, shape, data_offsets: [at, at + bytes] });
    at += bytes;
  }
  const json = new TextEncoder().encode(
    `{${[...fields].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`,
  );
  const padded = Math.ceil(json.length / DATA_ALIGNMENT) * DATA_ALIGNMENT;
  const head = new Uint8Array(8 + padded).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(padded), true);
  head.set(json, 8);
  return { head, dataBytes: at };
}
