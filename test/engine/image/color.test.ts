import { describe, expect, it } from 'vitest';
import {
  fromLogLight,
  LOG_FLOOR,
  labPixels,
  linearToSrgb,
  logLight,
  lumaPlane,
  srgbToLinear,
} from '#engine/image/color.ts';

describe('transfer curve', () => {
  it('has the values of IEC 61966-2-1', () => {
    expect(srgbToLinear(0.5)).toBeCloseTo(0.21404, 5);
    for (const v of [0, 0.02, 0.2, 0.7, 1]) expect(linearToSrgb(srgbToLinear(v))).toBeCloseTo(v, 6);
  });
});

describe('logarithmic light', () => {
  it('is the logarithm to its stated error', () => {
    for (let i = 0; i <= 500; i++) {
      const v = i / 500;
      expect(Math.abs(logLight(v) - Math.log(srgbToLinear(v) + LOG_FLOOR))).toBeLessThan(2e-3);
    }
  });

  it('comes back to within a quarter of an 8-bit step', () => {
    for (let i = 0; i <= 255; i++) expect(Math.abs(fromLogLight(logLight(i / 255)) - i / 255)).toBeLessThan(0.25 / 255);
  });

  it('clips', () => {
    expect(fromLogLight(-20)).toBe(0);
    expect(fromLogLight(3)).toBe(1);
    expect(logLight(-1)).toBe(logLight(0));
  });
});

describe('Lab', () => {
  it('has the published values of white, black and the primaries', () => {
    const colors = [
      [1, 1, 1],
      [0, 0, 0],
      [1, 0, 0],
      [0, 0, 1],
    ] as const;
    const planar = Float32Array.from([0, 1, 2].flatMap((k) => colors.map((c) => c[k]!)));
    const lab = labPixels(planar, 4);
    const expected = [100, 0, 0, 0, 0, 0, 53.24, 80.09, 67.2, 32.3, 79.19, -107.86];
    expected.forEach((v, i) => {
      expect(Math.abs(lab[i]! - v)).toBeLessThan(0.15);
    });
  });

  it('luma of grey is grey', () => {
    expect(lumaPlane(new Float32Array(6).fill(0.4), 2)[0]).toBeCloseTo(0.4, 6);
  });
});
