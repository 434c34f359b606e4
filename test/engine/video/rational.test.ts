import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatRational, parseRational, reduce, rescale } from '#engine/video/rational.ts';
import { resultTimeBase, toNanoseconds, toSecondsText } from '#engine/video/time-base.ts';

test('ratios are read in lowest terms; nonsense is none', () => {
  expect(parseRational('60000/2002')).toEqual({ num: 30_000, den: 1001 });
  expect(parseRational('4:3')).toEqual({ num: 4, den: 3 });
  for (const text of ['0/0', '0:1', '1/0', '-1/25', 'N/A', '', undefined, '1/2/3']) {
    expect(parseRational(text)).toBeUndefined();
  }
  expect(formatRational(reduce({ num: 90, den: 60 }))).toBe('3:2');
});

test('ticks survive the way through nanoseconds and through microseconds', () => {
  const bases = [1000, 12_800, 24_000, 30_000, 60_000, 90_000, 400_000].map((den) => ({ num: 1, den }));
  const base = fc.constantFrom(...bases, { num: 1001, den: 60_000 });
  fc.assert(
    fc.property(base, fc.integer({ min: 0, max: 2 ** 33 }), (timeBase, ticks) => {
      // The nearest tick, in whole numbers.
      const back = (value: bigint, perSecond: number): bigint => {
        const tick = BigInt(perSecond) * BigInt(timeBase.num);
        return (2n * value * BigInt(timeBase.den) + tick) / (2n * tick);
      };
      expect(back(toNanoseconds(ticks, timeBase), 1e9)).toBe(BigInt(ticks));
      expect(back(rescale(ticks, timeBase, 1e6), 1e6)).toBe(BigInt(ticks));
    }),
  );
});

test('halves go away from zero', () => {
  expect(rescale(1, { num: 1, den: 2 }, 1)).toBe(1n);
  expect(rescale(-1, { num: 1, den: 2 }, 1)).toBe(-1n);
  expect(rescale(-1, { num: 1, den: 3 }, 1)).toBe(0n);
});

test('seconds as ffmpeg takes them', () => {
  const micro = { num: 1, den: 1_000_000 };
  expect([0, 5, -5, 1_000_000, -12_345_678].map((ticks) => toSecondsText(ticks, micro))).toEqual([
    '0.000000',
    '0.000005',
    '-0.000005',
    '1.000000',
    '-12.345678',
  ]);
});

test("a result keeps the source's clock unless it is finer than containers hold", () => {
  for (const den of [1000, 12_800, 90_000]) expect(resultTimeBase({ num: 1, den })).toEqual({ num: 1, den });
  expect(resultTimeBase({ num: 1001, den: 60_000 })).toEqual({ num: 1001, den: 60_000 });
  expect(resultTimeBase({ num: 1, den: 1_200_000 })).toEqual({ num: 1, den: 400_000 });
});
