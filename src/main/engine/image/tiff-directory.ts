/**
 * Image file directories of TIFF 6.0, which EXIF uses too: reading and writing plain entries. Values are kept as bytes
 * in the byte order of the file.
 */

/** Bytes of one value of each TIFF field type (TIFF 6.0 section 2; index is the type). */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4] as const;

export interface DirectoryEntry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly value: Uint8Array;
  /** Where the value lies in the bytes that were read. */
  readonly valueOffset: number;
}

export interface Directory {
  readonly entries: readonly DirectoryEntry[];
  /** Where the offset of the following directory is written. */
  readonly nextAt: number;
  /** Offset of the following directory; 0 for none. */
  readonly next: number;
}

export interface TiffHeader {
  readonly littleEndian: boolean;
  readonly firstDirectory: number;
}

/** The header of a classic TIFF or EXIF block; undefined for anything else (BigTIFF too). */
export function readHeader(bytes: Uint8Array): TiffHeader | undefined {
  if (bytes.length < 8) return undefined;
  const littleEndian = bytes[0] === 0x49 && bytes[1] === 0x49;
  if (!littleEndian && !(bytes[0] === 0x4d && bytes[1] === 0x4d)) return undefined;
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (data.getUint16(2, littleEndian) !== 42) return undefined;
  return { littleEndian, firstDirectory: data.getUint32(4, littleEndian) };
}

/**
 * The entries of the directory at `offset`. Entries of unknown types or with values outside the bytes are left out.
 * @throws RangeError when the directory itself lies outside the bytes
 */
export function readEntries(bytes: Uint8Array, offset: number, littleEndian: boolean): Directory {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = data.getUint16(offset, littleEndian);
  const entries: DirectoryEntry[] = [];
  for (let i = 0; i < count; i++) {
    const at = offset + 2 + i * 12;
    const type = data.getUint16(at + 2, littleEndian);
    const values = data.getUint32(at + 4, littleEndian);
    const length = (TYPE_BYTES[type] ?? 0) * values;
    const valueOffset = length <= 4 ? at + 8 : data.getUint32(at + 8, littleEndian);
    if (length === 0 || valueOffset + length > bytes.length) continue;
    entries.push({
      tag: data.getUint16(at, littleEndian),
      type,
      count: values,
      value: bytes.subarray(valueOffset, valueOffset + length),
      valueOffset,
    });
  }
  const nextAt = offset + 2 + count * 12;
  return { entries, nextAt, next: nextAt + 4 <= bytes.length ? data.getUint32(nextAt, littleEndian) : 0 };
}

/** A value turned from one byte order to the other. */
export function swapByteOrder(entry: Pick<DirectoryEntry, 'type' | 'value'>): Uint8Array {
  // Rationals are pairs of 32-bit numbers; undefined and text have no order.
  const unit = entry.type === 5 || entry.type === 10 ? 4 : (TYPE_BYTES[entry.type] ?? 1);
  const out = entry.value.slice();
  for (let at = 0; at + unit <= out.length; at += unit) out.subarray(at, at + unit).reverse();
  return out;
}

export interface NewEntry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  /** In the byte order of the file, or a directory of its own whose offset becomes the value. */
  readonly value: Uint8Array | readonly NewEntry[];
}

/**
 * A directory with its values and sub-directories as one block that will lie at `offset` of the file.
 * @param offset even
 */
export function layOutDirectory(entries: readonly NewEntry[], offset: number, littleEndian: boolean): Uint8Array {
  const sorted = [...entries].sort((a, b) => a.tag - b.tag);
  const head = new Uint8Array(2 + sorted.length * 12 + 4);
  const data = new DataView(head.buffer);
  const tail: Uint8Array[] = [];
  let end = offset + head.length;
  data.setUint16(0, sorted.length, littleEndian);
  sorted.forEach((entry, i) => {
    const at = 2 + i * 12;
    data.setUint16(at, entry.tag, littleEndian);
    data.setUint16(at + 2, entry.type, littleEndian);
    data.setUint32(at + 4, entry.count, littleEndian);
    const nested = !(entry.value instanceof Uint8Array);
    const block = nested
      ? layOutDirectory(entry.value as readonly NewEntry[], end, littleEndian)
      : (entry.value as Uint8Array);
    if (!nested && block.length <= 4) {
      head.set(block, at + 8);
      return;
    }
    data.setUint32(at + 8, end, littleEndian);
    const padded = new Uint8Array(block.length + (block.length % 2));
    padded.set(block);
    tail.push(padded);
    end += padded.length;
  });
  return concat([head, ...tail]);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
