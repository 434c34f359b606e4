/** Sums at repeated positions are whole and the same every time: no update may be lost between threads. */
import { describe, expect, it } from 'vitest';
import { requiredGradients } from '#engine/tensor/autodiff.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { Graph, type Value } from '#engine/tensor/graph.ts';
import { openGraph } from '#engine/tensor/graph-session.ts';
import { mul } from '#engine/tensor/ops/elementwise.ts';
import { gather, gatherND, scatterND } from '#engine/tensor/ops/indexing.ts';
import { reduceSum } from '#engine/tensor/ops/reduction.ts';

const UPDATES = 20_000;
const SLOTS = 8;
const WIDTH = 16;
const positions: TensorData = {
  dims: [UPDATES, 1],
  data: BigInt64Array.from({ length: UPDATES }, (_, i) => BigInt(i % SLOTS)),
};
const expected = UPDATES / SLOTS;

async function run(graph: Graph, output: Value, feeds: Record<string, TensorData>): Promise<Float32Array> {
  await using session = await openGraph(graph, { y: output });
  return (await session.run(feeds))['y']!.data as Float32Array;
}

const ones = (dims: readonly number[]): TensorData => ({
  dims,
  data: new Float32Array(dims.reduce((product, size) => product * size, 1)).fill(1),
});
const zeros = (dims: readonly number[]): TensorData => ({ dims, data: new Float32Array(ones(dims).data.length) });

describe('sums at repeated positions', () => {
  it('are whole in scatterND', async () => {
    const graph = new Graph('scatter');
    const data = graph.input('data', [SLOTS, WIDTH]);
    const where = graph.input('where', [UPDATES, 1], 'int64');
    const y = scatterND(data, where, graph.input('updates', [UPDATES, WIDTH]), 'add');
    const feeds = { data: zeros([SLOTS, WIDTH]), where: positions, updates: ones([UPDATES, WIDTH]) };
    for (let round = 0; round < 5; round++) expect(new Set(await run(graph, y, feeds))).toEqual(new Set([expected]));
  });

  it.each([
    { axis: 0, shape: [SLOTS, WIDTH] },
    { axis: 1, shape: [WIDTH, SLOTS] },
  ])('are whole in the gradient of gather along axis $axis', async ({ axis, shape }) => {
    const graph = new Graph('gather');
    const data = graph.input('data', shape);
    const where = graph.input('where', [UPDATES], 'int64');
    const [gradient] = requiredGradients(reduceSum(mul(gather(data, where, axis), 1)), [data]);
    const feeds = { data: zeros(shape), where: { dims: [UPDATES], data: positions.data } };
    const usable = Object.fromEntries(Object.entries(feeds).filter(([name]) => name !== 'data'));
    for (let round = 0; round < 5; round++)
      expect(new Set(await run(graph, gradient!, usable))).toEqual(new Set([expected]));
  });

  it('are whole in the gradient of gatherND', async () => {
    const graph = new Graph('gatherND');
    const data = graph.input('data', [SLOTS, WIDTH]);
    const where = graph.input('where', [UPDATES, 1], 'int64');
    const [gradient] = requiredGradients(reduceSum(gatherND(data, where)), [data]);
    for (let round = 0; round < 5; round++)
      expect(new Set(await run(graph, gradient!, { where: positions }))).toEqual(new Set([expected]));
  });
});
