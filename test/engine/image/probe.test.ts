import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import {
  checkDimensions,
  checkFileBytes,
  checkMemory,
  PICTURE_LIMITS,
  type PictureMemory,
} from '#engine/image/limits.ts';
import { headerSize, identify, type PictureFormat } from '#engine/image/probe.ts';

const FORMATS: readonly PictureFormat[] = ['jpeg', 'png', 'webp', 'tiff', 'avif', 'gif'];
const sample = (format: PictureFormat, options = {}) =>
  sharp({ create: { width: 300, height: 170, channels: 3, background: 'olive' } })
    .toFormat(format, options)
    .toBuffer();
const text = (value: string): Uint8Array => Uint8Array.from(value, (c) => c.charCodeAt(0));

describe('a file is known by its first bytes', () => {
  test.each(FORMATS)('%s, with the size of its header', async (format) => {
    const bytes = await sample(format);
    expect(identify(bytes.subarray(0, 1024))).toMatchObject({ class: 'picture', format });
    expect(headerSize(format, bytes)).toEqual({ width: 300, height: 170 });
  });

  test('every kind of WebP and JPEG has its size found', async () => {
    expect(headerSize('webp', await sample('webp', { lossless: true }))).toEqual({ width: 300, height: 170 });
    const transparent = sharp({ create: { width: 300, height: 170, channels: 4, background: '#f008' } });
    expect(headerSize('webp', await transparent.webp().toBuffer())).toEqual({ width: 300, height: 170 });
    expect(headerSize('jpeg', await sample('jpeg', { progressive: true }))).toEqual({ width: 300, height: 170 });
  });

  test.each([
    ['\0\0\0\x18ftypqt  \0\0\0\0qt  ', 'video', 'QuickTime'],
    ['\x1a\x45\xdf\xa3', 'video', 'Matroska or WebM'],
    ['RIFF\0\0\0\0AVI LIST', 'video', 'AVI'],
    ['\0\0\0\x18ftypM4A \0\0\0\0', 'audio', 'MPEG-4 audio'],
    ['ID3\x04', 'audio', 'MP3'],
    ['\0\0\0\x1cftypmif1\0\0\0\0mif1heic', 'other-picture', 'HEIC'],
    ['\0\0\0\x0cJXL \r\n', 'other-picture', 'JPEG XL'],
    ['II*\0\x10\0\0\0CR\x02\0', 'other-picture', 'Canon raw (CR2)'],
    ['8BPS\0\x01', 'other-picture', 'Photoshop (PSD)'],
    ['PK\x03\x04', 'other', 'ZIP'],
  ])('%j is no picture of ours but has a name', (bytes, kind, title) => {
    expect(identify(text(bytes))).toEqual({ class: kind, title });
  });

  test('an AVIF that also calls itself HEIF is an AVIF', () => {
    expect(identify(text('\0\0\0\x1cftypmif1\0\0\0\0mif1avif'))).toMatchObject({ format: 'avif' });
  });

  test('plain text and nothing at all are unknown', () => {
    for (const value of ['', 'hello', '{"a":1}', 'BMW is a car maker', '<html>'])
      expect(identify(text(value))).toBeUndefined();
  });

  test('any bytes, and any part of a picture, are answered without a failure', async () => {
    const files = await Promise.all(FORMATS.map((format) => sample(format)));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...FORMATS), (bytes, format) => {
        identify(bytes);
        headerSize(format, bytes);
      }),
    );
    fc.assert(
      fc.property(fc.nat(FORMATS.length - 1), fc.nat(600), fc.uint8Array({ maxLength: 4 }), (which, cut, noise) => {
        const part = Uint8Array.from(files[which] as Buffer).subarray(0, cut);
        part.set(noise.subarray(0, part.length), Math.max(0, part.length - noise.length - 8));
        identify(part);
        headerSize(FORMATS[which] as PictureFormat, part);
      }),
    );
  });
});

describe('limits', () => {
  const refused = (work: () => void): string => {
    try {
      work();
    } catch (error) {
      return (error as Error).message;
    }
    return 'accepted';
  };
  const size = (width: number, height: number) => refused(() => checkDimensions({ width, height }, 'x'));

  test('the largest picture is accepted, one step more is not', () => {
    expect(size(16_384, 16_384)).toBe('accepted');
    expect(size(16_384, 16_385)).toContain('268 million');
    expect(size(32_768, 8192)).toBe('accepted');
    expect(size(32_769, 1)).toContain('a side may have up to 32768');
    expect(size(1, 32_769)).toContain('a side may have up to 32768');
  });

  test('what a decoder holds besides the samples counts', () => {
    const memory = (picture: Partial<PictureMemory>) =>
      refused(() =>
        checkMemory(
          {
            ...{ format: 'jpeg', width: 16_000, height: 12_000, fileBytes: 60_000_000 },
            ...{ channels: 3, sampleBytes: 1, inPasses: false, fullColour: false, ...picture },
          },
          'x',
        ),
      );
    expect(memory({})).toBe('accepted');
    expect(memory({ height: 16_000 })).toBe('The picture has 16000 x 16000 pixels: opening it takes more than 660 MB.');
    for (const more of [
      { fileBytes: 100_000_000 },
      { channels: 4 },
      { sampleBytes: 2 },
      { inPasses: true },
      { format: 'webp' },
    ] as const) {
      expect(memory(more)).toContain('660 MB');
    }
    const half = { width: 8000 };
    expect(memory({ ...half, inPasses: true })).toBe('accepted');
    expect(memory({ ...half, fullColour: true })).toBe('accepted');
    expect(memory({ ...half, inPasses: true, fullColour: true })).toContain('660 MB');
    expect(memory({ ...half, format: 'avif' })).toContain('660 MB');
  });

  test('files are limited before they are read', () => {
    expect(refused(() => checkFileBytes(PICTURE_LIMITS.fileBytes, 'x'))).toBe('accepted');
    expect(refused(() => checkFileBytes(PICTURE_LIMITS.fileBytes + 1, 'x'))).toContain('512 MB');
    expect(refused(() => checkFileBytes(0, 'x'))).toBe('The file is empty.');
  });
});
