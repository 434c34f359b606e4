import { expect, test } from 'vitest';
import type { DecodedPicture, RgbImage } from '#engine/image/picture.ts';
import { pasteBack } from '#engine/pipeline/paste-back.ts';

const flat = (size: number, value: number): RgbImage => ({
  width: size,
  height: size,
  data: new Float32Array(3 * size * size).fill(value),
});

test('a face that fills a large picture is pasted in bands that leave no seam', async () => {
  const [width, height, size, scale, left, top] = [1900, 1700, 64, 25, 100, 60];
  const picture: DecodedPicture = {
    width,
    height,
    channels: 3,
    bitDepth: 8,
    pixels: new Uint8Array(width * height * 3).fill(51),
    format: 'png',
    notices: [],
  };
  const aligned = {
    size,
    crop: flat(size, 0.2),
    landmarks: new Float32Array(),
    toPhoto: [scale, 0, left, 0, scale, top] as const,
  };
  const { picture: pasted, touched } = await pasteBack(picture, aligned, flat(size, 0.4));
  expect(touched.width * touched.height).toBeGreaterThan(2 ** 21);
  const right = left + size * scale;
  const bottom = top + size * scale;
  const wrong = { inside: 0, outside: 0 };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = pasted.pixels[(y * width + x) * 3] as number;
      // The rim of the crop is blended by sampling: one crop pixel is left out of the count.
      const inside = x >= left + scale && x < right - scale && y >= top + scale && y < bottom - scale;
      const outside = x < left || x >= right || y < top || y >= bottom;
      if (inside && value !== 102) wrong.inside++;
      if (outside && value !== 51) wrong.outside++;
    }
  }
  expect(wrong).toEqual({ inside: 0, outside: 0 });
  expect(picture.pixels.every((value) => value === 51)).toBe(true);
});

test('no change gives the very picture back', async () => {
  const picture: DecodedPicture = {
    width: 8,
    height: 8,
    channels: 1,
    bitDepth: 8,
    pixels: new Uint8Array(64),
    format: 'png',
    notices: [],
  };
  const aligned = { size: 4, crop: flat(4, 0), landmarks: new Float32Array(), toPhoto: [2, 0, 0, 0, 2, 0] as const };
  const pasted = await pasteBack(picture, aligned, flat(4, 0));
  expect(pasted.picture).toBe(picture);
  expect(pasted.touched).toMatchObject({ width: 0, height: 0 });
});
