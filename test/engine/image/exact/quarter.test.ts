import { expect, it } from 'vitest';
import { fromByteImage } from '#engine/image/exact/byte-image.ts';
import { quarterRgb } from '#engine/image/exact/quarter.ts';
import { goldenPicture, imageReference, largestDifference } from '#test/support/image-reference.ts';

it('quarters a picture as scikit-image does', () => {
  const { width, height, data } = quarterRgb(fromByteImage(goldenPicture('sk64', 64, 64, 3)));
  expect([width, height]).toEqual([16, 16]);
  const row = (y: number) => Array.from({ length: 48 }, (_, i) => data[(i % 3) * 256 + y * 16 + Math.floor(i / 3)]!);
  const reference = imageReference.skimage_resize_64_to_16;
  expect(largestDifference(row(0), reference.out_row0)).toBeLessThan(1e-6);
  expect(largestDifference(row(7), reference.out_row7)).toBeLessThan(1e-6);
});
