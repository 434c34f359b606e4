import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { decodePicture } from '#engine/image/decode.ts';
import { encodePicture, encodePreview } from '#engine/image/encode.ts';
import { profileSpace } from '#engine/image/icc-tags.ts';
import type { DecodedPicture } from '#engine/image/picture.ts';
import { DIGITAL_SOURCE_TYPES } from '#engine/image/provenance.ts';
import { readEntries, readHeader } from '#engine/image/tiff-directory.ts';
import { EXPORT_FORMATS, type ExportFormat } from '#shared/settings.ts';
import { exifBlock, noise, profileNamed } from './pictures.ts';

const keep = (format: ExportFormat, quality = 95) => ({ format, quality, metadata: 'keep' }) as const;
const strip = (format: ExportFormat) => ({ format, quality: 95, metadata: 'strip' }) as const;
const reopen = (bytes: Uint8Array) => decodePicture(bytes, 'reopened');

describe('lossless exports give back every sample', () => {
  for (const format of ['png', 'tiff'] as const) {
    for (const bitDepth of [8, 16] as const) {
      for (const channels of [1, 2, 3, 4] as const) {
        test(`${format}, ${bitDepth} bits, ${channels} channels`, async () => {
          const picture = noise({ width: 37, height: 23, channels, bitDepth });
          const { bytes } = await encodePicture(picture, keep(format), 'classic');
          const back = await reopen(bytes);
          expect([back.width, back.height, back.channels, back.bitDepth]).toEqual([37, 23, channels, bitDepth]);
          expect(Buffer.compare(Buffer.from(back.pixels.buffer), Buffer.from(picture.pixels.buffer))).toBe(0);
        });
      }
    }
  }

  test('WebP at quality 100, colours under transparent pixels too', async () => {
    const picture = noise({ width: 40, height: 20, channels: 4, bitDepth: 8 });
    const { bytes, notices } = await encodePicture(picture, keep('webp', 100), 'classic');
    expect((await reopen(bytes)).pixels).toEqual(picture.pixels);
    expect(notices).toEqual([]);
  });
});

describe('metadata', () => {
  const withEverything = async (): Promise<DecodedPicture> => ({
    ...noise({ width: 64, height: 48, channels: 3, bitDepth: 8 }),
    icc: await profileNamed('p3'),
    exif: exifBlock({ orientation: 1, thumbnail: false }),
    xmp: new TextEncoder().encode(
      '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="Camera 1.0" dc:format="image/jpeg"/></rdf:RDF></x:xmpmeta>',
    ),
    density: 300,
  });

  for (const format of EXPORT_FORMATS) {
    test(`${format} keeps the profile byte for byte, EXIF and XMP`, async () => {
      const picture = await withEverything();
      const back = await reopen((await encodePicture(picture, keep(format), 'classic')).bytes);
      expect(back.icc).toEqual(picture.icc);
      const model = await sharp((await encodePicture(picture, keep(format), 'classic')).bytes).metadata();
      expect(model.orientation ?? 1).toBe(1);
      expect(Buffer.from(back.exif ?? []).includes('Testcam 3000')).toBe(true);
      const xmp = new TextDecoder().decode(back.xmp);
      expect(xmp).toContain('dc:format="image/jpeg"');
      expect(xmp).toContain(DIGITAL_SOURCE_TYPES.classic);
      expect(xmp.match(/CreatorTool/g)).toHaveLength(1);
      if (format !== 'webp') expect(back.density).toBe(300);
    });

    test(`${format} stripped carries the profile and the mark only`, async () => {
      const picture = await withEverything();
      const { bytes } = await encodePicture(picture, strip(format), 'rgi');
      const back = await reopen(bytes);
      expect(back.icc).toEqual(picture.icc);
      expect(back.exif).toBeUndefined();
      expect(Buffer.from(bytes).includes('Testcam')).toBe(false);
      const xmp = new TextDecoder().decode(back.xmp);
      expect(xmp).toContain(DIGITAL_SOURCE_TYPES.rgi);
      expect(xmp).not.toContain('dc:format');
    });

    test(`${format} of an untagged picture stays untagged`, async () => {
      const picture = noise({ width: 16, height: 16, channels: 3, bitDepth: 8 });
      const back = await reopen((await encodePicture(picture, keep(format), 'classic')).bytes);
      expect(back.icc).toBeUndefined();
    });
  }

  test('the EXIF block in a JPEG, PNG and WebP is the same bytes, maker notes where they were', async () => {
    const picture = await withEverything();
    for (const format of ['jpeg', 'png', 'webp'] as const) {
      const { bytes } = await encodePicture(picture, keep(format), 'classic');
      expect(Buffer.from(bytes).includes(Buffer.from(picture.exif as Uint8Array)), format).toBe(true);
    }
  });

  test('TIFF entries are sorted and whole', async () => {
    const { bytes } = await encodePicture(await withEverything(), keep('tiff'), 'classic');
    const header = readHeader(bytes);
    if (!header) throw new Error('not a TIFF');
    const tags = readEntries(bytes, header.firstDirectory, header.littleEndian).entries.map((entry) => entry.tag);
    expect(tags).toEqual([...new Set(tags)].sort((a, b) => a - b));
    expect(tags).toContain(34675);
    expect(tags).toContain(700);
  });

  test('metadata that no JPEG can hold is left out and said', async () => {
    const big = { ...(await withEverything()), exif: new Uint8Array(70_000), xmp: undefined };
    const { notices, bytes } = await encodePicture(big, keep('jpeg'), 'classic');
    expect(notices).toEqual(['The EXIF data is too large for a JPEG and was left out.']);
    expect((await reopen(bytes)).exif).toBeUndefined();
  });

  test('an unreadable XMP packet is replaced by the mark', async () => {
    const broken = { ...(await withEverything()), xmp: new Uint8Array([0xff, 0xfe, 0x00, 0x41]) };
    const back = await reopen((await encodePicture(broken, keep('png'), 'classic')).bytes);
    expect(new TextDecoder().decode(back.xmp)).toContain(DIGITAL_SOURCE_TYPES.classic);
  });
});

