import { describe, expect, it } from 'vitest';
import { edgeFilter, guidedFilter, guidedUpsample } from '#engine/image/guided-filter.ts';
import { resizePlane } from '#engine/image/resize.ts';
import { largestDifference, noise } from './noise.ts';

const size = 64;
const step = Float32Array.from({ length: size * size }, (_, i) => (i % size < 32 ? 0.2 : 0.8));

describe('guidedFilter', () => {
  it('keeps the guide itself where its edges are strong', () => {
    expect(largestDifference(guidedFilter(step, step, size, size, 6, 1e-4), step)).toBeLessThan(0.02);
  });

  it('smooths noise where the guide is flat', () => {
    const data = noise(size * size);
    const out = guidedFilter(new Float32Array(size * size).fill(0.5), data, size, size, 8, 1e-3);
    const spread = (v: Float32Array) => v.reduce((s, x) => s + (x - 0.5) ** 2, 0) / v.length;
    expect(spread(out)).toBeLessThan(spread(data) / 20);
  });

  it('keeps constant maps', () => {
    const out = guidedFilter(noise(size * size), new Float32Array(size * size).fill(0.6), size, size, 5, 1e-3);
    expect(largestDifference(out, new Float32Array(size * size).fill(0.6))).toBeLessThan(1e-4);
  });
});

describe('edgeFilter', () => {
  it('filters one map after another as if each came alone', () => {
    const alongStep = edgeFilter(step, size, size, 6, 1e-3);
    for (const map of [noise(size * size, 1), noise(size * size, 2)]) {
      expect(alongStep(map)).toEqual(guidedFilter(step, map, size, size, 6, 1e-3));
    }
  });
});

describe('guidedUpsample', () => {
  it('gives a blurred small map the edge of the large guide', () => {
    const small = resizePlane(step, size, size, 32, 32);
    const soft = Float32Array.from(small, (_, i) => Math.min(1, Math.max(0, ((i % 32) - 12) / 8)));
    const out = guidedUpsample({ guide: small, map: soft, width: 32, height: 32 }, step, size, size, 5, 1e-4);
    const plain = resizePlane(soft, 32, 32, size, size);
    const jump = (v: Float32Array) => v[32 * size + 33]! - v[32 * size + 30]!;
    expect(jump(out)).toBeGreaterThan(2 * jump(plain));
  });
});
