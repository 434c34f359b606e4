import { describe, it } from 'vitest';
import * as op from '#engine/tensor/ops.ts';
import { type Build, checkGradients, gradientOf } from '../gradient-check.ts';
import { noise } from '../harness.ts';

const x = noise('x', [2, 3, 4]);

const builds: Record<string, Build> = {
  reshape: ({ x }) => op.reshape(x!, [4, 6]),
  expand: ({ x }) => op.expand(x!, [2, 2, 3, 4]),
  'expand, inner axis': ({ x }) => op.expand(op.unsqueeze(x!, 2), [2, 3, 5, 4]),
  transpose: ({ x }) => op.transpose(x!, [2, 0, 1]),
  slice: ({ x }) =>
    op.slice(x!, [
      { axis: 1, start: 1 },
      { axis: 2, start: 1, end: 3 },
    ]),
  'slice with steps': ({ x }) =>
    op.slice(x!, [
      { axis: 1, step: 2 },
      { axis: 2, start: 1, step: 2 },
    ]),
  'slice with a step that leaves a rest': ({ x }) => op.slice(x!, [{ axis: 2, step: 3 }]),
  flip: ({ x }) => op.flip(x!, [0, 2]),
  'pad zeros': ({ x }) => op.pad(x!, [0, 1, 2], [1, 0, 3]),
  'pad reflect': ({ x }) => op.pad(x!, [0, 2, 1], [0, 1, 3], { mode: 'reflect' }),
  'pad edge': ({ x }) => op.pad(x!, [1, 0, 2], [0, 0, 1], { mode: 'edge' }),
  concat: ({ x }) => op.concat([op.mul(x!, 2), op.slice(x!, [{ axis: 1, end: 1 }])], 1),
  split: ({ x }) => op.mul(op.split(x!, 2, [1, 3])[0]!, op.split(x!, 2, [1, 3])[1]!),
};

describe('gradients of layout operations', () => {
  it.each(Object.entries(builds))('%s', async (_, build) => checkGradients({ x }, build));
  // Linear maps have constant gradients: squared, the second order passes through the transposed map as well.
  it.each(Object.entries(builds))('%s, second order', async (_, build) =>
    checkGradients(
      { x },
      gradientOf((inputs, graph) => op.square(build(inputs, graph)), 'x'),
    ),
  );
});
