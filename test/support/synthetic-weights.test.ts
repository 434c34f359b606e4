import { describe, expect, it } from 'vitest';
import { goldenUnits } from './golden-tensors.ts';
import { type SyntheticNetwork, syntheticWeight } from './synthetic-weights.ts';

const net: SyntheticNetwork = {
  network: 'net',
  rules: [
    ['weight_u$', 'su', 0, 0],
    ['weight_v$', 'sv', 0, 0],
    ['kernel$', 'keep', 0, 0],
    ['tracked$', 'const', 0, 3],
    ['bias$', 'uniform', 0.2, 1],
    ['weight(_orig)?$', 'fanin', 4, 0],
  ],
  shapes: new Map([
    ['a.weight', [2, 3, 1, 3]],
    ['a.bias', [2]],
    ['a.kernel', [4]],
    ['a.tracked', [2]],
    ['b.weight_orig', [2, 3]],
    ['b.weight_u', [2]],
    ['b.weight_v', [3]],
    ['odd', [1]],
  ]),
};

describe('synthetic weights', () => {
  it('are the hash that the reference files publish of themselves', () => {
    expect([...goldenUnits('img:driven', 4)]).toEqual([
      0.23126485338434577, 0.3165902220644057, 0.25199951068498194, 0.30180288292467594,
    ]);
  });

  it('are scaled by the first rule that fits', () => {
    const u = goldenUnits('net/a.weight', 18);
    expect(syntheticWeight(net, 'a.weight')).toEqual(Float32Array.from(u, (value) => (4 / 3) * (value - 0.5)));
    const [first = 0] = goldenUnits('net/a.bias', 2);
    expect(syntheticWeight(net, 'a.bias')?.[0]).toBe(Math.fround(1 + 0.2 * (first - 0.5)));
    expect(syntheticWeight(net, 'a.tracked')).toEqual(Float32Array.of(3, 3));
    expect(syntheticWeight(net, 'a.kernel')).toBeUndefined();
    expect(() => syntheticWeight(net, 'odd')).toThrow(/no rule for net\/odd/);
  });

  it('have unit vectors of spectral normalisation that belong to their weight', () => {
    const [w, u, v] = ['weight_orig', 'weight_u', 'weight_v'].map((key) => [
      ...(syntheticWeight(net, `b.${key}`) ?? []),
    ]);
    if (!w || !u || !v) throw new Error('They are missing.');
    const length = (x: readonly number[]): number => Math.hypot(...x);
    expect(length(u)).toBeCloseTo(1, 6);
    expect(length(v)).toBeCloseTo(1, 6);
    const image = [0, 1].map((row) => v.reduce((sum, value, column) => sum + (w[row * 3 + column] ?? 0) * value, 0));
    expect(u[0]).toBeCloseTo((image[0] ?? 0) / length(image), 6);
    expect(u[1]).toBeCloseTo((image[1] ?? 0) / length(image), 6);
  });
});
