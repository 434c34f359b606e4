/**
 * Metadata into encoded files, byte for byte: the encoder writes pixels only, and profile, EXIF, XMP and density are
 * put where each format wants them. (The encoder's own way would convert the pixels to another profile, or write the
 * EXIF anew without its maker notes.)
 */
import { crc32, deflateSync } from 'node:zlib';
import { exifForTiff } from './exif.ts';
import { concat, layOutDirectory, type NewEntry, readEntries, readHeader } from './tiff-directory.ts';

export interface FileMetadata {
  readonly icc?: Uint8Array | undefined;
  /** EXIF block without prefix. */
  readonly exif?: Uint8Array | undefined;
  /** An XMP packet, UTF-8. */
  readonly xmp?: Uint8Array | undefined;
  /** Pixels an inch. */
  readonly density?: number | undefined;
}

const encoder = new TextEncoder();
const ascii = (text: string): Uint8Array => encoder.encode(text);
const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const METRES_PER_INCH = 0.0254;

// ---- PNG ---------------------------------------------------------------------------------------------------------

/** One PNG chunk with its length and checksum (PNG 3rd edition 5.3). */
export function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(12 + data.length);
  const view = viewOf(chunk);
  view.setUint32(0, data.length);
  chunk.set(ascii(type), 4);
  chunk.set(data, 8);
  view.setUint32(8 + data.length, crc32(chunk.subarray(4, 8 + data.length)));
  return chunk;
}

const REPLACED_PNG_CHUNKS = new Set(['iCCP', 'sRGB', 'gAMA', 'cHRM', 'pHYs', 'eXIf', 'iTXt', 'tEXt', 'zTXt', 'tIME']);

function intoPng(png: Uint8Array, meta: FileMetadata): Uint8Array<ArrayBuffer> {
  const view = viewOf(png);
  const parts: Uint8Array[] = [png.subarray(0, 8)];
  for (let at = 8; at < png.length; ) {
    const length = view.getUint32(at) + 12;
    const chunk = png.subarray(at, at + length);
    const type = String.fromCharCode(...chunk.subarray(4, 8));
    if (!REPLACED_PNG_CHUNKS.has(type)) parts.push(chunk);
    if (type === 'IHDR') parts.push(...pngMetadata(meta));
    at += length;
  }
  return concat(parts);
}

function pngMetadata({ icc, exif, xmp, density }: FileMetadata): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  if (icc) chunks.push(pngChunk('iCCP', concat([ascii('ICC profile\0\0'), deflateSync(icc)])));
  if (density) {
    const data = new Uint8Array(9);
    viewOf(data).setUint32(0, Math.round(density / METRES_PER_INCH));
    viewOf(data).setUint32(4, Math.round(density / METRES_PER_INCH));
    data[8] = 1;
    chunks.push(pngChunk('pHYs', data));
  }
  if (exif) chunks.push(pngChunk('eXIf', exif));
  if (xmp) chunks.push(pngChunk('iTXt', concat([ascii('XML:com.adobe.xmp\0\0\0\0\0'), xmp])));
  return chunks;
}

// ---- JPEG --------------------------------------------------------------------------------------------------------

/** Bytes that one marker segment can carry (T.81 B.1.1.4). */
const JPEG_SEGMENT = 65533;
const EXIF_PREFIX = ascii('Exif\0\0');
const XMP_PREFIX = ascii('http://ns.adobe.com/xap/1.0/\0');
const ICC_PREFIX = ascii('ICC_PROFILE\0');

/** The longest EXIF block and XMP packet that a JPEG holds in one segment. */
export const JPEG_METADATA_LIMITS = {
  exif: JPEG_SEGMENT - EXIF_PREFIX.length,
  xmp: JPEG_SEGMENT - XMP_PREFIX.length,
} as const;

function segment(marker: number, ...parts: Uint8Array[]): Uint8Array {
  const body = concat(parts);
  const head = new Uint8Array([0xff, marker, 0, 0]);
  viewOf(head).setUint16(2, body.length + 2);
  return concat([head, body]);
}

function intoJpeg(jpeg: Uint8Array, { icc, exif, xmp, density }: FileMetadata): Uint8Array<ArrayBuffer> {
  const dpi = Math.min(65535, Math.max(1, Math.round(density ?? 72)));
  // JFIF 1.02: version, unit (1 = per inch), densities, no thumbnail.
  const jfif = segment(
    0xe0,
    ascii('JFIF\0'),
    new Uint8Array([1, 2, 1, dpi >> 8, dpi & 255, dpi >> 8, dpi & 255, 0, 0]),
  );
  const segments = [jfif];
  if (exif) segments.push(segment(0xe1, EXIF_PREFIX, exif));
  if (xmp) segments.push(segment(0xe1, XMP_PREFIX, xmp));
  if (icc) {
    // ICC.1 annex B.4: numbered pieces, counted from 1.
    const room = JPEG_SEGMENT - ICC_PREFIX.length - 2;
    const pieces = Math.ceil(icc.length / room);
    for (let i = 0; i < pieces; i++) {
      const piece = icc.subarray(i * room, (i + 1) * room);
      segments.push(segment(0xe2, ICC_PREFIX, new Uint8Array([i + 1, pieces]), piece));
    }
  }
  let at = 2;
  while (jpeg[at] === 0xff && (jpeg[at + 1] as number) >= 0xe0 && (jpeg[at + 1] as number) <= 0xef) {
    // The Adobe segment (APP14) tells the decoder the colour transform: it must stay.
    if (jpeg[at + 1] === 0xee) break;
    at += 2 + viewOf(jpeg).getUint16(at + 2);
  }
  return concat([jpeg.subarray(0, 2), ...segments, jpeg.subarray(at)]);
}

