/** Pixels to picture files: exports at full size with their metadata, and previews for the window. */
import { UsageError } from '#engine/errors.ts';
import type { EngineId, ExportFormat, ExportSettings } from '#shared/settings.ts';
import { sharp } from './codec.ts';
import { attachMetadata, type FileMetadata, JPEG_METADATA_LIMITS } from './containers.ts';
import { isSrgb } from './icc-tags.ts';
import type { DecodedPicture, RgbImage } from './picture.ts';
import { markedXmp } from './provenance.ts';
import { tiffCarrier } from './tiff-carrier.ts';
import { toEightBit } from './working.ts';

export const EXPORT_MIME = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  tiff: 'image/tiff',
} as const satisfies Record<ExportFormat, string>;

/** An encoded picture, and what the format could not hold. */
export interface EncodedFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly mime: (typeof EXPORT_MIME)[ExportFormat];
  readonly width: number;
  readonly height: number;
  /** One sentence each. */
  readonly notices: readonly string[];
}

interface FormatRow {
  readonly title: string;
  /** The largest side the format can hold, pixels. */
  readonly maxSide: number;
  readonly alpha: boolean;
  readonly sixteenBit: boolean;
}

const FORMATS: Readonly<Record<ExportFormat, FormatRow>> = {
  png: { title: 'PNG', maxSide: 2 ** 31 - 1, alpha: true, sixteenBit: true },
  jpeg: { title: 'JPEG', maxSide: 65_500, alpha: false, sixteenBit: false },
  webp: { title: 'WebP', maxSide: 16_383, alpha: true, sixteenBit: false },
  tiff: { title: 'TIFF', maxSide: 2 ** 31 - 1, alpha: true, sixteenBit: true },
};

/** From this quality on, colours are kept at full resolution. */
const FULL_CHROMA_QUALITY = 90;

/**
 * A picture as a file. PNG and TIFF hold every sample as it is; the colour profile goes along byte for byte in every
 * format; EXIF and XMP with `metadata: 'keep'`. The provenance mark is always written.
 * @throws UsageError when the format cannot hold a picture of this size
 */
export async function encodePicture(
  picture: DecodedPicture,
  settings: ExportSettings,
  engine: EngineId,
): Promise<EncodedFile> {
  const row = FORMATS[settings.format];
  const { width, height } = picture;
  if (Math.max(width, height) > row.maxSide) {
    throw new UsageError(
      `${row.title} holds at most ${row.maxSide} pixels a side; the picture has ${width} x ${height}.`,
      {
        action: 'Choose PNG or TIFF.',
      },
    );
  }
  const notices: string[] = [];
  const fitted = fitToFormat(picture, row, notices);
  const encoded = await encodePixels(fitted, settings);
  const metadata = chooseMetadata(picture, settings, engine, notices);
  const hasAlpha = fitted.channels === 2 || fitted.channels === 4;
  return {
    bytes: attachMetadata(settings.format, encoded, metadata, { width, height, hasAlpha }),
    mime: EXPORT_MIME[settings.format],
    width,
    height,
    notices,
  };
}

/** The picture in a depth and with the channels that the format has. */
function fitToFormat(picture: DecodedPicture, row: FormatRow, notices: string[]): DecodedPicture {
  let fitted = picture;
  if (picture.bitDepth === 16 && !row.sixteenBit) {
    notices.push(`${row.title} has 8 bits a channel; the 16 of the picture were rounded.`);
    fitted = { ...fitted, bitDepth: 8, pixels: toEightBit(picture.pixels) };
  }
  if ((picture.channels === 2 || picture.channels === 4) && !row.alpha) {
    notices.push(`${row.title} has no transparency; the picture was laid on white.`);
    fitted = layOnWhite(fitted);
  }
  return fitted;
}

/** Alpha blended over white in the picture's own encoding, as viewers do it. */
export function layOnWhite(picture: DecodedPicture): DecodedPicture {
  const { channels, bitDepth, pixels } = picture;
  if (channels === 1 || channels === 3) return picture;
  const top = bitDepth === 16 ? 65535 : 255;
  const colours = (channels - 1) as 1 | 3;
  const count = pixels.length / channels;
  const out = bitDepth === 16 ? new Uint16Array(count * colours) : new Uint8Array(count * colours);
  for (let i = 0; i < count; i++) {
    const alpha = (pixels[i * channels + colours] as number) / top;
    for (let c = 0; c < colours; c++) {
      out[i * colours + c] = Math.round((pixels[i * channels + c] as number) * alpha + top * (1 - alpha));
    }
  }
  return { ...picture, channels: colours, pixels: out };
}