describe('what a format cannot hold', () => {
  test('JPEG lays alpha on white and rounds 16 bits, and says both', async () => {
    const pixels = new Uint16Array([0, 0, 0, 0, 65535, 0, 0, 65535]);
    const picture: DecodedPicture = {
      width: 2,
      height: 1,
      channels: 4,
      bitDepth: 16,
      pixels,
      format: 'png',
      notices: [],
    };
    const { bytes, notices } = await encodePicture(picture, keep('jpeg', 100), 'classic');
    expect(notices).toHaveLength(2);
    const back = await reopen(bytes);
    expect(back.channels).toBe(3);
    expect(back.pixels[0]).toBeGreaterThan(180);
    expect((back.pixels[3] as number) - (back.pixels[4] as number)).toBeGreaterThan(60);
  });

  test('WebP refuses a side over 16383 with advice', async () => {
    const picture = noise({ width: 16_384, height: 1, channels: 1, bitDepth: 8 });
    await expect(encodePicture(picture, keep('webp'), 'classic')).rejects.toMatchObject({
      kind: 'usage',
      action: 'Choose PNG or TIFF.',
    });
  });

  test('JPEG quality changes the size of the file', async () => {
    const picture = noise({ width: 64, height: 64, channels: 3, bitDepth: 8 });
    const [low, high] = await Promise.all(
      [40, 95].map((quality) => encodePicture(picture, keep('jpeg', quality), 'classic')),
    );
    expect(low?.bytes.length).toBeLessThan((high?.bytes.length ?? 0) / 2);
  });

  test('grey stays one channel in JPEG and WebP shows equal channels', async () => {
    const picture = noise({ width: 32, height: 32, channels: 1, bitDepth: 8 });
    expect((await reopen((await encodePicture(picture, keep('jpeg'), 'classic')).bytes)).channels).toBe(1);
    const webp = await reopen((await encodePicture(picture, keep('webp', 100), 'classic')).bytes);
    for (let i = 0; i < 32 * 32; i++) expect(webp.pixels[i * webp.channels]).toBe(picture.pixels[i]);
  });
});

describe('previews', () => {
  test('are not larger than asked and never enlarged', async () => {
    const picture = noise({ width: 200, height: 100, channels: 3, bitDepth: 16 });
    const small = await encodePreview(picture, { maxSide: 50 });
    expect([small.width, small.height, small.mime]).toEqual([50, 25, 'image/jpeg']);
    const whole = await encodePreview(picture, { maxSide: 5000, format: 'png' });
    expect([whole.width, whole.height]).toEqual([200, 100]);
    const direct = await sharp(whole.bytes).raw().toBuffer();
    for (let i = 0; i < 300; i++)
      expect(Math.abs((direct[i] as number) - (picture.pixels[i] as number) / 257)).toBeLessThanOrEqual(0.5);
  });

  test('show another profile in sRGB', async () => {
    const icc = await profileNamed('p3');
    expect(profileSpace(icc)).toBe('RGB ');
    const pixels = new Uint8Array([0, 200, 0]);
    const picture: DecodedPicture = {
      width: 1,
      height: 1,
      channels: 3,
      bitDepth: 8,
      pixels,
      icc,
      format: 'png',
      notices: [],
    };
    const [red, green] = await sharp((await encodePreview(picture, { maxSide: 16, format: 'png' })).bytes)
      .raw()
      .toBuffer();
    // Display P3 green lies outside sRGB: it becomes brighter green with no red.
    expect(red).toBe(0);
    expect(green).toBeGreaterThan(200);
  });
});
