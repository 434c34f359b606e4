/** Graphs that are partly computed in float16: what is, what stays, and how far the numbers are from float32. */
import { describe, expect, it, vi } from 'vitest';
import { gradients } from '#engine/tensor/autodiff.ts';
import { Graph, type Value } from '#engine/tensor/graph.ts';
import { openGraph } from '#engine/tensor/graph-session.ts';
import { halfValues } from '#engine/tensor/half-precision.ts';
import { lowerGraph, reachable } from '#engine/tensor/lowering/lower.ts';
import { encodeOnnx } from '#engine/tensor/onnx/encode.ts';
import * as op from '#engine/tensor/ops.ts';
import { PROVIDERS } from '#engine/tensor/providers.ts';
import { computesInHalf } from '#engine/tensor/self-test.ts';
import { roundedHalves } from '#test/support/rounded-halves.ts';
import { noise } from './harness.ts';

vi.mock(import('#engine/tensor/onnx/encode.ts'), async (original) => {
  const { encodeOnnx: encode } = await original();
  return { encodeOnnx: (model) => encode(roundedHalves(model)) };
});

const nowhere = (): boolean => false;

/** Two convolutions with an upsampling and an instance norm between, a product, a distance, and its gradients. */
function network() {
  const graph = new Graph('half');
  const x = graph.input('x', [1, 6, 8, 8]);
  const weights = [graph.param('a', [8, 6, 3, 3]), graph.param('b', [4, 8, 3, 3]), graph.param('c', [4, 5])] as const;
  const first = op.leakyRelu(op.conv2d(x, weights[0], { pad: 1 }), 0.2);
  const norm = op.instanceNorm(first);
  const second = op.conv2d(op.maxPool(op.resizeBilinear(norm, 16), { kernel: 2, stride: 2 }), weights[1], { pad: 1 });
  const product = op.matmul(op.reshape(op.transpose(second, [0, 2, 3, 1]), [64, 4]), weights[2]);
  const distance = graph.scope('loss', () => op.reduceMean(op.square(op.sub(product, 0.5))));
  const found = gradients(distance, weights) as Value[];
  const outputs = { distance, product, first, 'd a': found[0]!, 'd b': found[1]!, 'd c': found[2]! };
  return { graph, outputs, norm, first, second };
}

const inputs = {
  x: noise('x', [1, 6, 8, 8]),
  a: noise('a', [8, 6, 3, 3], 0.3),
  b: noise('b', [4, 8, 3, 3], 0.3),
  c: noise('c', [4, 5]),
};

describe('half precision in a graph', () => {
  it('takes products and what joins them; sums, squares, divisions and named scopes stay', () => {
    const { graph, outputs } = network();
    const values = reachable(graph, Object.values(outputs));
    const half = halfValues(values, ({ scope }) => scope.split('/').includes('loss'));
    const operations = (scope: (path: string) => boolean): Set<string> =>
      new Set([...half].filter((value) => scope(value.scope)).map((value) => value.op));
    const all = operations(() => true);
    for (const found of ['conv2d', 'matmul', 'leakyRelu', 'resize', 'maxPool', 'transpose'])
      expect(all).toContain(found);
    for (const kept of ['reduceSum', 'reduceMean', 'div', 'sqrt', 'reciprocal', 'scatterElements', 'input', 'param'])
      expect(all).not.toContain(kept);
    expect(operations((scope) => scope.includes('loss'))).toEqual(new Set());
    for (const { op: name, inputs: operands } of half)
      expect(name === 'mul' && operands[0] === operands[1], 'a square in float16').toBe(false);
  });

  it('keeps products of many terms and numbers that halves do not hold', () => {
    const graph = new Graph('kept');
    const long = op.matmul(graph.input('l', [1, 10_000]), graph.input('r', [10_000, 1]));
    const short = op.matmul(graph.input('s', [2, 8]), graph.input('t', [8, 2]));
    const tiny = op.add(short, 1e-8);
    const plain = op.add(short, 1);
    const half = halfValues(reachable(graph, [long, tiny, plain]), nowhere);
    expect([long, tiny].some((value) => half.has(value))).toBe(false);
    expect([short, plain].every((value) => half.has(value))).toBe(true);
  });

  it('gives values and gradients within the error of halves, as float32', async () => {
    const { graph, outputs } = network();
    await using full = await openGraph(graph, outputs);
    await using half = await openGraph(graph, outputs, { half: nowhere });
    const [expected, found] = [await full.run(inputs), await half.run(inputs)];
    for (const [name, { data }] of Object.entries(expected)) {
      expect(found[name]!.data).toBeInstanceOf(Float32Array);
      const wanted = data as Float32Array;
      const largest = Math.max(...wanted.map(Math.abs));
      const apart = Math.max(...wanted.map((value, at) => Math.abs(value - Number(found[name]!.data[at]))));
      expect(apart / largest, name).toBeLessThan(1e-2);
      // Something was rounded.
      expect(apart, name).toBeGreaterThan(0);
    }
  });

  it('is nowhere unless asked for', () => {
    const { graph, outputs } = network();
    const model = lowerGraph(graph, outputs);
    expect(model.initializers.every(({ type }) => type !== 'float16')).toBe(true);
    const kept = lowerGraph(graph, outputs, { half: () => true });
    expect(encodeOnnx(kept)).toEqual(encodeOnnx(model));
  });
});

describe('providers and half precision', () => {
  it('is not the business of the CPU', async () => {
    expect(PROVIDERS.cpu.half).toBe(false);
    expect(await computesInHalf('cpu')).toEqual({ half: false, reason: 'the cpu computes in 32 bits' });
  });

  it('says why a provider that is not there has none', async () => {
    const absent = process.platform === 'win32' ? 'cuda' : 'dml';
    const { half, reason } = await computesInHalf(absent);
    expect(half).toBe(false);
    expect(reason).toMatch(/is not part of the runtime/);
  });
});
