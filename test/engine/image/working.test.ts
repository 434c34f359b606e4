import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { encodePreview } from '#engine/image/encode.ts';
import { isSrgb, profileSpace } from '#engine/image/icc-tags.ts';
import type { DecodedPicture } from '#engine/image/picture.ts';
import { convertProfile, sameProfile, srgbProfile } from '#engine/image/profile.ts';
import { replaceRegion, toEightBit, toRgbImage } from '#engine/image/working.ts';
import { greyProfile, noise, profileNamed } from './pictures.ts';

const WIDTH = 13;
const HEIGHT = 9;
const rectangle = fc
  .tuple(fc.nat(WIDTH - 1), fc.nat(HEIGHT - 1), fc.nat(WIDTH - 1), fc.nat(HEIGHT - 1))
  .map(([x, y, w, h]) => ({ x, y, width: 1 + (w % (WIDTH - x)), height: 1 + (h % (HEIGHT - y)) }));

describe('between samples and working images', () => {
  test('the way there and back changes no sample, for every depth, channel count and rectangle', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 3, 4), fc.constantFrom(8, 16), rectangle, (channels, bitDepth, rect) => {
        const picture = noise({ width: WIDTH, height: HEIGHT, channels, bitDepth } as Parameters<typeof noise>[0]);
        const back = replaceRegion(picture, rect, toRgbImage(picture, rect));
        expect(back.pixels).toEqual(picture.pixels);
        expect(back.pixels).not.toBe(picture.pixels);
      }),
    );
  });

  test('every 16-bit level survives', () => {
    const pixels = new Uint16Array(65536).map((_, i) => i);
    const picture: DecodedPicture = {
      width: 256,
      height: 256,
      channels: 1,
      bitDepth: 16,
      pixels,
      format: 'raw',
      notices: [],
    };
    expect(replaceRegion(picture, { x: 0, y: 0, width: 256, height: 256 }, toRgbImage(picture)).pixels).toEqual(pixels);
  });

  test('only the rectangle changes, and alpha never does', () => {
    const picture = noise({ width: WIDTH, height: HEIGHT, channels: 4, bitDepth: 8 });
    const rect = { x: 2, y: 3, width: 4, height: 5 };
    const white = { width: 4, height: 5, data: new Float32Array(60).fill(7) };
    const { pixels } = replaceRegion(picture, rect, white);
    for (let y = 0; y < HEIGHT; y++) {
      for (let x = 0; x < WIDTH; x++) {
        const at = (y * WIDTH + x) * 4;
        const inside = x >= 2 && x < 6 && y >= 3 && y < 8;
        const colours = inside ? [255, 255, 255] : [...picture.pixels.subarray(at, at + 3)];
        expect([...pixels.subarray(at, at + 4)]).toEqual([...colours, picture.pixels[at + 3]]);
      }
    }
  });

  test('a grey picture takes the luma of a coloured image', () => {
    const picture = noise({ width: 1, height: 1, channels: 1, bitDepth: 8 });
    const green = { width: 1, height: 1, data: new Float32Array([0, 1, 0]) };
    expect([...replaceRegion(picture, { x: 0, y: 0, width: 1, height: 1 }, green).pixels]).toEqual([150]);
  });

  test('rectangles that are not inside are refused', () => {
    const picture = noise({ width: WIDTH, height: HEIGHT, channels: 3, bitDepth: 8 });
    const image = toRgbImage(picture, { x: 0, y: 0, width: 2, height: 2 });
    for (const rect of [
      { x: -1, y: 0, width: 2, height: 2 },
      { x: WIDTH - 1, y: 0, width: 2, height: 2 },
      { x: 0.5, y: 0, width: 2, height: 2 },
      { x: 0, y: 0, width: 0, height: 2 },
    ]) {
      expect(() => toRgbImage(picture, rect)).toThrow(RangeError);
      expect(() => replaceRegion(picture, rect, image)).toThrow(RangeError);
    }
    expect(() => replaceRegion(picture, { x: 0, y: 0, width: 3, height: 2 }, image)).toThrow(RangeError);
  });

  test('16 bits become 8 by rounding', () => {
    expect([...toEightBit(new Uint16Array([0, 128, 129, 257, 32767, 65535]))]).toEqual([0, 0, 1, 1, 127, 255]);
  });
});

describe('colour profiles', () => {
  const one = (...data: number[]) => ({ width: 1, height: 1, data: new Float32Array(data) });

  test('sRGB is recognised in its makers versions, P3 is not', async () => {
    expect(isSrgb(await srgbProfile())).toBe(true);
    expect(isSrgb(await profileNamed('p3'))).toBe(false);
    expect(sameProfile(undefined, await srgbProfile())).toBe(true);
    expect(sameProfile(undefined, await profileNamed('p3'))).toBe(false);
    expect(sameProfile(await profileNamed('p3'), await profileNamed('p3'))).toBe(true);
  });

  test('equal profiles change nothing at all', async () => {
    const image = one(0.1, 0.5, 0.9);
    expect(await convertProfile(image, undefined, await srgbProfile())).toBe(image);
  });

  test('sRGB red in Display P3 has the published coordinates, and a skin tone comes back', async () => {
    const p3 = await profileNamed('p3');
    const red = await convertProfile(one(1, 0, 0), undefined, p3);
    // CSS Color 4: color(srgb 1 0 0) = color(display-p3 0.9175 0.2003 0.1386).
    for (const [i, value] of [0.9175, 0.2003, 0.1386].entries())
      expect(Math.abs((red.data[i] as number) - value)).toBeLessThan(0.01);
    const skin = one(0.8, 0.55, 0.4);
    const back = await convertProfile(await convertProfile(skin, undefined, p3), p3, undefined);
    for (const [i, value] of skin.data.entries())
      expect(Math.abs((back.data[i] as number) - value)).toBeLessThan(0.005);
  });

  test('neutral grey stays neutral', async () => {
    const grey = await convertProfile(one(0.5, 0.5, 0.5), undefined, await profileNamed('p3'));
    for (const value of grey.data) expect(Math.abs(value - 0.5)).toBeLessThan(0.005);
  });

  test.each([
    ['a gamma', { gamma: 1.8 }],
    ['samples', { samples: Array.from({ length: 256 }, (_, i) => (i / 255) ** 2) }],
    ['a formula', { formula: [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045] }],
  ])('a grey profile with %s goes to sRGB as in the preview, and back without a loss', async (_what, curve) => {
    const icc = greyProfile(curve);
    expect(profileSpace(icc)).toBe('GRAY');
    const values = Array.from({ length: 64 }, (_, i) => i * 4);
    const picture: DecodedPicture = {
      width: 64,
      height: 1,
      channels: 1,
      bitDepth: 8,
      pixels: Uint8Array.from(values),
      icc,
      format: 'jpeg',
      notices: [],
    };
    const own = toRgbImage(picture);
    const shown = await convertProfile(own, icc, undefined);
    const { bytes } = await encodePreview(picture, { maxSide: 64, format: 'png' });
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    for (let i = 0; i < 64; i++) {
      const preview = data[i * info.channels] as number;
      // Dark steps of the preview pass through 8 bits on the way.
      expect(Math.abs((shown.data[i] as number) * 255 - preview)).toBeLessThan(i < 6 ? 6 : 2);
    }
    const back = replaceRegion(
      picture,
      { x: 0, y: 0, width: 64, height: 1 },
      await convertProfile(shown, undefined, icc),
    );
    expect([...back.pixels]).toEqual(values);
  });
});