async function encodePixels(picture: DecodedPicture, settings: ExportSettings): Promise<Uint8Array> {
  const { quality } = settings;
  const space =
    picture.bitDepth === 16 ? (picture.channels < 3 ? 'grey16' : 'rgb16') : picture.channels < 3 ? 'b-w' : 'srgb';
  const image = rawInput(picture).toColourspace(space);
  switch (settings.format) {
    case 'png':
      return image.png({ compressionLevel: 6, adaptiveFiltering: true }).toBuffer();
    case 'jpeg':
      return image.jpeg({ quality, chromaSubsampling: quality >= FULL_CHROMA_QUALITY ? '4:4:4' : '4:2:0' }).toBuffer();
    case 'webp':
      // `exact` keeps the colours under transparent pixels: an untouched pixel stays untouched.
      return image
        .webp(quality === 100 ? { lossless: true, exact: true } : { quality, smartSubsample: true })
        .toBuffer();
    case 'tiff': {
      const perMillimetre = (picture.density ?? 72) / 25.4;
      return image
        .tiff({
          compression: 'deflate',
          predictor: 'horizontal',
          xres: perMillimetre,
          yres: perMillimetre,
          resolutionUnit: 'inch',
        })
        .toBuffer();
    }
  }
}

function chooseMetadata(
  picture: DecodedPicture,
  settings: ExportSettings,
  engine: EngineId,
  notices: string[],
): FileMetadata {
  const keep = settings.metadata === 'keep';
  let exif = keep ? picture.exif : undefined;
  let xmp = markedXmp(engine, keep ? picture.xmp : undefined);
  if (settings.format === 'jpeg') {
    if (exif && exif.length > JPEG_METADATA_LIMITS.exif) {
      notices.push('The EXIF data is too large for a JPEG and was left out.');
      exif = undefined;
    }
    if (xmp.length > JPEG_METADATA_LIMITS.xmp) {
      notices.push('The XMP data is too large for a JPEG and was left out.');
      xmp = markedXmp(engine);
    }
  }
  return { icc: picture.icc, exif, xmp, density: picture.density };
}

const rawInput = (picture: DecodedPicture) =>
  sharp(picture.pixels, {
    raw: { width: picture.width, height: picture.height, channels: picture.channels },
    limitInputPixels: false,
  });

export interface PreviewOptions {
  /** Neither side of the preview is longer; pictures are never enlarged. */
  readonly maxSide: number;
  /** JPEG is smaller; PNG shows transparency and every level. PNG by default where the picture has alpha. */
  readonly format?: 'png' | 'jpeg' | undefined;
}

/** A picture for the screen: 8-bit sRGB without metadata. */
export async function encodePreview(picture: DecodedPicture, options: PreviewOptions): Promise<EncodedFile> {
  const hasAlpha = picture.channels === 2 || picture.channels === 4;
  const format = options.format ?? (hasAlpha ? 'png' : 'jpeg');
  const eight: DecodedPicture = { ...picture, bitDepth: 8, pixels: toEightBit(picture.pixels) };
  const flat = format === 'jpeg' ? layOnWhite(eight) : eight;
  const converts = flat.icc !== undefined && !isSrgb(flat.icc);
  const image = (converts ? sharp(tiffCarrier(flat), { limitInputPixels: false }) : rawInput(flat))
    .toColourspace('srgb')
    .resize({ width: options.maxSide, height: options.maxSide, fit: 'inside', withoutEnlargement: true });
  const coded =
    format === 'jpeg' ? image.jpeg({ quality: 90, chromaSubsampling: '4:4:4' }) : image.png({ compressionLevel: 3 });
  const { data, info } = await coded.toBuffer({ resolveWithObject: true });
  return {
    bytes: new Uint8Array(data),
    mime: EXPORT_MIME[format],
    width: info.width,
    height: info.height,
    notices: [],
  };
}

/** A working image for the screen: values in [0, 1], sRGB. */
export function encodeImagePreview(image: RgbImage, options: PreviewOptions): Promise<EncodedFile> {
  const size = image.width * image.height;
  const pixels = new Uint8Array(size * 3);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < size; i++) {
      pixels[i * 3 + c] = Math.round(Math.min(1, Math.max(0, image.data[c * size + i] as number)) * 255);
    }
  }
  const { width, height } = image;
  return encodePreview({ width, height, channels: 3, bitDepth: 8, pixels, format: 'raw', notices: [] }, options);
}