// ---- WebP --------------------------------------------------------------------------------------------------------

const VP8X_FLAGS = { icc: 0x20, alpha: 0x10, exif: 0x08, xmp: 0x04 } as const;

function riffChunk(type: string, data: Uint8Array): Uint8Array {
  const head = new Uint8Array(8);
  head.set(ascii(type));
  viewOf(head).setUint32(4, data.length, true);
  return concat([head, data, new Uint8Array(data.length % 2)]);
}

function intoWebp(
  webp: Uint8Array,
  { icc, exif, xmp }: FileMetadata,
  picture: { width: number; height: number; hasAlpha: boolean },
): Uint8Array<ArrayBuffer> {
  const view = viewOf(webp);
  const image: Uint8Array[] = [];
  for (let at = 12; at + 8 <= webp.length; ) {
    const type = String.fromCharCode(...webp.subarray(at, at + 4));
    const length = 8 + view.getUint32(at + 4, true);
    if (['VP8 ', 'VP8L', 'ALPH'].includes(type)) image.push(webp.subarray(at, at + length + (length % 2)));
    at += length + (length % 2);
  }
  const head = new Uint8Array(10);
  head[0] =
    (icc ? VP8X_FLAGS.icc : 0) |
    (picture.hasAlpha ? VP8X_FLAGS.alpha : 0) |
    (exif ? VP8X_FLAGS.exif : 0) |
    (xmp ? VP8X_FLAGS.xmp : 0);
  viewOf(head).setUint32(4, picture.width - 1, true);
  viewOf(head).setUint16(7, (picture.height - 1) & 0xffff, true);
  head[9] = (picture.height - 1) >> 16;
  const body = concat([
    ascii('WEBP'),
    riffChunk('VP8X', head),
    ...(icc ? [riffChunk('ICCP', icc)] : []),
    ...image,
    ...(exif ? [riffChunk('EXIF', exif)] : []),
    ...(xmp ? [riffChunk('XMP ', xmp)] : []),
  ]);
  return riffChunk('RIFF', body) as Uint8Array<ArrayBuffer>;
}

// ---- TIFF --------------------------------------------------------------------------------------------------------

const TIFF_TAGS = { xmp: 700, icc: 34675 } as const;

/** Puts a new first directory behind the file: the old entries that stay, and the metadata. */
function intoTiff(tiff: Uint8Array, { icc, exif, xmp }: FileMetadata): Uint8Array<ArrayBuffer> {
  const header = readHeader(tiff);
  if (!header?.littleEndian) throw new TypeError('the TIFF encoder wrote an unexpected header');
  const carried = exif ? exifForTiff(exif) : [];
  const added: NewEntry[] = [
    ...carried,
    ...(xmp ? [{ tag: TIFF_TAGS.xmp, type: 1, count: xmp.length, value: xmp }] : []),
    ...(icc ? [{ tag: TIFF_TAGS.icc, type: 7, count: icc.length, value: icc }] : []),
  ];
  const replaced = new Set<number>([...added.map((entry) => entry.tag), TIFF_TAGS.xmp, TIFF_TAGS.icc]);
  const kept = readEntries(tiff, header.firstDirectory, true).entries.filter((entry) => !replaced.has(entry.tag));
  const at = tiff.length + (tiff.length % 2);
  const out = concat([tiff, new Uint8Array(tiff.length % 2), layOutDirectory([...kept, ...added], at, true)]);
  viewOf(out).setUint32(4, at, true);
  return out;
}

// ------------------------------------------------------------------------------------------------------------------

/** An encoded picture with its metadata in place; the pixels' own bytes stay as they are. */
export function attachMetadata(
  format: 'png' | 'jpeg' | 'webp' | 'tiff',
  encoded: Uint8Array,
  metadata: FileMetadata,
  picture: { width: number; height: number; hasAlpha: boolean },
): Uint8Array<ArrayBuffer> {
  switch (format) {
    case 'png':
      return intoPng(encoded, metadata);
    case 'jpeg':
      return intoJpeg(encoded, metadata);
    case 'webp':
      return intoWebp(encoded, metadata, picture);
    case 'tiff':
      return intoTiff(encoded, metadata);
  }
}
