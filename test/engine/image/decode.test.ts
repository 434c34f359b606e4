import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '#engine/errors.ts';
import { attachMetadata, pngChunk } from '#engine/image/containers.ts';
import { decodePicture } from '#engine/image/decode.ts';
import { concat } from '#engine/image/tiff-directory.ts';
import { exifBlock, noise, profileNamed } from './pictures.ts';

const red = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: 'red' } });

/** A picture whose left half is red and right half blue: turning it wrongly shows. */
const halves = () =>
  sharp(Buffer.from(Array.from({ length: 40 * 20 }, (_, i) => (i % 40 < 20 ? [255, 0, 0] : [0, 0, 255])).flat()), {
    raw: { width: 40, height: 20, channels: 3 },
  });

function pngHeader(width: number, height: number): Uint8Array {
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header.set([8, 2, 0, 0, 0], 8);
  return concat([
    new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(new Uint8Array(16))),
    pngChunk('IEND', new Uint8Array()),
  ]);
}

describe('formats', () => {
  test.each(['jpeg', 'png', 'webp', 'tiff', 'avif', 'gif'] as const)(
    '%s is opened whatever its name ends in',
    async (format) => {
      const picture = await decodePicture(await red(32, 16).toFormat(format).toBuffer(), 'picture.txt');
      expect([picture.width, picture.height, picture.format, picture.notices]).toEqual([32, 16, format, []]);
      expect(picture.pixels[0]).toBeGreaterThan(240);
      expect(picture.pixels[1]).toBeLessThan(20);
    },
  );

  test('the orientation of the file is applied', async () => {
    const jpeg = await halves().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer();
    const turned = attachMetadata(
      'jpeg',
      jpeg,
      { exif: exifBlock({ orientation: 6, thumbnail: false }) },
      { width: 40, height: 20, hasAlpha: false },
    );
    const picture = await decodePicture(turned, 'turned.jpg');
    expect([picture.width, picture.height]).toEqual([20, 40]);
    const top = [...picture.pixels.subarray(0, 3)];
    const bottom = [...picture.pixels.subarray(-3)];
    expect(top[0]).toBeGreaterThan(200);
    expect(bottom[2]).toBeGreaterThan(200);
  });

  test('the kept EXIF block is upright and has lost its thumbnail, and nothing has moved', async () => {
    const block = exifBlock({ orientation: 6, thumbnail: true });
    expect(Buffer.from(block).includes('OLD FACE')).toBe(true);
    const jpeg = attachMetadata(
      'jpeg',
      await red(8, 8).jpeg().toBuffer(),
      { exif: block },
      { width: 8, height: 8, hasAlpha: false },
    );
    const { exif } = await decodePicture(jpeg, 'thumb.jpg');
    if (!exif) throw new Error('the EXIF block is gone');
    expect(exif).toHaveLength(block.length);
    expect(Buffer.from(exif).includes('OLD FACE')).toBe(false);
    expect(Buffer.from(exif).includes('Testcam 3000')).toBe(true);
    const changed = [...exif].flatMap((value, i) => (value === block[i] ? [] : [i]));
    const again = attachMetadata(
      'jpeg',
      await red(8, 8).jpeg().toBuffer(),
      { exif },
      { width: 8, height: 8, hasAlpha: false },
    );
    expect((await sharp(again).metadata()).orientation ?? 1).toBe(1);
    expect(changed.length).toBeLessThan(60);
  });

  test('16-bit samples stay 16-bit samples', async () => {
    const { pixels } = noise({ width: 9, height: 7, channels: 3, bitDepth: 16 });
    const png = await sharp(pixels, { raw: { width: 9, height: 7, channels: 3 } })
      .toColourspace('rgb16')
      .png()
      .toBuffer();
    const picture = await decodePicture(png, 'deep.png');
    expect(picture.bitDepth).toBe(16);
    expect(picture.pixels).toEqual(pixels);
  });

  test.each([1, 2] as const)('grey with %i channels stays grey', async (channels) => {
    const { pixels } = noise({ width: 9, height: 7, channels, bitDepth: 8 });
    const png = await sharp(pixels, { raw: { width: 9, height: 7, channels } })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    const picture = await decodePicture(png, 'grey.png');
    expect(picture.channels).toBe(channels);
    expect(picture.pixels).toEqual(pixels);
  });

  test('transparency is kept', async () => {
    const { pixels } = noise({ width: 9, height: 7, channels: 4, bitDepth: 8 });
    const png = await sharp(pixels, { raw: { width: 9, height: 7, channels: 4 } })
      .png()
      .toBuffer();
    expect((await decodePicture(png, 'alpha.png')).pixels).toEqual(pixels);
  });

  test('CMYK becomes sRGB with the right colours, and that is said', async () => {
    // A blue that printers can reach: inverted it would be yellow.
    const jpeg = await sharp({ create: { width: 32, height: 32, channels: 3, background: { r: 70, g: 100, b: 150 } } })
      .toColourspace('cmyk')
      .withIccProfile('cmyk')
      .jpeg()
      .toBuffer();
    const picture = await decodePicture(jpeg, 'cmyk.jpg');
    expect(picture.channels).toBe(3);
    expect(picture.icc).toBeUndefined();
    expect(picture.notices).toEqual(['Its CMYK colours were converted to sRGB.']);
    const [r, g, b] = picture.pixels as unknown as [number, number, number];
    expect(Math.abs(r - 70)).toBeLessThan(25);
    expect(Math.abs(g - 100)).toBeLessThan(25);
    expect(Math.abs(b - 150)).toBeLessThan(25);
  });

  test('a profile is kept byte for byte and the samples are not converted by it', async () => {
    const icc = await profileNamed('p3');
    const pixels = new Uint8Array([10, 200, 30]);
    const png = await sharp(pixels, { raw: { width: 1, height: 1, channels: 3 } })
      .png()
      .toBuffer();
    const tagged = attachMetadata('png', png, { icc }, { width: 1, height: 1, hasAlpha: false });
    const picture = await decodePicture(tagged, 'p3.png');
    expect(picture.icc).toEqual(icc);
    expect([...picture.pixels]).toEqual([10, 200, 30]);
  });

  test('a profile of another kind of picture is left out and said', async () => {
    const icc = await profileNamed('p3');
    const { pixels } = noise({ width: 8, height: 8, channels: 1, bitDepth: 8 });
    const grey = await sharp(pixels, { raw: { width: 8, height: 8, channels: 1 } })
      .toColourspace('b-w')
      .jpeg()
      .toBuffer();
    const picture = await decodePicture(
      attachMetadata('jpeg', grey, { icc }, { width: 8, height: 8, hasAlpha: false }),
      'odd.jpg',
    );
    expect(picture.channels).toBe(1);
    expect(picture.icc).toBeUndefined();
    expect(picture.notices).toEqual(['Its colour profile does not fit its pixels and was left out.']);
  });

  test.each(['gif', 'webp'] as const)('an animated %s opens with its first frame and says so', async (format) => {
    const frames = await Promise.all(
      ['red', 'lime', 'blue'].map((background) =>
        sharp({ create: { width: 8, height: 8, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    const bytes = await sharp(frames, { join: { animated: true } })
      .toFormat(format)
      .toBuffer();
    const picture = await decodePicture(bytes, `moving.${format}`);
    expect([picture.width, picture.height]).toEqual([8, 8]);
    expect(picture.pixels[0]).toBeGreaterThan(240);
    expect(picture.notices).toEqual(['The file holds 3 frames; the first one was opened.']);
  });
});

describe('refusals', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'e4s-decode-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const text = (value: string) => new TextEncoder().encode(value);
  const refusal = async (source: string | Uint8Array, name?: string) => {
    const error = await decodePicture(source, name).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(InputError);
    const report = (error as InputError).report();
    expect(report.action).toMatch(/\.$/);
    expect(report.message).toMatch(/\.$/);
    return report;
  };

  test.each([
    ['zero bytes', new Uint8Array(), 'The file is empty.'],
    [
      'text named as a picture',
      text('just some text, not a picture at all'),
      'This is not a picture, whatever its name ends in.',
    ],
    [
      'HEIC',
      concat([new Uint8Array([0, 0, 0, 24]), text('ftypheic\0\0\0\0mif1heic')]),
      'HEIC pictures cannot be opened.',
    ],
    [
      'a video',
      concat([new Uint8Array([0, 0, 0, 24]), text('ftypisom\0\0\0\0isommp42')]),
      'This is a video (MP4), not a picture.',
    ],
    [
      'SVG',
      text('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      'SVG pictures cannot be opened.',
    ],
    ['PDF', text('%PDF-1.7 …'), 'This is a PDF file, not a picture.'],
    ['Photoshop', text('8BPS\0\x01'), 'Photoshop (PSD) pictures cannot be opened.'],
    ['sound', concat([text('RIFF\0\0\0\0WAVEfmt ')]), 'This is a sound file (WAV), not a picture.'],
  ])('%s', async (_what, bytes, message) => {
    expect(await refusal(bytes, 'photo.jpg')).toMatchObject({ kind: 'input', file: 'photo.jpg', message });
  });

  test('no file, a folder and a device are named', async () => {
    expect((await refusal(path.join(folder, 'none.png'))).message).toBe('There is no such file.');
    expect((await refusal(folder)).message).toBe('This is a folder, not a picture.');
    if (process.platform !== 'win32')
      expect((await refusal('/dev/zero')).message).toBe('This is a device, not a picture.');
  });

  test.skipIf(process.platform === 'win32')('a named pipe is not waited for', async () => {
    const pipe = path.join(folder, 'pipe.png');
    await promisify(execFile)('mkfifo', [pipe]);
    expect((await refusal(pipe)).message).toBe('This is a device, not a picture.');
  });

  test('the error names the file as the user knows it, not its path', async () => {
    const file = path.join(folder, 'holiday.png');
    await writeFile(file, 'no picture');
    expect((await refusal(file)).file).toBe('holiday.png');
    expect((await refusal(file, 'mine.png')).file).toBe('mine.png');
  });

  test('a JPEG that ends early is not opened half', async () => {
    const { pixels } = noise({ width: 256, height: 256, channels: 3, bitDepth: 8 });
    const jpeg = await sharp(pixels, { raw: { width: 256, height: 256, channels: 3 } })
      .jpeg()
      .toBuffer();
    const { message } = await refusal(jpeg.subarray(0, Math.floor(jpeg.length * 0.55)), 'cut.jpg');
    expect(message).toBe('The file ends early: a part of the picture is missing (JPEG).');
  });

  test.each(['png', 'webp', 'tiff', 'gif', 'avif'] as const)('a %s that ends early is refused', async (format) => {
    const { pixels } = noise({ width: 256, height: 256, channels: 3, bitDepth: 8 });
    const whole = await sharp(pixels, { raw: { width: 256, height: 256, channels: 3 } })
      .toFormat(format)
      .toBuffer();
    await refusal(whole.subarray(0, Math.floor(whole.length * 0.55)), `cut.${format}`);
  });

  test('a JPEG that lost bytes in the middle opens with a notice', async () => {
    const { pixels } = noise({ width: 256, height: 256, channels: 3, bitDepth: 8 });
    const jpeg = await sharp(pixels, { raw: { width: 256, height: 256, channels: 3 } })
      .jpeg()
      .toBuffer();
    const damaged = Buffer.concat([jpeg.subarray(0, jpeg.length >> 1), jpeg.subarray((jpeg.length >> 1) + 400)]);
    const picture = await decodePicture(damaged, 'flaw.jpg');
    expect([picture.width, picture.height]).toEqual([256, 256]);
    expect(picture.notices).toEqual(['The file is damaged in places; parts of the picture may be wrong.']);
  });

  test('bytes after the end of a JPEG are no flaw', async () => {
    const jpeg = await red(64, 64).jpeg().toBuffer();
    expect(
      (await decodePicture(Buffer.concat([jpeg, Buffer.from('trailing data of a phone')]), 'ok.jpg')).notices,
    ).toEqual([]);
  });

  test('a header that claims 60000 x 60000 pixels is refused without reserving them', async () => {
    const bytes = pngHeader(60_000, 60_000);
    const before = process.memoryUsage().rss;
    const { message } = await refusal(bytes, 'bomb.png');
    expect(message).toBe('The picture has 60000 x 60000 pixels; a side may have up to 32768.');
    expect(process.memoryUsage().rss - before).toBeLessThan(50e6);
  });

  test.each([
    ['too many pixels', pngHeader(30_000, 30_000), /268 million/],
    ['no width', pngHeader(0, 100), /no pixels/],
    ['no data for its size', pngHeader(400, 400), /./],
  ])('a header with %s', async (_what, bytes, message) => {
    expect((await refusal(bytes, 'header.png')).message).toMatch(message);
  });

  test('headers of every format are read before the decoder is asked', async () => {
    const forged = async (format: 'jpeg' | 'gif' | 'webp' | 'tiff', patch: (bytes: Buffer) => void) => {
      const bytes = await red(64, 64)
        .toFormat(format, format === 'webp' ? { lossless: true } : {})
        .toBuffer();
      patch(bytes);
      return (await refusal(bytes, `forged.${format}`)).message;
    };
    expect(
      await forged('jpeg', (bytes) => {
        const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
        bytes.writeUInt16BE(60_000, frame + 5);
        bytes.writeUInt16BE(60_000, frame + 7);
      }),
    ).toContain('60000 x 60000');
    expect(
      await forged('gif', (bytes) => {
        bytes.writeUInt16LE(60_000, 6);
        bytes.writeUInt16LE(60_000, 8);
      }),
    ).toContain('60000 x 60000');
  });

  test('a cancelled request does not decode', async () => {
    await expect(decodePicture(await red(8, 8).png().toBuffer(), 'x.png', AbortSignal.abort())).rejects.toMatchObject({
      kind: 'cancelled',
    });
  });

  test('random bytes are always refused as input, never as a defect', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        await expect(decodePicture(bytes, 'random')).rejects.toBeInstanceOf(InputError);
      }),
      { numRuns: 200 },
    );
  });

  test('damaged pictures open or are refused as input, never anything else', async () => {
    const picture = noise({ width: 24, height: 24, channels: 3, bitDepth: 8 });
    const raw = { width: 24, height: 24, channels: 3 } as const;
    const formats = ['jpeg', 'png', 'webp', 'tiff', 'gif'] as const;
    const files = await Promise.all(
      formats.map((format) => sharp(picture.pixels, { raw }).toFormat(format).toBuffer()),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        async (file, edits) => {
          const bytes = Uint8Array.from(file);
          for (const [at, value] of edits) bytes[at % bytes.length] = value;
          try {
            const opened = await decodePicture(bytes, 'damaged');
            expect(opened.pixels).toHaveLength(opened.width * opened.height * opened.channels);
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

const BAD = path.resolve('../shared/data/bad');
describe.skipIf(!existsSync(BAD))('the collection of difficult files', () => {
  const open = (name: string) => decodePicture(path.join(BAD, name));

  test.each([
    ['truncated.jpg', /ends early/],
    ['zero_bytes.jpg', /empty/],
    ['text_renamed.png', /not a picture/],
    ['png_header_60000x60000.png', /60000 x 60000/],
    ['corrupt_moov.mp4', /video \(MP4\)/],
    ['audio_only.mp4', /\(MP4\)/],
    ['photo.heic', /HEIC/],
  ])('%s is refused', async (name, message) => {
    const before = process.memoryUsage().rss;
    await expect(open(name)).rejects.toThrow(message);
    await expect(open(name)).rejects.toMatchObject({ kind: 'input', file: name });
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
  });

  test.each([
    ['cmyk.jpg', { width: 800, height: 800, channels: 3, bitDepth: 8 }],
    ['rgb_16bit.png', { width: 600, height: 600, channels: 3, bitDepth: 16 }],
    ['animated.gif', { width: 256, height: 256, channels: 3, bitDepth: 8 }],
    ['exif_orientation6.jpg', { width: 700, height: 800, channels: 3, bitDepth: 8 }],
    ['alpha.png', { width: 700, height: 700, channels: 4, bitDepth: 8 }],
    ['photo.webp', { width: 800, height: 800, channels: 3, bitDepth: 8 }],
  ])('%s is opened', async (name, expected) => {
    expect(await open(name)).toMatchObject(expected);
  });

  test('the CMYK portrait looks like the photo it was made from', async () => {
    const [cmyk, original] = await Promise.all(
      [path.join(BAD, 'cmyk.jpg'), path.resolve(BAD, '../man_elderly.jpg')].map(async (file) => {
        const picture = await decodePicture(await readFile(file), path.basename(file));
        return sharp(picture.pixels as Uint8Array, {
          raw: { width: picture.width, height: picture.height, channels: 3 },
        })
          .resize(16, 16, { fit: 'fill' })
          .raw()
          .toBuffer();
      }),
    );
    const differences = [...(cmyk as Buffer)].map((value, i) => Math.abs(value - ((original as Buffer)[i] as number)));
    expect(differences.reduce((a, b) => a + b) / differences.length).toBeLessThan(30);
  });
});
