import { describe, it } from 'vitest';
import type { Value } from '#engine/tensor/graph.ts';
import * as op from '#engine/tensor/ops.ts';
import { type Build, checkGradients, gradientOf } from '../gradient-check.ts';
import { noise } from '../harness.ts';

const x = noise('x', [3, 4]);
const rows = noise('rows', [2, 4]);
const at = (like: Value, values: number[], dims?: number[]): Value => op.indexConstant(like.graph, values, dims);

const gathers: Record<string, Build> = {
  'gather rows, repeated': ({ x }) => op.gather(x!, at(x!, [2, 0, 2]), 0),
  'gather columns by a matrix': ({ x }) => op.gather(x!, at(x!, [3, 1, 1, 0, 3, 3], [2, 3]), 1),
  'gather by a permutation': ({ x }) => op.gather(x!, at(x!, [2, 0, 3, 1]), 1),
  'gather some columns': ({ x }) => op.gather(x!, at(x!, [3, 0, 2]), 1),
  gatherElements: ({ x }) => op.gatherElements(x!, at(x!, [0, 2, 2, 1, 1, 1, 0, 2], [2, 4]), 0),
  gatherND: ({ x }) => op.gatherND(x!, at(x!, [0, 1, 2, 3, 0, 1], [3, 2])),
};
const scatters: Record<string, Build> = {
  scatterND: ({ x, rows }) => op.scatterND(x!, at(x!, [2, 0], [2, 1]), rows!),
  'scatterND add, repeated': ({ x, rows }) => op.scatterND(x!, at(x!, [1, 1], [2, 1]), rows!, 'add'),
  scatterElements: ({ x, rows }) => op.scatterElements(x!, at(x!, [0, 2, 1, 1, 1, 0, 0, 2], [2, 4]), rows!, 0),
  'scatterElements add': ({ x, rows }) =>
    op.scatterElements(x!, at(x!, [0, 2, 1, 1, 0, 2, 1, 1], [2, 4]), rows!, 0, 'add'),
};
const squared =
  (build: Build): Build =>
  (inputs, graph) =>
    op.square(build(inputs, graph));

describe('gradients of indexing', () => {
  it.each(Object.entries(gathers))('%s', async (_, build) => checkGradients({ x }, build));
  it.each(Object.entries(gathers))('%s, second order', async (_, build) =>
    checkGradients({ x }, gradientOf(squared(build), 'x')),
  );
  it.each(Object.entries(scatters))('%s', async (_, build) => checkGradients({ x, rows }, build));
  it.each(Object.entries(scatters))('%s, second order', async (_, build) =>
    checkGradients({ x, rows }, gradientOf(squared(build), 'rows'), { wrt: ['rows'] }),
  );
});
