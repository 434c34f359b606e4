import { describe, expect, it } from 'vitest';
import {
  type Affine,
  affineScale,
  applyAffine,
  composeAffine,
  IDENTITY_AFFINE,
  invertAffine,
} from '#engine/image/affine.ts';

const turn: Affine = [0.6, -0.8, 5, 0.8, 0.6, -3];
const stretch: Affine = [2, 0.3, -1, 0, 0.5, 4];

describe('affine maps', () => {
  it('inverts', () => {
    for (const m of [turn, stretch]) {
      const [x, y] = applyAffine(invertAffine(m), ...applyAffine(m, 7.25, -2.5));
      expect(x).toBeCloseTo(7.25, 12);
      expect(y).toBeCloseTo(-2.5, 12);
    }
  });

  it('composes in the order outer after inner', () => {
    const direct = applyAffine(turn, ...applyAffine(stretch, 1.5, 2.5));
    const composed = applyAffine(composeAffine(turn, stretch), 1.5, 2.5);
    expect(composed[0]).toBeCloseTo(direct[0], 12);
    expect(composed[1]).toBeCloseTo(direct[1], 12);
  });

  it('measures its scale', () => {
    expect(affineScale(IDENTITY_AFFINE)).toBe(1);
    expect(affineScale(turn)).toBeCloseTo(1, 12);
    expect(affineScale(stretch)).toBeCloseTo(1, 12);
    expect(affineScale([3, 0, 0, 0, 3, 0])).toBe(3);
  });

  it('refuses to invert a map onto a line', () => {
    expect(() => invertAffine([1, 2, 0, 2, 4, 0])).toThrow(RangeError);
  });
});
