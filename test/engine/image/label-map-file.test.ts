import sharp from 'sharp';
import { expect, test } from 'vitest';
import { encodeLabelMap } from '#engine/image/label-map-file.ts';
import { REGIONS } from '#shared/regions.ts';

test('labels come back as palette indices, colours as those of the regions', async () => {
  const labels = Uint8Array.from({ length: 35 }, (_, i) => (i * 5) % 12);
  const png = encodeLabelMap({ width: 7, height: 5, labels });
  expect(await sharp(png).metadata()).toMatchObject({ width: 7, height: 5, isPalette: true, bitsPerSample: 8 });
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  const colours = Array.from({ length: 35 }, (_, i) => [...data.subarray(i * info.channels, i * info.channels + 3)]);
  expect(colours).toEqual([...labels].map((label) => REGIONS.find((region) => region.index === label)?.color));
});

test('a label without a region and a wrong size are refused', () => {
  expect(() => encodeLabelMap({ width: 2, height: 1, labels: Uint8Array.from([3, 12]) })).toThrow(RangeError);
  expect(() => encodeLabelMap({ width: 2, height: 2, labels: new Uint8Array(3) })).toThrow(RangeError);
});
