import { expect, test } from 'vitest';
import { describeMachine, spread } from '../../bench/bench.ts';

test('the spread of odd and even counts', () => {
  expect(spread([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
  expect(spread([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 });
  expect(spread([7.126])).toEqual({ median: 7.13, min: 7.13, max: 7.13 });
  expect(() => spread([])).toThrow(RangeError);
});

test('the machine is described by what changes the numbers', () => {
  expect(describeMachine()).toMatchObject({
    cores: expect.any(Number),
    cpu: expect.any(String),
    node: process.versions.node,
  });
});
