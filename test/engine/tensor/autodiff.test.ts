import { describe, expect, it } from 'vitest';
import { gradients, requiredGradients } from '#engine/tensor/autodiff.ts';
import { floats } from '#engine/tensor/data.ts';
import { Graph } from '#engine/tensor/graph.ts';
import * as op from '#engine/tensor/ops.ts';
import { evaluate, noise, numbers } from './harness.ts';

describe('gradients', () => {
  const x = floats([3], [1, 2, 3]);

  it('adds up over every path', async () => {
    // d/dx of x² + 3x·x = 8x.
    const result = await numbers({ x }, ({ x }) => {
      const y = op.add(op.square(x!), op.mul(op.mul(x!, 3), x!));
      return gradients(op.reduceSum(y), [x!])[0]!;
    });
    expect(result).toEqual([8, 16, 24]);
  });

  it('differentiates again and again', async () => {
    const result = await numbers({ x }, ({ x }) => {
      const first = gradients(op.reduceSum(op.pow(x!, 4)), [x!])[0]!;
      const second = gradients(op.reduceSum(first), [x!])[0]!;
      return gradients(op.reduceSum(second), [x!])[0]!;
    });
    expect(result).toEqual([24, 48, 72]);
  });

  it('takes a seed for an output of several numbers', async () => {
    const result = await numbers(
      { x, seed: floats([3], [1, 0, -1]) },
      ({ x, seed }) => gradients(op.square(x!), [x!], { seed })[0]!,
    );
    expect(result).toEqual([2, 0, -6]);
  });

  it('stops where told, and at steps and positions', async () => {
    const result = await numbers({ x }, ({ x }) => {
      const held = op.mul(op.stopGradient(op.square(x!)), x!);
      return gradients(op.reduceSum(op.add(held, op.floor(x!))), [x!])[0]!;
    });
    expect(result).toEqual([1, 4, 9]);
  });

  it('tells an absent gradient from a gradient of zeros', async () => {
    const graph = new Graph('absent');
    const [a, b, c] = ['a', 'b', 'c'].map((name) => graph.input(name, [2])) as [never, never, never];
    const loss = op.reduceSum(op.add(a, op.mul(b, 0)));
    expect(gradients(loss, [a, b, c]).map((value) => value !== undefined)).toEqual([true, true, false]);
    expect(() => requiredGradients(loss, [a, c])).toThrow('does not depend on 1 values: c.');
  });

  it('gives the gradient of inner values', async () => {
    const { dy, dx } = await evaluate({ x }, ({ x }) => {
      const y = op.exp(x!);
      const [dy, dx] = requiredGradients(op.reduceSum(op.square(y)), [y, x!]) as [never, never];
      return { dy, dx };
    });
    expect([...(dy!.data as Float32Array)].map((v, i) => v / Math.exp(i + 1))).toEqual([
      expect.closeTo(2, 5),
      expect.closeTo(2, 5),
      expect.closeTo(2, 5),
    ]);
    expect((dx!.data as Float32Array)[0]).toBeCloseTo(2 * Math.exp(2), 4);
  });

  it('names what it cannot differentiate', () => {
    const graph = new Graph('net');
    const x = graph.input('x', [2, 2]);
    const labels = graph.input('labels', [2], 'int64');
    expect(() => gradients(x, [x])).toThrow('net/: the gradient of input[2,2] needs a seed');
    expect(() => gradients(op.argMax(x, 1), [x])).toThrow('only float32 values have one');
    expect(() => gradients(op.reduceSum(x), [labels])).toThrow('with respect to int64[2]');
    expect(() => gradients(op.reduceSum(x), [new Graph('other').input('x', [1])])).toThrow('a value of other');
    expect(() => gradients(x, [x], { seed: labels })).toThrow('the seed is [2]');
  });

  it('stays linear: 3,000 layers give a backward pass of a few operations each', () => {
    const graph = new Graph('deep');
    const x = graph.input('x', [1, 4]);
    const weights = Array.from({ length: 3000 }, (_, k) => graph.param(`w${k}`, [4, 4]));
    const y = weights.reduce((value, weight) => op.tanh(op.matmul(value, weight)), x);
    const forward = graph.values.length;
    const found = gradients(op.reduceSum(y), weights);
    expect(found.every((value) => value !== undefined)).toBe(true);
    expect(graph.values.length - forward).toBeLessThan(3000 * 12);
  });

  it('differentiates a graph that uses a value in many places', async () => {
    const weight = noise('w', [1]);
    const [result] = await numbers({ weight }, ({ weight }) => {
      const terms = Array.from({ length: 12 }, (_, k) => op.mul(weight!, k));
      return gradients(op.reduceSum(op.sum(terms)), [weight!])[0]!;
    });
    expect(result).toBe(66);
  });
});
