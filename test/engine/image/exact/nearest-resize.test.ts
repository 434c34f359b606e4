import { expect, it } from 'vitest';
import { resizeLabels, resizeNearest } from '#engine/image/exact/nearest-resize.ts';

it('reads the sample at floor(i · from / to)', () => {
  const labels = Uint8Array.from({ length: 12 }, (_, i) => i);
  expect([...resizeNearest(labels, 4, 3, 3, 2)]).toEqual([0, 1, 2, 4, 5, 6]);
  expect([...resizeNearest(labels.subarray(0, 4), 2, 2, 4, 4)]).toEqual([
    0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3,
  ]);
});

it('makes no labels that were not there', () => {
  const map = resizeLabels({ width: 2, height: 1, labels: Uint8Array.of(1, 11) }, 5, 5);
  expect(new Set(map.labels)).toEqual(new Set([1, 11]));
  expect([map.width, map.height]).toEqual([5, 5]);
});
