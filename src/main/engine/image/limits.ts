/** How large a picture may be. Checked against the header before anything is reserved for pixels. */
import { InputError } from '#engine/errors.ts';
import type { PictureFormat, PictureSize } from './probe.ts';

export const PICTURE_LIMITS = {
  /** Bytes of the file. */
  fileBytes: 512 * 1024 * 1024,
  /** Pixels of width or height. */
  side: 32_768,
  /** Pixels in all: 2^28, for example 16384 x 16384. */
  pixels: 268_435_456,
  /** Bytes that opening may take: the file, the samples and what the decoder holds meanwhile. 200 million RGB pixels. */
  openingBytes: 660_000_000,
} as const;

/** @throws InputError when the file holds more bytes than the studio opens */
export function checkFileBytes(bytes: number, file: string): void {
  if (bytes === 0) throw new InputError('The file is empty.', { file, action: 'Choose another file.' });
  if (bytes > PICTURE_LIMITS.fileBytes) {
    throw new InputError(
      `The file has ${megabytes(bytes)}; pictures may have up to ${megabytes(PICTURE_LIMITS.fileBytes)}.`,
      {
        file,
        action: 'Save it smaller and try again.',
      },
    );
  }
}

/** @throws InputError */
export function checkDimensions({ width, height }: PictureSize, file: string): void {
  const what = `The picture has ${width} x ${height} pixels`;
  const action = 'Scale it down and try again.';
  if (!(width >= 1 && height >= 1)) {
    throw new InputError('The picture has no pixels: its header gives no width or height.', {
      file,
      action: 'Choose another file.',
    });
  }
  if (width > PICTURE_LIMITS.side || height > PICTURE_LIMITS.side) {
    throw new InputError(`${what}; a side may have up to ${PICTURE_LIMITS.side}.`, { file, action });
  }
  if (width * height > PICTURE_LIMITS.pixels) {
    throw new InputError(`${what}; ${Math.floor(PICTURE_LIMITS.pixels / 1e6)} million is the limit.`, { file, action });
  }
}

/** What a header says of the memory that decoding takes. */
export interface PictureMemory extends PictureSize {
  readonly format: PictureFormat;
  /** Of the file. */
  readonly fileBytes: number;
  /** Samples a pixel, and bytes a sample, as they leave the decoder. */
  readonly channels: number;
  readonly sampleBytes: number;
  /** Stored in several passes: a progressive JPEG, an interlaced PNG. */
  readonly inPasses: boolean;
  readonly fullColour: boolean;
}

/** Bytes a pixel that each decoder holds besides the samples that it hands on, measured with libvips 8.18. */
const DECODER_BYTES: Readonly<Record<PictureFormat, (picture: PictureMemory) => number>> = {
  // All coefficients, two bytes each; less colour where it is stored at half resolution.
  jpeg: ({ inPasses, fullColour, channels }) => (inPasses ? (fullColour ? 2 * channels : 3) : 0),
  png: ({ inPasses, channels, sampleBytes }) => (inPasses ? channels * sampleBytes : 0),
  tiff: () => 0,
  gif: () => 4,
  webp: () => 5,
  avif: () => 15,
};

/** @throws InputError when opening the picture would take more memory than the studio gives it */
export function checkMemory(picture: PictureMemory, file: string): void {
  const { width, height, channels, sampleBytes, fileBytes, format } = picture;
  const bytesAPixel = channels * sampleBytes + DECODER_BYTES[format](picture);
  if (fileBytes + width * height * bytesAPixel <= PICTURE_LIMITS.openingBytes) return;
  throw new InputError(
    `The picture has ${width} x ${height} pixels: opening it takes more than ${PICTURE_LIMITS.openingBytes / 1e6} MB.`,
    { file, action: 'Scale it down and try again.' },
  );
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`;
