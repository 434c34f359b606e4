/** How large a picture may be. Checked against the header before anything is reserved for pixels. */
import { InputError } from '#engine/errors.ts';

export const PICTURE_LIMITS = {
  /** Bytes of the file. */
  fileBytes: 512 * 1024 * 1024,
  /** Pixels of width or height. */
  side: 32_768,
  /** Pixels in all: 2^28, for example 16384 x 16384. */
  pixels: 268_435_456,
  /** Bytes of the decoded samples. */
  decodedBytes: 1024 * 1024 * 1024,
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

/**
 * @param size pixels, and samples a pixel and bytes a sample where they are known already
 * @throws InputError
 */
export function checkDimensions(
  size: { width: number; height: number; channels?: number | undefined; sampleBytes?: number | undefined },
  file: string,
): void {
  const { width, height, channels = 1, sampleBytes = 1 } = size;
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
  if (width * height * channels * sampleBytes > PICTURE_LIMITS.decodedBytes) {
    throw new InputError(`${what}, more than ${megabytes(PICTURE_LIMITS.decodedBytes)} when opened.`, { file, action });
  }
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`;
