import { describe, it } from 'vitest';
import * as op from '#engine/tensor/ops.ts';
import { type Build, checkGradients, gradientOf } from '../gradient-check.ts';
import { noise } from '../harness.ts';

const x = noise('x', [2, 3, 4]);
const builds: Record<string, Build> = {
  'reduceSum of all': ({ x }) => op.reduceSum(x!),
  'reduceSum of one axis': ({ x }) => op.reduceSum(x!, { axes: [1] }),
  reduceMean: ({ x }) => op.reduceMean(x!, { axes: [0, 2], keepDims: true }),
  reduceMax: ({ x }) => op.reduceMax(x!, { axes: [2] }),
  softmax: ({ x }) => op.softmax(x!, 1),
  logSoftmax: ({ x }) => op.logSoftmax(x!, 2),
  l2Normalize: ({ x }) => op.l2Normalize(x!, [1]),
};

describe('gradients of reductions', () => {
  it.each(Object.entries(builds))('%s', async (_, build) => checkGradients({ x }, build));
  it.each(Object.entries(builds))('%s, second order', async (_, build) =>
    checkGradients(
      { x },
      gradientOf((inputs, graph) => op.square(build(inputs, graph)), 'x'),
    ),
  );

  it('instanceNorm', async () => checkGradients({ x: noise('image', [1, 2, 3, 3]) }, ({ x }) => op.instanceNorm(x!)));

  it('layerNorm', async () =>
    checkGradients({ x, weight: noise('w', [4]), bias: noise('b', [4]) }, ({ x, weight, bias }) =>
      op.layerNorm(x!, weight!, bias!),
    ));

  it('batchNorm', async () =>
    checkGradients(
      {
        x: noise('image', [1, 2, 2, 3]),
        weight: noise('w', [2]),
        bias: noise('b', [2]),
        runningMean: noise('m', [2]),
        runningVar: noise('v', [2], 0.3, 1),
      },
      ({ x, weight, bias, runningMean, runningVar }) =>
        op.batchNorm(x!, { weight: weight!, bias: bias!, runningMean: runningMean!, runningVar: runningVar! }),
    ));
});
