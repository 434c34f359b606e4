import { expect, it } from 'vitest';
import { clamp, mix, smoothstep } from '#engine/image/math.ts';

it('clamps, mixes, steps smoothly in both directions', () => {
  expect([clamp(-1, 0, 2), clamp(3, 0, 2), clamp(1, 0, 2)]).toEqual([0, 2, 1]);
  expect(mix(2, 6, 0.25)).toBe(3);
  expect([smoothstep(0, 1, -1), smoothstep(0, 1, 0.5), smoothstep(0, 1, 2)]).toEqual([0, 0.5, 1]);
  expect(smoothstep(1, 0, 0.25)).toBeCloseTo(1 - smoothstep(0, 1, 0.25), 12);
});
