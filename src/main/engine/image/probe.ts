/**
 * What a file is, by its first bytes alone: the name's ending never counts. Sizes are read from the header so that a
 * picture over the limits is refused before a decoder sees it.
 */
import { readEntries, readHeader } from './tiff-directory.ts';

export type PictureFormat = 'jpeg' | 'png' | 'webp' | 'tiff' | 'avif' | 'gif';

/** `picture` can be opened; `other-picture`, `video`, `audio` and `other` are recognised so that the refusal can name them. */
export type FileClass = 'picture' | 'other-picture' | 'video' | 'audio' | 'other';

export interface FileKind {
  readonly class: FileClass;
  /** Set for `picture` only. */
  readonly format?: PictureFormat;
  /** As users know it: "JPEG", "HEIC", "MP4". */
  readonly title: string;
}

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

interface Signature extends FileKind {
  readonly matches: (bytes: Uint8Array) => boolean;
}

const ascii = (bytes: Uint8Array, offset: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(offset, offset + length));
const starts =
  (...prefix: number[]) =>
  (bytes: Uint8Array) =>
    prefix.every((value, i) => bytes[i] === value);
const text =
  (value: string, offset = 0) =>
  (bytes: Uint8Array) =>
    ascii(bytes, offset, value.length) === value;
const riff = (form: string) => (bytes: Uint8Array) => text('RIFF')(bytes) && text(form, 8)(bytes);

/** Major and compatible brands of an ISO base media file (ISO/IEC 14496-12, section 4.3). */
function brands(bytes: Uint8Array): string[] {
  if (!text('ftyp', 4)(bytes)) return [];
  const end = Math.min(view(bytes).getUint32(0), bytes.length, 256);
  const found = [ascii(bytes, 8, 4)];
  for (let at = 16; at + 4 <= end; at += 4) found.push(ascii(bytes, at, 4));
  return found;
}
const brand =
  (...wanted: string[]) =>
  (bytes: Uint8Array) =>
    wanted.includes(brands(bytes)[0] ?? '');
const anyBrand =
  (...wanted: string[]) =>
  (bytes: Uint8Array) =>
    brands(bytes).some((b) => wanted.includes(b));

/** First match wins. */
const SIGNATURES: readonly Signature[] = [
  { class: 'picture', format: 'jpeg', title: 'JPEG', matches: starts(0xff, 0xd8, 0xff) },
  { class: 'picture', format: 'png', title: 'PNG', matches: starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a) },
  { class: 'picture', format: 'gif', title: 'GIF', matches: (b) => text('GIF87a')(b) || text('GIF89a')(b) },
  { class: 'picture', format: 'webp', title: 'WebP', matches: riff('WEBP') },
  { class: 'picture', format: 'avif', title: 'AVIF', matches: anyBrand('avif', 'avis') },
  { class: 'other-picture', title: 'HEIC', matches: anyBrand('heic', 'heix', 'heim', 'heis', 'hevc', 'hevx') },
  { class: 'other-picture', title: 'HEIF', matches: brand('mif1', 'msf1') },
  { class: 'other-picture', title: 'Canon raw (CR3)', matches: brand('crx ') },
  { class: 'video', title: 'QuickTime', matches: brand('qt  ') },
  { class: 'audio', title: 'MPEG-4 audio', matches: brand('M4A ', 'M4B ') },
  { class: 'video', title: 'MP4', matches: text('ftyp', 4) },
  {
    class: 'video',
    title: 'QuickTime',
    matches: (b) => text('moov', 4)(b) || text('mdat', 4)(b) || text('wide', 4)(b),
  },
  { class: 'video', title: 'Matroska or WebM', matches: starts(0x1a, 0x45, 0xdf, 0xa3) },
  { class: 'video', title: 'AVI', matches: riff('AVI ') },
  { class: 'video', title: 'MPEG', matches: starts(0x00, 0x00, 0x01, 0xba) },
  {
    class: 'video',
    title: 'MPEG transport stream',
    matches: (b) => b[0] === 0x47 && b[188] === 0x47 && b[376] === 0x47,
  },
  { class: 'video', title: 'Flash video', matches: text('FLV') },
  { class: 'video', title: 'Windows Media', matches: starts(0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11) },
  { class: 'audio', title: 'WAV', matches: riff('WAVE') },
  { class: 'audio', title: 'MP3', matches: text('ID3') },
  { class: 'audio', title: 'FLAC', matches: text('fLaC') },
  {
    class: 'other-picture',
    title: 'Canon raw (CR2)',
    matches: (b) => starts(0x49, 0x49, 0x2a, 0)(b) && text('CR', 8)(b),
  },
  { class: 'picture', format: 'tiff', title: 'TIFF', matches: (b) => TIFF_MAGICS.some((magic) => starts(...magic)(b)) },
  { class: 'other-picture', title: 'JPEG XL', matches: (b) => starts(0xff, 0x0a)(b) || text('JXL ', 4)(b) },
  {
    class: 'other-picture',
    title: 'JPEG 2000',
    matches: (b) => text('jP  ', 4)(b) || starts(0xff, 0x4f, 0xff, 0x51)(b),
  },
  {
    class: 'other-picture',
    title: 'BMP',
    matches: (b) => text('BM')(b) && view(b).byteLength > 26 && (b[14] ?? 0) >= 12,
  },
  { class: 'other-picture', title: 'Photoshop (PSD)', matches: text('8BPS') },
  { class: 'other-picture', title: 'OpenEXR', matches: starts(0x76, 0x2f, 0x31, 0x01) },
  { class: 'other-picture', title: 'Radiance HDR', matches: text('#?RADIANCE') },
  { class: 'other-picture', title: 'icon', matches: starts(0, 0, 1, 0) },
  { class: 'other-picture', title: 'SVG', matches: (b) => /<svg[\s>]/i.test(ascii(b, 0, Math.min(b.length, 1024))) },
  { class: 'other', title: 'PDF', matches: text('%PDF') },
  { class: 'other', title: 'ZIP', matches: starts(0x50, 0x4b, 0x03, 0x04) },
];

