import { describe, expect, it } from 'vitest';
import { edgeMap, sobelEdges } from '#engine/image/exact/edge-map.ts';
import { goldenLevels, imageReference, largestDifference, planarImage } from '#test/support/image-reference.ts';

const levels = goldenLevels('edge16', 16 * 16 * 3).map(
  (v, i) => Math.floor(v / 6) + Math.trunc(12 * (Math.floor(i / 3) % 16)),
);
const picture = planarImage(levels, 16, 16, 3);

describe('edgeMap', () => {
  it('gives the soft edges of the original', () => {
    expect(largestDifference(edgeMap(picture), imageReference.get_edge.image_variant.flat())).toBe(0);
  });

  it('gives the plain edges that the original uses for video', () => {
    expect(largestDifference(sobelEdges(picture), imageReference.get_edge.video_variant.flat())).toBe(0);
  });
});
