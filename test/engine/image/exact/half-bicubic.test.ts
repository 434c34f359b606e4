import { expect, it } from 'vitest';
import { fromByteImage } from '#engine/image/exact/byte-image.ts';
import { halfBicubic } from '#engine/image/exact/half-bicubic.ts';
import { goldenPicture, imageReference, largestDifference } from '#test/support/image-reference.ts';

it('halves a picture as the face parser of the original sees it', () => {
  const small = halfBicubic(fromByteImage(goldenPicture('bd16', 16, 16, 3)));
  const expected = imageReference.bicubic_downsample_x2.out_channel0.flat();
  expect(largestDifference(small.data.subarray(0, 64), expected)).toBeLessThan(1e-6);
});
