/**
 * The directory of a zip archive as PyTorch writes it: entries stored uncompressed, zip64 where it must be. Nothing is
 * ever unpacked, so an archive cannot grow; what is compressed, encrypted, doubled or overlapping is refused.
 */
import { InputError } from '#engine/errors.ts';
import type { ByteSource } from '../byte-source.ts';

export interface ZipEntry {
  readonly name: string;
  readonly size: number;
  /** CRC-32 of the bytes; 0 also where the writer left it out. */
  readonly crc: number;
  readonly headerOffset: number;
  /** Where the next entry or the directory begins. */
  readonly limit: number;
}

const SIGNATURE = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50, end64: 0x06064b50, locator64: 0x07064b50 };
const END_BYTES = 22;
const LOCATOR64_BYTES = 20;
const END64_BYTES = 56;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const MAX_COMMENT_BYTES = 0xffff;
const MAX_DIRECTORY_BYTES = 32 << 20;
const MAX_ENTRIES = 100_000;
const ZIP64_EXTRA = 0x0001;
const ENCRYPTED = 0x0001;

/** @throws InputError naming the entry and what is wrong with it */
export async function readZipDirectory(source: ByteSource): Promise<ReadonlyMap<string, ZipEntry>> {
  const refuse = (message: string): never => {
    throw new InputError(message, { file: source.file });
  };
  const { offset, bytes, count } = await findDirectory(source, refuse);
  if (count > MAX_ENTRIES) refuse(`The archive claims ${count} entries.`);
  if (bytes > MAX_DIRECTORY_BYTES) refuse(`The directory of the archive claims ${bytes} bytes.`);
  if (offset + bytes > source.size) refuse('The directory of the archive lies outside the file: it is truncated.');
  const found = parseDirectory(await source.read(offset, bytes), count, refuse);
  const order = [...found.values()].sort((a, b) => a.headerOffset - b.headerOffset);
  const entries = new Map<string, ZipEntry>();
  for (const [index, entry] of order.entries()) {
    const limit = order[index + 1]?.headerOffset ?? offset;
    if (entry.headerOffset + LOCAL_BYTES + entry.size > limit) {
      refuse(`The entry "${entry.name}" of ${entry.size} bytes overlaps what follows or lies outside the file.`);
    }
    entries.set(entry.name, { ...entry, limit });
  }
  return entries;
}

/** The first byte of an entry's content, after a look at the entry's own header. @throws InputError */
export async function locateZipEntry(source: ByteSource, entry: ZipEntry): Promise<number> {
  const refuse = (message: string): never => {
    throw new InputError(`The entry "${entry.name}" ${message}`, { file: source.file });
  };
  const header = viewOf(await source.read(entry.headerOffset, LOCAL_BYTES));
  if (header.getUint32(0, true) !== SIGNATURE.local) refuse('is not where the directory says.');
  if (header.getUint16(8, true) !== 0) refuse('is compressed in its own header.');
  const nameLength = header.getUint16(26, true);
  const start = entry.headerOffset + LOCAL_BYTES + nameLength + header.getUint16(28, true);
  if (start + entry.size > entry.limit) refuse('overlaps what follows it.');
  const name = await source.read(entry.headerOffset + LOCAL_BYTES, nameLength);
  if (decodeName(name) !== entry.name) refuse('has another name in its own header.');
  return start;
}

type Refuse = (message: string) => never;
interface Directory {
  readonly offset: number;
  readonly bytes: number;
  readonly count: number;
}

