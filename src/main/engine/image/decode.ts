/**
 * Picture files to pixels. A decoded picture stays in its own colour space and bit depth and lies upright; whatever
 * cannot be kept that way (CMYK, floats, further frames) is converted and said in a notice.
 */
import path from 'node:path';
import type { Metadata, SharpOptions } from 'sharp';
import { InputError, throwIfCancelled } from '#engine/errors.ts';
import { sharp } from './codec.ts';
import { refuseKind, toDecodeError } from './decode-errors.ts';
import { exifFromTiff, uprightExif } from './exif.ts';
import { profileSpace } from './icc-tags.ts';
import { checkDimensions, checkFileBytes, checkMemory, PICTURE_LIMITS } from './limits.ts';
import type { DecodedPicture } from './picture.ts';
import { headerSize, identify, type PictureFormat } from './probe.ts';
import { readPictureFile } from './read-file.ts';

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

/** @throws InputError that names what the file is instead */
function requirePicture(bytes: Uint8Array, file: string): PictureFormat {
  const kind = identify(bytes);
  if (!kind?.format) throw refuseKind(kind, file);
  return kind.format;
}

const options = (extra: SharpOptions): SharpOptions => ({
  failOn: 'error',
  limitInputPixels: PICTURE_LIMITS.pixels,
  pages: 1,
  ...extra,
});

async function readMetadata(bytes: Uint8Array, format: PictureFormat, file: string): Promise<Metadata> {
  try {
    const meta = await sharp(bytes, options({})).metadata();
    checkDimensions(meta, file);
    const { grey, bitDepth } = planColours(meta);
    checkMemory(
      {
        format,
        width: meta.width,
        height: meta.height,
        fileBytes: bytes.length,
        // Grey is decoded as RGB and folded.
        channels: grey ? 4 : Math.max(3, meta.channels),
        sampleBytes: bitDepth / 8,
        inPasses: meta.isProgressive ?? false,
        fullColour: meta.chromaSubsampling !== '4:2:0',
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

  const decode = (failOn: 'error' | 'warning') =>
    sharp(bytes, options({ ignoreIcc: !plan.convert, failOn }))
      .autoOrient()
      .toColourspace(plan.space)
      .timeout({ seconds: DECODE_SECONDS })
      .raw({ depth: plan.bitDepth === 16 ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true });
  const { data, info } = await decode(format === 'jpeg' ? 'warning' : 'error')
    .catch((warning: unknown) => {
      if (format !== 'jpeg') throw warning;
      // Odd markers or bytes after the end are no reason to refuse a photo, nor is a flaw in the middle.
      if (/corrupt/i.test(String(warning)))
        notices.push('The file is damaged in places; parts of the picture may be wrong.');
      return decode('error');
    })
    .catch((error: unknown) => {
      throw toDecodeError(error, format, file);
    });

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
