/**
 * Picture files to pixels. A decoded picture stays in its own colour space and bit depth and lies upright; whatever
 * cannot be kept that way (CMYK, floats, further frames) is converted and said in a notice.
 */
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { Metadata, OutputInfo, SharpOptions } from 'sharp';
import { InputError, throwIfCancelled } from '#engine/errors.ts';
import { sharp } from './codec.ts';
import { exifFromTiff, uprightExif } from './exif.ts';
import { profileSpace } from './icc-tags.ts';
import { checkDimensions, checkFileBytes, PICTURE_LIMITS } from './limits.ts';
import type { DecodedPicture } from './picture.ts';
import { type FileClass, headerSize, identify, type PictureFormat } from './probe.ts';

const CHOOSE = 'Choose a JPEG, PNG, WebP, TIFF, AVIF or GIF picture.';

/** A decoder that has not finished by then is stopped. */
const DECODE_SECONDS = 120;

/**
 * Reads a picture file.
 * @param source a path, or the bytes of a file that has none (then `name` names it in errors)
 * @param name as the user knows the file; the path's last part by default
 * @throws InputError when the file is missing, empty, too large, damaged or of a kind that the studio does not open;
 *   CancelledError
 */
export async function decodePicture(
  source: string | Uint8Array,
  name?: string,
  signal?: AbortSignal,
): Promise<DecodedPicture> {
  const file = name ?? (typeof source === 'string' ? path.basename(source) : 'picture');
  throwIfCancelled(signal);
  const bytes = typeof source === 'string' ? await readPictureFile(source, file) : source;
  checkFileBytes(bytes.length, file);
  const format = requirePicture(bytes, file);
  const headed = headerSize(format, bytes);
  if (headed) checkDimensions(headed, file);
  throwIfCancelled(signal);
  const meta = await readMetadata(bytes, format, file);
  const picture = await decodeSamples(bytes, meta, format, file);
  throwIfCancelled(signal);
  return picture;
}

const REFUSALS: Readonly<Record<Exclude<FileClass, 'picture'>, (title: string) => [message: string, action: string]>> =
  {
    'other-picture': (title) => [`${title} pictures cannot be opened.`, 'Save it as JPEG or PNG and choose that file.'],
    video: (title) => [`This is a video (${title}), not a picture.`, 'Choose a picture.'],
    audio: (title) => [`This is a sound file (${title}), not a picture.`, 'Choose a picture.'],
    other: (title) => [`This is a ${title} file, not a picture.`, CHOOSE],
  };

/** @throws InputError that names what the file is instead */
function requirePicture(bytes: Uint8Array, file: string): PictureFormat {
  const kind = identify(bytes);
  if (kind?.format) return kind.format;
  const [message, action] =
    kind && kind.class !== 'picture'
      ? REFUSALS[kind.class](kind.title)
      : ['This is not a picture, whatever its name ends in.', CHOOSE];
  throw new InputError(message, { file, action });
}

/** The whole file as bytes: one read, so that what was checked is what gets decoded. */
async function readPictureFile(source: string, file: string): Promise<Uint8Array> {
  try {
    await using handle = await open(source, 'r');
    const info = await handle.stat();
    if (info.isDirectory()) throw new InputError('This is a folder, not a picture.', { file, action: CHOOSE });
    if (!info.isFile()) throw new InputError('This is a device, not a picture.', { file, action: CHOOSE });
    checkFileBytes(info.size, file);
    return await handle.readFile();
  } catch (error) {
    throw toReadError(error, file);
  }
}

