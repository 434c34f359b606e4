/**
 * EXIF blocks (CIPA DC-008): made upright and freed of their thumbnail without moving a byte, because maker notes hold
 * offsets into the block that nobody else can correct. A block is the TIFF structure alone, without the `Exif\0\0` that
 * JPEG puts before it.
 */
import {
  concat,
  type Directory,
  layOutDirectory,
  type NewEntry,
  readEntries,
  readHeader,
  swapByteOrder,
} from './tiff-directory.ts';

const ORIENTATION = 0x0112;
const THUMBNAIL_OFFSET = 0x0201;
const THUMBNAIL_LENGTH = 0x0202;
const EXIF_POINTER = 0x8769;
const GPS_POINTER = 0x8825;
const MAKER_NOTE = 0x927c;
/** Of the Exif directory: another copy of the pointer to interoperability data, which only describes the old file. */
const INTEROP_POINTER = 0xa005;

const JPEG_PREFIX = [0x45, 0x78, 0x69, 0x66, 0x00, 0x00] as const;

/** The block with orientation 1 and no thumbnail, or undefined when it cannot be understood. */
export function uprightExif(exif: Uint8Array<ArrayBuffer> | undefined): Uint8Array<ArrayBuffer> | undefined {
  if (!exif) return undefined;
  const prefixed = JPEG_PREFIX.every((value, i) => exif[i] === value);
  const block = exif.slice(prefixed ? JPEG_PREFIX.length : 0);
  const header = readHeader(block);
  if (!header) return undefined;
  try {
    const { littleEndian } = header;
    const data = new DataView(block.buffer);
    const first = readEntries(block, header.firstDirectory, littleEndian);
    const orientation = first.entries.find((entry) => entry.tag === ORIENTATION);
    if (orientation?.type === 3) data.setUint16(orientation.valueOffset, 1, littleEndian);
    eraseThumbnail(block, first, littleEndian);
    return block;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Overwrites the thumbnail and its directory with zeros and unlinks them: it would still show the old face. */
function eraseThumbnail(block: Uint8Array<ArrayBuffer>, first: Directory, littleEndian: boolean): void {
  if (first.next === 0) return;
  const second = readEntries(block, first.next, littleEndian);
  const data = new DataView(block.buffer);
  const number = (tag: number) => {
    const entry = second.entries.find((e) => e.tag === tag);
    return entry?.type === 4 ? data.getUint32(entry.valueOffset, littleEndian) : 0;
  };
  const offset = number(THUMBNAIL_OFFSET);
  const length = number(THUMBNAIL_LENGTH);
  // A damaged offset must not wipe the header.
  if (offset >= 8) block.fill(0, offset, offset + length);
  for (const entry of second.entries) entry.value.fill(0);
  block.fill(0, first.next, second.nextAt + 4);
  data.setUint32(first.nextAt, 0, littleEndian);
}

/**
 * The entries of an EXIF block that a TIFF file carries in its own directory, in little-endian order: the camera and
 * author fields, the Exif directory and the GPS directory. Maker notes cannot move and stay behind.
 */
export function exifForTiff(exif: Uint8Array): NewEntry[] {
  const header = readHeader(exif);
  if (!header) return [];
  try {
    const { littleEndian } = header;
    const first = readEntries(exif, header.firstDirectory, littleEndian).entries;
    const carry = (entry: (typeof first)[number]): NewEntry => ({
      tag: entry.tag,
      type: entry.type,
      count: entry.count,
      value: littleEndian ? entry.value : swapByteOrder(entry),
    });
    const nested = (pointer: number, dropped: readonly number[]): NewEntry[] => {
      const entry = first.find((e) => e.tag === pointer);
      if (entry?.type !== 4) return [];
      const offset = new DataView(exif.buffer, exif.byteOffset).getUint32(entry.valueOffset, littleEndian);
      const entries = readEntries(exif, offset, littleEndian).entries.filter((e) => !dropped.includes(e.tag));
      return entries.length === 0 ? [] : [{ tag: pointer, type: 4, count: 1, value: entries.map(carry) }];
    };
    return [
      ...first.filter((entry) => TIFF_TEXT_TAGS.has(entry.tag)).map(carry),
      ...nested(EXIF_POINTER, [MAKER_NOTE, INTEROP_POINTER]),
      ...nested(GPS_POINTER, []),
    ];
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

/** ImageDescription, Make, Model, DateTime, Artist, Copyright: the fields of IFD0 that say nothing about the pixels. */
const TIFF_TEXT_TAGS = new Set([0x010e, 0x010f, 0x0110, 0x0132, 0x013b, 0x8298]);

/** An EXIF block built from the EXIF entries of a TIFF file's own directory, or undefined where it has none. */
export function exifFromTiff(tiff: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const header = readHeader(tiff);
  if (!header) return undefined;
  const entries = exifForTiff(tiff);
  if (entries.length === 0) return undefined;
  const head = new Uint8Array([0x49, 0x49, 0x2a, 0x00, 0x08, 0x00, 0x00, 0x00]);
  return concat([head, layOutDirectory(entries, 8, true)]);
}
