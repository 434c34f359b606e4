import { describe, expect, it } from 'vitest';
import type { DecodedPicture, RgbImage } from '#engine/image/picture.ts';
import { pasteBack } from '#engine/pipeline/paste-back.ts';
import { randomSource } from '../image/noise.ts';

function picture(width: number, height: number, channels: 1 | 3 | 4, bitDepth: 8 | 16): DecodedPicture {
  const random = randomSource(7);
  const top = bitDepth === 8 ? 256 : 65536;
  const values = Array.from({ length: width * height * channels }, () => Math.floor(random() * top));
  const pixels = bitDepth === 8 ? Uint8Array.from(values) : Uint16Array.from(values);
  return { width, height, channels, bitDepth, pixels, format: 'raw', notices: [] };
}

const flat = (size: number, value: number): RgbImage => ({
  width: size,
  height: size,
  data: new Float32Array(3 * size * size).fill(value),
});

/** The grey crop with a brighter square from 8 to 24 in a crop of 32. */
function withSquare(by: number): RgbImage {
  const image = flat(32, 0.5);
  for (let k = 0; k < 3; k++) {
    for (let y = 8; y < 24; y++) image.data.fill(0.5 + by, k * 1024 + y * 32 + 8, k * 1024 + y * 32 + 24);
  }
  return image;
}

const aligned = (toPhoto: readonly [number, number, number, number, number, number]) => ({
  size: 32,
  crop: flat(32, 0.5),
  landmarks: new Float32Array(478 * 3),
  toPhoto,
});

describe('pasteBack', () => {
  it('returns the picture itself when nothing changed', async () => {
    const photo = picture(40, 30, 3, 8);
    const result = await pasteBack(photo, aligned([1, 0, 2, 0, 1, -1]), flat(32, 0.5));
    expect(result.picture).toBe(photo);
    expect(result.touched.width).toBe(0);
  });

  it.each([
    [3, 8],
    [4, 16],
    [1, 8],
  ] as const)('adds the difference and touches nothing else (%i channels, %i bits)', async (channels, bitDepth) => {
    const photo = picture(40, 40, channels, bitDepth);
    const { picture: pasted, touched } = await pasteBack(photo, aligned([1, 0, 3, 0, 1, 5]), withSquare(-0.1));
    const top = bitDepth === 8 ? 255 : 65535;
    for (let y = 0, i = 0; y < 40; y++) {
      for (let x = 0; x < 40; x++) {
        const inside = x >= 11 && x < 27 && y >= 13 && y < 29;
        for (let c = 0; c < channels; c++, i++) {
          const before = photo.pixels[i]!;
          const changes = inside && c < 3;
          const expected = changes ? Math.max(0, before - 0.1 * top) : before;
          expect(Math.abs(pasted.pixels[i]! - expected)).toBeLessThanOrEqual(changes ? 0.51 : 0);
        }
      }
    }
    expect(touched.x).toBeLessThanOrEqual(11);
    expect(touched.x + touched.width).toBeGreaterThanOrEqual(27);
  });

  it('keeps detail that the crop could not hold where the change is faint', async () => {
    const photo = picture(96, 96, 3, 8);
    const { picture: pasted } = await pasteBack(photo, aligned([3, 0, 0, 0, 3, 0]), withSquare(0.004));
    const middle = 3 * (48 * 96 + 48);
    expect(Math.abs(pasted.pixels[middle]! - Math.min(255, photo.pixels[middle]! + 1))).toBeLessThanOrEqual(1);
  });

  it('takes the mean of a crop that is finer than the picture', async () => {
    const photo = picture(16, 16, 3, 8);
    // Columns of the crop in turn brighter and darker by more than the mean change.
    const after = flat(32, 0.5);
    for (let i = 0; i < after.data.length; i++) after.data[i]! += (i % 32) % 4 < 1 ? -0.4 : 0;
    const { picture: pasted } = await pasteBack(photo, aligned([0.25, 0, 4, 0, 0.25, 4]), after);
    for (let y = 5; y < 11; y++) {
      for (let x = 5; x < 11; x++) {
        const i = (y * 16 + x) * 3;
        const expected = Math.max(0, photo.pixels[i]! - 0.1 * 255);
        expect(Math.abs(pasted.pixels[i]! - expected)).toBeLessThanOrEqual(0.51);
      }
    }
  });

  it('clips a change that reaches beyond the picture', async () => {
    const photo = picture(20, 20, 3, 8);
    const { picture: pasted, touched } = await pasteBack(photo, aligned([1, 0, -14, 0, 1, -14]), withSquare(0.2));
    expect(touched).toMatchObject({ x: 0, y: 0 });
    expect(touched.width).toBeLessThanOrEqual(11);
    expect(pasted.pixels.subarray(3 * (20 * 12))).toEqual(photo.pixels.subarray(3 * (20 * 12)));
  });
});