/** The system's refusal to read as an `InputError`. */
export function toReadError(error: unknown, file: string): Error {
  if (error instanceof InputError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const [message, action] = READ_REASONS[code] ?? [`The file cannot be read (${code}).`, 'Choose another file.'];
  return new InputError(message, { file, action, cause: error });
}

const READ_REASONS: Readonly<Record<string, readonly [message: string, action: string]>> = {
  ENOENT: ['There is no such file.', 'Check the name and the folder.'],
  ENOTDIR: ['There is no such file.', 'Check the name and the folder.'],
  EACCES: ['Reading this file is not permitted.', 'Change its permissions or choose another file.'],
  EPERM: ['Reading this file is not permitted.', 'Change its permissions or choose another file.'],
  EISDIR: ['This is a folder, not a picture.', CHOOSE],
  ENAMETOOLONG: ['The file name is too long.', 'Give it a shorter name.'],
};

const options = (extra: SharpOptions): SharpOptions => ({
  // Warnings of a decoder (an odd marker, bytes after the end) are no reason to refuse a photo; missing pixels are.
  failOn: 'error',
  limitInputPixels: PICTURE_LIMITS.pixels,
  pages: 1,
  ...extra,
});

async function readMetadata(bytes: Uint8Array, format: PictureFormat, file: string): Promise<Metadata> {
  try {
    const meta = await sharp(bytes, options({})).metadata();
    checkDimensions(
      {
        width: meta.width,
        height: meta.height,
        channels: meta.channels,
        sampleBytes: meta.depth === 'uchar' || meta.depth === 'char' ? 1 : 2,
      },
      file,
    );
    return meta;
  } catch (error) {
    throw toDecodeError(error, format, file);
  }
}

interface ColourPlan {
  /** sharp's name of the space in which the samples leave the decoder. */
  readonly space: string;
  readonly bitDepth: 8 | 16;
  readonly grey: boolean;
  /** Whether the file's own profile is applied here, and so used up. */
  readonly convert: boolean;
  readonly notice?: string;
}

/** How each colour space of libvips is taken; spaces that are not listed become sRGB. */
function planColours(meta: Metadata): ColourPlan {
  const sixteen = meta.depth !== 'uchar' && meta.depth !== 'char';
  switch (meta.space) {
    case 'srgb':
      return { space: 'srgb', bitDepth: 8, grey: false, convert: false };
    case 'rgb16':
      return { space: 'rgb16', bitDepth: 16, grey: false, convert: false };
    // Grey is decoded as RGB and folded again: the direct way drops a grey picture's alpha.
    case 'b-w':
      return { space: 'srgb', bitDepth: 8, grey: true, convert: false };
    case 'grey16':
      return { space: 'rgb16', bitDepth: 16, grey: true, convert: false };
    case 'cmyk':
      return {
        space: 'srgb',
        bitDepth: 8,
        grey: false,
        convert: true,
        notice: 'Its CMYK colours were converted to sRGB.',
      };
    default:
      return {
        space: sixteen ? 'rgb16' : 'srgb',
        bitDepth: sixteen ? 16 : 8,
        grey: false,
        convert: true,
        notice: `Its colours (${meta.space}) were converted to sRGB.`,
      };
  }
}

async function decodeSamples(
  bytes: Uint8Array,
  meta: Metadata,
  format: PictureFormat,
  file: string,
): Promise<DecodedPicture> {
  const plan = planColours(meta);
  const notices = plan.notice ? [plan.notice] : [];
  const frames = meta.pages ?? 1;
  if (frames > 1)
    notices.push(`The file holds ${frames} ${format === 'tiff' ? 'pages' : 'frames'}; the first one was opened.`);

  let data: Uint8Array;
  let info: OutputInfo;
  try {
    ({ data, info } = await sharp(bytes, options({ ignoreIcc: !plan.convert }))
      .autoOrient()
      .toColourspace(plan.space)
      .timeout({ seconds: DECODE_SECONDS })
      .raw({ depth: plan.bitDepth === 16 ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true }));
  } catch (error) {
    throw toDecodeError(error, format, file);
  }

  const raw =
    plan.bitDepth === 16
      ? new Uint16Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength / 2)
      : new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  const { samples, channels } = plan.grey ? foldGrey(raw, info.channels) : { samples: raw, channels: info.channels };
  if (channels < 1 || channels > 4) {
    throw new InputError(`The picture has ${channels} colour channels.`, {
      file,
      action: 'Save it as RGB and try again.',
    });
  }

  const icc = plan.convert ? undefined : copyOf(meta.icc);
  const space = icc && profileSpace(icc);
  const fits = space === (channels < 3 ? 'GRAY' : 'RGB ');
  if (icc && !fits) notices.push('Its colour profile does not fit its pixels and was left out.');
  return {
    width: info.width,
    height: info.height,
    channels: channels as DecodedPicture['channels'],
    bitDepth: plan.bitDepth,
    pixels: samples,
    icc: fits ? icc : undefined,
    exif: format === 'tiff' ? exifFromTiff(bytes) : uprightExif(copyOf(meta.exif)),
    xmp: copyOf(meta.xmp),
    // 72 is what the decoders answer for files that say nothing.
    density: meta.density === 72 ? undefined : meta.density,
    format,
    notices,
  };
}

/** Grey samples (with alpha where there is one) from RGB(A) samples whose three colours are equal. */
function foldGrey<A extends Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>>(
  rgb: A,
  channels: number,
): { samples: A; channels: number } {
  if (channels < 3) return { samples: rgb, channels };
  const kept = channels === 4 ? 2 : 1;
  const pixels = rgb.length / channels;
  const samples = new (rgb.constructor as new (length: number) => A)(pixels * kept);
  for (let i = 0; i < pixels; i++) {
    samples[i * kept] = rgb[i * channels] as number;
    if (kept === 2) samples[i * 2 + 1] = rgb[i * channels + 3] as number;
  }
  return { samples, channels: kept };
}

const copyOf = (buffer: Buffer | undefined): Uint8Array<ArrayBuffer> | undefined => buffer && new Uint8Array(buffer);

/** What a decoder's complaint means, most specific first. */
const DECODER_MESSAGES: readonly { readonly match: RegExp; readonly say: string; readonly action: string }[] = [
  {
    match:
      /premature end|truncated|unexpected end|end of (file|data|stream)|eof|not enough|read error|short read|insufficient/i,
    say: 'The file ends early: a part of the picture is missing',
    action: 'Copy or download it again.',
  },
  { match: /pixel limit|exceeds/i, say: 'The picture has too many pixels', action: 'Scale it down and try again.' },
  { match: /timeout/i, say: 'Decoding takes too long', action: 'Save it again with another program.' },
  {
    match: /not been built in|unsupported/i,
    say: 'The file uses a variant of its format that cannot be opened',
    action: 'Save it as PNG or JPEG and try again.',
  },
];

function toDecodeError(error: unknown, format: PictureFormat, file: string): Error {
  if (error instanceof InputError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  const row = DECODER_MESSAGES.find(({ match }) => match.test(detail));
  const say = row?.say ?? 'The picture is damaged and cannot be decoded';
  return new InputError(`${say} (${format.toUpperCase()}).`, {
    file,
    action: row?.action ?? 'Choose another file or save it again.',
    cause: error,
  });
}
