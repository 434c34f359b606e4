/** Label maps over their photo: shifted, enlarged, turned, and cut off at the border. */
import { describe, expect, it } from 'vitest';
import type { Affine } from '#engine/image/affine.ts';
import { labelsOverPhoto } from '#engine/pipeline/photo-label-map.ts';

const face = (toPhoto: Affine) => ({ size: 2, labels: Uint8Array.of(1, 2, 3, 4), toPhoto });
const rows = (toPhoto: Affine, width: number, height: number): number[][] => {
  const { labels } = labelsOverPhoto(face(toPhoto), width, height);
  return Array.from({ length: height }, (_, y) => [...labels.subarray(y * width, (y + 1) * width)]);
};

describe('a label map over its photo', () => {
  it('lies where its crop lies', () => {
    expect(rows([1, 0, 1, 0, 1, 1], 4, 3)).toEqual([
      [0, 0, 0, 0],
      [0, 1, 2, 0],
      [0, 3, 4, 0],
    ]);
  });

  it('grows with its crop', () => {
    expect(rows([2, 0, 0, 0, 2, 0], 4, 4)).toEqual([
      [1, 1, 2, 2],
      [1, 1, 2, 2],
      [3, 3, 4, 4],
      [3, 3, 4, 4],
    ]);
  });

  it('turns with its crop', () => {
    // A quarter turn clockwise.
    expect(rows([0, -1, 2, 1, 0, 0], 2, 2)).toEqual([
      [3, 1],
      [4, 2],
    ]);
  });

  it('ends where the photo ends', () => {
    expect(rows([1, 0, -1, 0, 1, -1], 2, 1)).toEqual([[4, 0]]);
  });
});
