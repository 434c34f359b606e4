/**
 * The safetensors reader. The file is eight bytes of header length (little-endian), a JSON header, and the bytes of
 * the tensors, which must fill the rest of the file without a gap or an overlap.
 */
import { InputError } from '#engine/errors.ts';
import { type ByteSource, openFileSource, readChunks } from './byte-source.ts';
import { isDtype, MAX_RANK, tensorBytes } from './dtypes.ts';
import { type HeaderObject, HeaderSyntaxError, type HeaderValue, parseHeaderJson } from './header-json.ts';
import { readTensor, type TensorEntry, type TensorFile } from './tensor-file.ts';

/** The cap of the format's reference implementation. */
export const MAX_HEADER_BYTES = 100_000_000;
const METADATA_KEY = '__metadata__';
const LENGTH_BYTES = 8;

/** A tensor of a safetensors file with its place: ONNX external data may point straight at it. */
export interface StoredTensor extends TensorEntry {
  /** First byte, counted from the beginning of the file. */
  readonly offset: number;
}

export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

export interface SafetensorsFile extends TensorFile, SafetensorsHeader {
  readonly layout: 'safetensors';
  /** The bytes of one tensor in a buffer of its own. @throws InputError naming the key when there is none */
  read(name: string): Promise<Uint8Array>;
}

/** Opens a safetensors file and checks its whole header. @throws InputError */
export async function openSafetensors(file: string): Promise<SafetensorsFile> {
  const source = await openFileSource(file);
  try {
    return await readSafetensors(source);
  } catch (error) {
    await source[Symbol.asyncDispose]();
    throw error;
  }
}

/** Reads the header of a source, which the result then owns. @throws InputError */
export async function readSafetensors(source: ByteSource): Promise<SafetensorsFile> {
  const { file, size } = source;
  const refuse = (message: string): never => {
    throw new InputError(message, { file });
  };
  if (size < LENGTH_BYTES) refuse(`With ${size} bytes this is too short for a safetensors file.`);
  const lengthBytes = await source.read(0, LENGTH_BYTES);
  const headerLength = new DataView(lengthBytes.buffer).getBigUint64(0, true);
  if (headerLength > BigInt(MAX_HEADER_BYTES))
    refuse(`The header claims ${headerLength} bytes; at most ${MAX_HEADER_BYTES} are allowed.`);
  const length = Number(headerLength);
  if (LENGTH_BYTES + length > size) refuse(`The header claims ${length} bytes, but the file has only ${size}.`);

  const dataStart = LENGTH_BYTES + length;
  const header = checkHeader(await source.read(LENGTH_BYTES, length), dataStart, size, file);
  const entry = (name: string): StoredTensor =>
    header.tensors.get(name) ?? refuse(`There is no tensor "${name}" in this file.`);
  const opened: SafetensorsFile = {
    ...header,
    file,
    size,
    layout: 'safetensors',
    groups: new Map([['', header.tensors]]),
    chunks: (tensor, signal) => {
      const stored = entry(tensor.name);
      return readChunks(source, stored.offset, stored.bytes, signal);
    },
    read: async (name) => readTensor(opened, entry(name)),
    [Symbol.asyncDispose]: () => source[Symbol.asyncDispose](),
  };
  return opened;
}

/**
 * Checks the bytes of a header against the file they describe.
 * @param dataStart first byte after the header
 * @throws InputError naming the tensor and what is wrong with it
 */
export function checkHeader(bytes: Uint8Array, dataStart: number, size: number, file: string): SafetensorsHeader {
  const refuse = (message: string): never => {
    throw new InputError(message, { file });
  };
  let root: HeaderObject;
  try {
    root = parseHeaderJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (cause) {
    if (cause instanceof HeaderSyntaxError) throw new InputError(cause.message, { file, cause });
    throw new InputError('The header is not valid UTF-8.', { file, cause });
  }
  const tensors = new Map<string, StoredTensor>();
  for (const [name, value] of root) {
    if (name === METADATA_KEY) continue;
    tensors.set(name, checkTensor(name, value, dataStart, size - dataStart, refuse));
  }
  checkCoverage(tensors, dataStart, size, refuse);
  return { tensors, metadata: checkMetadata(root.get(METADATA_KEY), refuse) };
}

type Refuse = (message: string) => never;

function checkTensor(
  name: string,
  value: HeaderValue,
  dataStart: number,
  dataBytes: number,
  refuse: Refuse,
): StoredTensor {
  const where = `The tensor "${name}"`;
  if (!(value instanceof Map)) return refuse(`${where} is not described by an object.`);
  for (const field of value.keys()) {
    if (!['dtype', 'shape', 'data_offsets'].includes(field)) refuse(`${where} has an unknown field "${field}".`);
  }
  const dtype = value.get('dtype');
  const shape = value.get('shape');
  const offsets = value.get('data_offsets');
  if (typeof dtype !== 'string' || !isDtype(dtype))
    return refuse(`${where} has the unknown element type ${JSON.stringify(dtype)}.`);
  if (!isNaturals(shape) || shape.length > MAX_RANK) return refuse(`${where} has no valid shape.`);
  if (!isNaturals(offsets) || offsets.length !== 2) return refuse(`${where} has no valid data_offsets.`);
  const [begin, end] = offsets as readonly [number, number];
  if (begin > end || end > dataBytes)
    return refuse(`${where} lies at ${begin} to ${end}, outside the ${dataBytes} bytes of data.`);
  const bytes = tensorBytes(dtype, shape);
  if (bytes === undefined) return refuse(`${where} is too large: ${dtype} [${shape.join(', ')}].`);
  if (bytes !== end - begin)
    return refuse(`${where}, ${dtype} [${shape.join(', ')}], takes ${bytes} bytes, but ${end - begin} are given.`);
  return { name, dtype, shape, bytes, offset: dataStart + begin };
}

const isNaturals = (value: HeaderValue | undefined): value is readonly number[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'number');

/** Every byte of data belongs to exactly one tensor. */
function checkCoverage(
  tensors: ReadonlyMap<string, StoredTensor>,
  dataStart: number,
  size: number,
  refuse: Refuse,
): void {
  const order = [...tensors.values()].sort((a, b) => a.offset - b.offset || a.bytes - b.bytes);
  let at = dataStart;
  for (const { name, offset, bytes } of order) {
    if (offset < at) refuse(`The tensor "${name}" overlaps another one.`);
    if (offset > at) refuse(`There is a hole of ${offset - at} bytes before the tensor "${name}".`);
    at += bytes;
  }
  if (at !== size) refuse(`${size - at} bytes at the end of the file belong to no tensor.`);
}

function checkMetadata(value: HeaderValue | undefined, refuse: Refuse): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  if (value === undefined) return metadata;
  if (!(value instanceof Map)) return refuse(`"${METADATA_KEY}" is not an object.`);
  for (const [key, text] of value) {
    if (typeof text !== 'string') return refuse(`"${METADATA_KEY}" holds something else than text under "${key}".`);
    metadata.set(key, text);
  }
  return metadata;
}
