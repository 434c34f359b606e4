import { describe, expect, it } from 'vitest';
import { floats } from '#engine/tensor/data.ts';
import { GraphError } from '#engine/tensor/errors.ts';
import { Graph, type Value } from '#engine/tensor/graph.ts';
import * as op from '#engine/tensor/ops.ts';

const graph = (): { g: Graph; x: Value; w: Value } => {
  const g = new Graph('net');
  return { g, x: g.input('x', [1, 3, 8, 8]), w: g.param('conv.weight', [4, 3, 3, 3]) };
};

describe('Graph', () => {
  it('knows every shape while it is built', () => {
    const { x, w } = graph();
    expect(op.conv2d(x, w, { stride: 2, pad: 1 }).shape).toEqual([1, 4, 4, 4]);
    expect(op.convTranspose2d(op.conv2d(x, w), op.swapAxes(w, 1, 1), { stride: 2 }).shape).toEqual([1, 3, 13, 13]);
    expect(op.flatten(x).shape).toEqual([1, 192]);
    expect(op.reshape(x, [3, -1]).shape).toEqual([3, 64]);
    expect(op.argMax(x, 1).type).toBe('int64');
    expect(op.greater(x, 0).type).toBe('bool');
  });

  it('says operation, operands and scope when shapes do not fit', () => {
    const { g, x, w } = graph();
    const wrong = g.param('other.weight', [4, 5, 3, 3]);
    expect(() => g.scope('encoder', () => g.scope('body.0', () => op.conv2d(x, wrong)))).toThrow(
      'net/encoder/body.0: conv2d(float32[1,3,8,8], float32[4,5,3,3]): the weight takes 5 channels',
    );
    expect(() => op.add(x, w)).toThrow('net: add(float32[1,3,8,8], float32[4,3,3,3])');
    expect(() => op.matmul(x, g.input('y', [7, 8]))).toThrow('inner sizes 8 and 7');
    expect(() => op.reshape(x, [5, -1])).toThrow(GraphError);
    expect(() => op.slice(x, [{ axis: 2, start: 4, end: 9 }])).toThrow('4..9 by 1 is no part of axis 2 with size 8');
    expect(() => op.concat([x, w], 1)).toThrow('must agree on every axis but 1');
    expect(() => op.gather(x, w, 0)).toThrow('the index tensor must be int64 or int32');
    expect(() => op.maxPool(x, { kernel: 9 })).toThrow('larger than its padded input');
    expect(() => op.split(x, 1, [1, 1])).toThrow('do not add up');
    expect(() => op.clip(x, 1, 0)).toThrow('1..0 is no range');
    expect(() => op.add(x, Number.NaN)).toThrow('NaN is no operand');
    expect(() => op.add(x, new Graph('other').input('x', [1]))).toThrow('uses a value of the graph "other" in "net"');
  });

  it('refuses leaves that contradict an earlier one', () => {
    const { g, w } = graph();
    expect(g.param('conv.weight', [4, 3, 3, 3])).toBe(w);
    expect(() => g.param('conv.weight', [4, 3, 1, 1])).toThrow('it is already the param float32[4,3,3,3]');
    expect(() => g.input('conv.weight', [4, 3, 3, 3])).toThrow('it is already the param');
    expect(() => g.input('y', [0, 2])).toThrow('[0,2] is not a shape');
    expect(() => g.input('', [1])).toThrow('the name is empty');
    expect(() => g.constant({ dims: [2], data: new Float32Array(3) })).toThrow('carries 3 elements');
  });

  it('makes equal operations one value and drops those that change nothing', () => {
    const { g, x } = graph();
    expect(op.exp(x)).toBe(op.exp(x));
    expect(op.add(x, 0)).toBe(x);
    expect(op.mul(1, x)).toBe(x);
    expect(op.transpose(x, [0, 1, 2, 3])).toBe(x);
    expect(op.reshape(op.reshape(x, [192]), [1, 3, 8, 8])).toBe(x);
    expect(op.add(g.constant(2), g.constant(3))).toBe(g.constant(5));
    expect(g.constant(floats([2], [1, 2]))).toBe(g.constant(floats([2], [1, 2])));
    expect(g.constant(0)).not.toBe(g.constant(-0));
  });

  it('keeps the operands that it was given, whatever becomes of their list', () => {
    const { x } = graph();
    const values = [x, x];
    const joined = op.concat(values, 1);
    values.push(joined);
    expect(joined.inputs).toEqual([x, x]);
  });

  it('builds in linear time: a chain of 40,000 operations', () => {
    const { g, x } = graph();
    let value = x;
    for (let k = 0; k < 20_000; k++) value = op.tanh(op.add(value, x));
    expect(g.values.length).toBeGreaterThan(40_000);
    expect(value.id).toBe(g.values.length - 1);
  });
});
