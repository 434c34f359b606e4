import { expect, it } from 'vitest';
import { cropPlane, cropRgb, withPart } from '#engine/image/crop.ts';
import { noise } from './noise.ts';

const rect = { x: 2, y: 1, width: 3, height: 2 };

it('cuts out and puts back', () => {
  const image = { width: 6, height: 4, data: noise(72) };
  const part = cropRgb(image, rect);
  expect(part.data[0]).toBe(image.data[1 * 6 + 2]);
  expect(part.data[2 * 6 + 5]).toBe(image.data[2 * 24 + 2 * 6 + 4]);
  expect(withPart(image, rect, part)).toEqual(image);
  const changed = withPart(image, rect, { ...part, data: part.data.map(() => 9) });
  expect(changed.data.filter((v) => v === 9)).toHaveLength(18);
  expect(image.data.includes(9)).toBe(false);
});

it('cuts planes', () => {
  const plane = { width: 6, height: 4, data: noise(24) };
  expect(cropPlane(plane, rect).data[4]).toBe(plane.data[2 * 6 + 3]);
});
