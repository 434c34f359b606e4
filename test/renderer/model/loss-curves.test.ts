import { describe, expect, it } from 'vitest';
import type { LossRow } from '#shared/tuning.ts';
import {
  curveOf,
  logShare,
  logTicks,
  lossText,
  nearestRow,
  sampledRows,
  thinned,
  trendOf,
  updateTicks,
  valueRange,
} from '../../../src/renderer/model/loss-curves.ts';

const rows = (values: readonly number[]): LossRow[] =>
  values.map((value, at) => ({ update: at + 1, frame: at % 3, losses: { 'driven.lpips': value } }));

describe('a curve', () => {
  it('holds the values of one loss, and leaves out what is no number', () => {
    const curve = curveOf(rows([0.5, Number.NaN, 0.25]), 'driven.lpips');
    expect(curve).toEqual([
      { update: 1, value: 0.5 },
      { update: 3, value: 0.25 },
    ]);
    expect(curveOf(rows([0.5]), 'recolored.lpips')).toEqual([]);
  });

  it('has a place for a loss of nothing', () => {
    expect(curveOf(rows([0]), 'driven.lpips')[0]?.value).toBeGreaterThan(0);
  });
});

describe('the trend', () => {
  it('of an even fall is that fall, without a lag', () => {
    const falling = Array.from({ length: 60 }, (_, at) => ({ update: at, value: 2 * 0.95 ** at }));
    trendOf(falling).forEach(({ value }, at) => {
      expect(value).toBeCloseTo(2 * 0.95 ** at, 10);
    });
  });

  it('takes out what jumps from frame to frame', () => {
    const jumping = Array.from({ length: 90 }, (_, at) => ({ update: at, value: [0.5, 1, 2][at % 3] as number }));
    const inner = trendOf(jumping).slice(10, -10);
    for (const { value } of inner) expect(Math.abs(Math.log(value))).toBeLessThan(1e-9);
  });
});

describe('many points', () => {
  it('become as many as there is room for, in order, up to the last update', () => {
    const points = Array.from({ length: 6000 }, (_, at) => ({ update: at + 1, value: 3 }));
    const thin = thinned(points, 700);
    expect(thin.length).toBeLessThanOrEqual(700);
    expect(thin.at(-1)?.update).toBe(6000);
    for (const { value } of thin) expect(value).toBeCloseTo(3, 10);
    expect(thinned(points, 6000)).toBe(points);
  });
});

describe('the scale', () => {
  it('has room around the values, also where all are the same', () => {
    const range = valueRange([curveOf(rows([0.2, 0.2]), 'driven.lpips')]);
    expect(range?.low).toBeLessThan(0.2);
    expect(range?.high).toBeGreaterThan(0.2);
    expect(valueRange([[]])).toBeNull();
  });

  it.each([
    { low: 0.9, high: 1.4 },
    { low: 0.05, high: 0.11 },
    { low: 1e-5, high: 3 },
    { low: 4, high: 90 },
  ])('has round lines between $low and $high', (range) => {
    const ticks = logTicks(range);
    expect(ticks.length).toBeGreaterThanOrEqual(2);
    expect(ticks.length).toBeLessThanOrEqual(16);
    for (const tick of ticks) {
      expect(tick).toBeGreaterThanOrEqual(range.low);
      expect(tick).toBeLessThanOrEqual(range.high);
    }
  });

  it('runs from 0 to 1, the geometric middle at a half', () => {
    const range = { low: 0.01, high: 1 };
    expect([0.01, 0.1, 1].map((value) => logShare(range, value))).toEqual([0, expect.closeTo(0.5, 12), 1]);
  });

  it('counts updates in round steps', () => {
    expect(updateTicks(100, 5)).toEqual([20, 40, 60, 80, 100]);
    expect(updateTicks(3, 8)).toEqual([1, 2, 3]);
    expect(updateTicks(5920, 8).length).toBeLessThanOrEqual(8);
    expect(updateTicks(0, 8)).toEqual([]);
  });
});

describe('a reading', () => {
  it('is the row nearest to the pointer', () => {
    const sparse = [3, 10, 11, 40].map((update): LossRow => ({ update, frame: 0, losses: {} }));
    expect([0, 6, 7, 10.6, 24, 400].map((update) => nearestRow(sparse, update)?.update)).toEqual([
      3, 3, 10, 11, 11, 40,
    ]);
    expect(nearestRow([], 5)).toBeNull();
  });

  it('is told in three digits', () => {
    expect([0.12345, 12.345, 0.0012345, 0.00001234, 123456].map(lossText)).toEqual([
      '0.123',
      '12.3',
      '0.00123',
      '1.2e-5',
      '1.2e+5',
    ]);
  });

  it('as a table has first and last row', () => {
    const all = rows(Array.from({ length: 500 }, (_, at) => at + 1));
    const table = sampledRows(all, 20);
    expect(table).toHaveLength(20);
    expect([table[0]?.update, table.at(-1)?.update]).toEqual([1, 500]);
    expect(sampledRows(all.slice(0, 3), 20)).toHaveLength(3);
  });
});