async function findDirectory(source: ByteSource, refuse: Refuse): Promise<Directory> {
  const tailBytes = Math.min(source.size, END_BYTES + MAX_COMMENT_BYTES);
  const tailStart = source.size - tailBytes;
  const tail = viewOf(await source.read(tailStart, tailBytes));
  let at = tailBytes - END_BYTES;
  const isEnd = (): boolean =>
    tail.getUint32(at, true) === SIGNATURE.end && tail.getUint16(at + 20, true) === tailBytes - END_BYTES - at;
  while (at >= 0 && !isEnd()) at--;
  if (at < 0) return refuse('The archive has no directory: the file is truncated or damaged.');
  if (tail.getUint16(at + 4, true) !== 0 && tail.getUint16(at + 4, true) !== 0xffff) {
    return refuse('The archive is one part of several.');
  }
  const directory = {
    count: tail.getUint16(at + 10, true),
    bytes: tail.getUint32(at + 12, true),
    offset: tail.getUint32(at + 16, true),
  };
  if (directory.count !== 0xffff && directory.bytes !== 0xffffffff && directory.offset !== 0xffffffff) return directory;

  const locatorAt = tailStart + at - LOCATOR64_BYTES;
  if (locatorAt < 0) return refuse('The 64-bit directory of the archive is missing.');
  const locator = viewOf(await source.read(locatorAt, LOCATOR64_BYTES));
  if (locator.getUint32(0, true) !== SIGNATURE.locator64)
    return refuse('The 64-bit directory of the archive is missing.');
  const end64At = uint64(locator, 8, refuse);
  if (end64At + END64_BYTES > locatorAt) return refuse('The 64-bit directory of the archive lies outside the file.');
  const end64 = viewOf(await source.read(end64At, END64_BYTES));
  if (end64.getUint32(0, true) !== SIGNATURE.end64) return refuse('The 64-bit directory of the archive is damaged.');
  return { count: uint64(end64, 32, refuse), bytes: uint64(end64, 40, refuse), offset: uint64(end64, 48, refuse) };
}

function parseDirectory(bytes: Uint8Array, count: number, refuse: Refuse): Map<string, Omit<ZipEntry, 'limit'>> {
  const view = viewOf(bytes);
  const entries = new Map<string, Omit<ZipEntry, 'limit'>>();
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + CENTRAL_BYTES > bytes.length || view.getUint32(at, true) !== SIGNATURE.central) {
      refuse(`The directory of the archive is damaged at entry ${index}.`);
    }
    const nameStart = at + CENTRAL_BYTES;
    const extraStart = nameStart + view.getUint16(at + 28, true);
    const commentStart = extraStart + view.getUint16(at + 30, true);
    const next = commentStart + view.getUint16(at + 32, true);
    if (next > bytes.length) refuse(`The directory of the archive is damaged at entry ${index}.`);
    const name = decodeName(bytes.subarray(nameStart, extraStart)) ?? refuse(`The name of entry ${index} is not text.`);
    if (entries.has(name)) refuse(`The entry "${name}" occurs twice.`);
    if ((view.getUint16(at + 8, true) & ENCRYPTED) !== 0) refuse(`The entry "${name}" is encrypted.`);
    const method = view.getUint16(at + 10, true);
    const wide = readZip64(bytes.subarray(extraStart, commentStart), [
      view.getUint32(at + 24, true),
      view.getUint32(at + 20, true),
      view.getUint32(at + 42, true),
    ]);
    const [size, packed, headerOffset] = wide ?? refuse(`The sizes of the entry "${name}" are damaged.`);
    if (method !== 0 || size !== packed) {
      refuse(`The entry "${name}" is compressed (method ${method}); PyTorch writes entries uncompressed.`);
    }
    entries.set(name, { name, size, crc: view.getUint32(at + 16, true), headerOffset });
    at = next;
  }
  if (at !== bytes.length) refuse('The directory of the archive is longer than its entries.');
  return entries;
}

/** Replaces the fields that are full of ones by those of the zip64 extra field; undefined where that does not work. */
function readZip64(extra: Uint8Array, fields: readonly [number, number, number]): [number, number, number] | undefined {
  const values: number[] = [...fields];
  const missing = [0, 1, 2].filter((field) => fields[field] === 0xffffffff);
  if (missing.length === 0) return [fields[0], fields[1], fields[2]];
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== ZIP64_EXTRA) continue;
    if (view.getUint16(at + 2, true) < 8 * missing.length || at + 4 + 8 * missing.length > extra.length)
      return undefined;
    for (const [index, field] of missing.entries()) values[field] = Number(view.getBigUint64(at + 4 + 8 * index, true));
    return values.every(Number.isSafeInteger) ? (values as [number, number, number]) : undefined;
  }
  return undefined;
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function uint64(view: DataView, at: number, refuse: Refuse): number {
  const value = Number(view.getBigUint64(at, true));
  return Number.isSafeInteger(value) ? value : refuse('The 64-bit directory of the archive is damaged.');
}

function decodeName(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