const TIFF_MAGICS = [
  [0x49, 0x49, 0x2a, 0x00],
  [0x4d, 0x4d, 0x00, 0x2a],
  [0x49, 0x49, 0x2b, 0x00],
  [0x4d, 0x4d, 0x00, 0x2b],
];

/** Bytes of a file's start that `identify` needs. */
export const IDENTIFY_BYTES = 1024;

/** The kind of a file from its first bytes (1 KB is enough), or undefined for one that no signature knows. */
export function identify(bytes: Uint8Array): FileKind | undefined {
  const row = SIGNATURES.find((signature) => signature.matches(bytes));
  if (!row) return undefined;
  return row.format
    ? { class: row.class, format: row.format, title: row.title }
    : { class: row.class, title: row.title };
}

/**
 * Width and height as the file's header gives them, before orientation; undefined where the header does not lie in
 * `bytes` or makes no sense. Follows PNG 3rd edition 11.2.1, ITU-T T.81 B.2.2, the WebP container specification, GIF89a
 * section 18, TIFF 6.0 and ISO/IEC 23008-12 6.5.3.
 */
export function headerSize(format: PictureFormat, bytes: Uint8Array): PictureSize | undefined {
  try {
    return SIZE_READERS[format](bytes);
  } catch (error) {
    // Reading past the end: the header is not whole.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const SIZE_READERS: Readonly<Record<PictureFormat, (bytes: Uint8Array) => PictureSize | undefined>> = {
  png: (b) => ({ width: view(b).getUint32(16), height: view(b).getUint32(20) }),
  gif: (b) => ({ width: view(b).getUint16(6, true), height: view(b).getUint16(8, true) }),
  jpeg: jpegSize,
  webp: webpSize,
  tiff: tiffSize,
  avif: avifSize,
};

function jpegSize(bytes: Uint8Array): PictureSize | undefined {
  const data = view(bytes);
  let at = 2;
  for (;;) {
    if (data.getUint8(at) !== 0xff) return undefined;
    const marker = data.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const startOfFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (startOfFrame) return { height: data.getUint16(at + 5), width: data.getUint16(at + 7) };
    if (marker === 0xda || marker === 0xd9) return undefined;
    at += 2 + data.getUint16(at + 2);
  }
}

function webpSize(bytes: Uint8Array): PictureSize | undefined {
  const data = view(bytes);
  const uint24 = (at: number) => data.getUint16(at, true) | (data.getUint8(at + 2) << 16);
  switch (ascii(bytes, 12, 4)) {
    case 'VP8X':
      return { width: uint24(24) + 1, height: uint24(27) + 1 };
    case 'VP8L': {
      const packed = data.getUint32(21, true);
      return { width: (packed & 0x3fff) + 1, height: ((packed >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8 ':
      return { width: data.getUint16(26, true) & 0x3fff, height: data.getUint16(28, true) & 0x3fff };
    default:
      return undefined;
  }
}

function tiffSize(bytes: Uint8Array): PictureSize | undefined {
  const header = readHeader(bytes);
  // BigTIFF: left to the decoder's own header pass, which is limited in the same way.
  if (!header) return undefined;
  const entries = readEntries(bytes, header.firstDirectory, header.littleEndian).entries;
  const value = (tag: number) => {
    const entry = entries.find((e) => e.tag === tag);
    if (!entry) return undefined;
    const data = view(entry.value);
    return entry.type === 3 ? data.getUint16(0, header.littleEndian) : data.getUint32(0, header.littleEndian);
  };
  const width = value(256);
  const height = value(257);
  return width === undefined || height === undefined ? undefined : { width, height };
}

/** The largest `ispe` property: the picture itself, or its grid. Thumbnails and tiles are smaller. */
function avifSize(bytes: Uint8Array): PictureSize | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 1 << 16));
  let best: PictureSize | undefined;
  for (let at = head.indexOf('ispe'); at >= 0 && at + 16 <= head.length; at = head.indexOf('ispe', at + 4)) {
    const size = { width: head.readUInt32BE(at + 8), height: head.readUInt32BE(at + 12) };
    if (!best || size.width * size.height > best.width * best.height) best = size;
  }
  return best;
}
