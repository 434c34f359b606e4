import { describe, expect, it } from 'vitest';
import { fromByteImage, toByteImage, toLevels } from '#engine/image/exact/byte-image.ts';
import { goldenPicture } from '#test/support/image-reference.ts';

describe('levels', () => {
  it('are rounded or truncated, and clipped', () => {
    const values = Float32Array.of(-3, 0.4, 0.5, 99.99, 254.6, 300);
    expect([...toLevels(values, 'round')]).toEqual([0, 0, 1, 100, 255, 255]);
    expect([...toLevels(values, 'truncate')]).toEqual([0, 0, 0, 99, 254, 255]);
  });

  it('survive the way to a working image and back', () => {
    const picture = goldenPicture('levels', 32, 24, 3);
    expect(toByteImage(fromByteImage(picture))).toEqual(picture);
  });
});
