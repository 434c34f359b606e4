import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { floats } from '#engine/tensor/data.ts';
import { Graph } from '#engine/tensor/graph.ts';
import { openGraph } from '#engine/tensor/graph-session.ts';
import { lowerGraph, type ParamResolver } from '#engine/tensor/lowering/lower.ts';
import { encodeOnnx } from '#engine/tensor/onnx/encode.ts';
import * as op from '#engine/tensor/ops.ts';

function network() {
  const g = new Graph('affine');
  const x = g.input('x', [1, 2]);
  const y = g.scope('fc', () => op.linear(x, g.param('fc.weight', [3, 2]), g.param('fc.bias', [3])));
  op.exp(g.param('unused', [1]));
  return { g, y };
}
const weights: Record<string, Float32Array> = {
  'fc.weight': Float32Array.of(1, 2, 3, 4, 5, 6),
  'fc.bias': Float32Array.of(10, 20, 30),
};
const inline: ParamResolver = (name, dims) => (weights[name] === undefined ? undefined : { dims, data: weights[name] });
const x = floats([1, 2], [1, 10]);
const expected = floats([1, 3], [31, 63, 95]);

describe('lowerGraph', () => {
  it('gives equal bytes for equal graphs, and only what the outputs need', () => {
    const [first, second] = [network(), network()];
    const model = lowerGraph(first.g, { y: first.y }, { params: inline });
    expect(encodeOnnx(model)).toEqual(encodeOnnx(lowerGraph(second.g, { y: second.y }, { params: inline })));
    expect(model.initializers.map(({ name }) => name)).toEqual(['fc.weight', 'fc.bias']);
    expect(model.nodes.map(({ op }) => op)).toEqual(['Transpose', 'MatMul', 'Add']);
    expect(model.nodes.map(({ name }) => name)).toEqual(['fc/Transpose_0', 'fc/MatMul_1', 'fc/Add_2']);
    expect(model.nodes.at(-1)?.outputs).toEqual(['y']);
  });

  it('takes weights as inputs, from memory, or from a file at any offset', async () => {
    const { g, y } = network();
    await using trained = await openGraph(g, { y });
    expect(trained.inputNames).toEqual(['x', 'fc.weight', 'fc.bias']);
    const given = {
      x,
      'fc.weight': { dims: [3, 2], data: weights['fc.weight']! },
      'fc.bias': { dims: [3], data: weights['fc.bias']! },
    };
    expect((await trained.run(given))['y']).toEqual(expected);

    await using inlined = await openGraph(g, { y }, { params: inline });
    expect((await inlined.run({ x }))['y']).toEqual(expected);

    const folder = await mkdtemp(path.join(tmpdir(), 'lower-'));
    try {
      // 13 bytes before the numbers, as a safetensors header may be of any length.
      const bytes = Buffer.concat([
        Buffer.alloc(13),
        ...Object.values(weights).map((array) => Buffer.from(array.buffer)),
      ]);
      await writeFile(path.join(folder, 'weights.safetensors'), bytes);
      const offsets: Record<string, [number, number]> = { 'fc.weight': [13, 24], 'fc.bias': [37, 12] };
      await using external = await openGraph(
        g,
        { y },
        {
          externalDataFolder: folder,
          params: (name) => ({ file: 'weights.safetensors', offset: offsets[name]![0], length: offsets[name]![1] }),
        },
      );
      expect((await external.run({ x }))['y']).toEqual(expected);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('names weights that are missing or of another size, and names that collide', () => {
    const { g, y } = network();
    expect(() => lowerGraph(g, { y }, { params: () => undefined })).toThrow(
      'affine misses 2 of its weights: fc.weight, fc.bias.',
    );
    expect(() => lowerGraph(g, { y }, { params: () => floats([2], [1, 2]) })).toThrow(
      'the weight fc.weight is [2], the network needs [3,2]',
    );
    expect(() => lowerGraph(g, { y }, { params: () => ({ file: 'f', offset: 0, length: 4 }) })).toThrow('has 4 bytes');
    expect(() => lowerGraph(g, { x: y })).toThrow('two tensors are called "x"');
    expect(() => lowerGraph(g, {})).toThrow('no outputs');
    expect(() => lowerGraph(g, { z: new Graph('other').input('z', [1]) })).toThrow('belongs to other');
  });

  it('gives one value several names, and inputs back as outputs', async () => {
    const g = new Graph('names');
    const x = g.input('x', [1, 2]);
    const y = op.stopGradient(op.add(x, 1));
    await using session = await openGraph(g, { y, again: y, same: x });
    const out = await session.run({ x: floats([1, 2], [1, 2]) });
    expect(out).toEqual({ y: floats([1, 2], [2, 3]), again: floats([1, 2], [2, 3]), same: floats([1, 2], [1, 2]) });
  });
});
