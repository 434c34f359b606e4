import { describe, expect, it } from 'vitest';
import { isCut, thumbnailOf } from '#engine/face/tracks/scene-cut.ts';

const [width, height] = [320, 180];

/** A smooth picture with structure of about a fifth of its width. */
function scene(shift: number, brightness = 1, colours = [1, 0.9, 0.8]) {
  const pixels = new Uint8Array(3 * width * height);
  for (let y = 0, p = 0; y < height; y++) {
    for (let x = 0; x < width; x++, p += 3) {
      const value = 110 + 70 * Math.sin((x + shift) / 25) * Math.cos(y / 31);
      for (let k = 0; k < 3; k++) pixels[p + k] = Math.min(255, value * brightness * colours[k]!);
    }
  }
  return thumbnailOf({ index: 0, width, height, pixels });
}

describe('isCut', () => {
  it('sees another scene', () => {
    expect(isCut(scene(0), scene(78))).toBe(true);
    expect(isCut(scene(0), scene(0, 1, [0.5, 0.9, 1.3]))).toBe(true);
  });

  it('takes a moving camera, or a lamp that brightens a little, for the same one', () => {
    expect(isCut(scene(0), scene(20))).toBe(false);
    expect(isCut(scene(0), scene(0, 1.1))).toBe(false);
    expect(isCut(scene(0), scene(0))).toBe(false);
  });

  it('says nothing about the first frame', () => {
    expect(isCut(new Float32Array(0), scene(0))).toBe(false);
  });
});
