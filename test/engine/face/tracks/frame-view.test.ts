import { describe, expect, it } from 'vitest';
import { PicturePyramid } from '#engine/face/picture-pyramid.ts';
import { FrameView } from '#engine/face/tracks/frame-view.ts';
import type { Affine } from '#engine/image/affine.ts';

function checkered(width: number, height: number): Uint8Array {
  return Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return 128 + 60 * Math.sin(x / (3 + (i % 3))) + 60 * Math.cos(y / 5);
  });
}

function planar(pixels: Uint8Array, width: number, height: number) {
  const n = width * height;
  return {
    width,
    height,
    data: Float32Array.from({ length: 3 * n }, (_, i) => pixels[3 * (i % n) + Math.floor(i / n)]! / 255),
  };
}

describe('FrameView', () => {
  const [width, height] = [160, 96];
  const pixels = checkered(width, height);
  const view = new FrameView({ width, height, pixels });
  const pyramid = new PicturePyramid(planar(pixels, width, height));

  it.each([
    ['enlarged', [0.4, 0.1, 30, -0.1, 0.4, 40]],
    ['at its own size', [1, 0.2, 10, -0.2, 1, 20]],
    ['reduced by 2.5', [2.5, 0.3, 5, -0.3, 2.5, 5]],
    ['reduced by 5', [5, 0, 0, 0, 5, -20]],
    ['beside the picture', [1, 0, -20, 0, 1, -30]],
  ] as [string, Affine][])('shows what the whole picture as floats shows, %s', (_, toPicture) => {
    const crop = view.crop(toPicture, 40, 32);
    const expected = pyramid.crop(toPicture, 40, 32);
    crop.data.forEach((value, i) => {
      if (Math.abs(value - expected.data[i]!) > 1e-5) expect(value, `value ${i}`).toBeCloseTo(expected.data[i]!, 5);
    });
  });

  it('averages the remainder at the right and lower edge', () => {
    const odd = new FrameView({ width: 7, height: 5, pixels: new Uint8Array(105).fill(255) });
    for (const value of odd.crop([4, 0, -8, 0, 4, -8], 5, 5).data)
      expect([0, 1]).toContain(Math.round(value * 1e5) / 1e5);
  });

  it('is black where there is nothing to see', () => {
    expect(view.crop([1, 0, 500, 0, 1, 500], 4, 4).data).toEqual(new Float32Array(48));
    const dot = new FrameView({ width: 1, height: 1, pixels: new Uint8Array(3).fill(255) });
    expect(dot.crop([1, 0, 0, 0, 1, 0], 4, 4).data).toEqual(new Float32Array(48));
  });
});
