import { describe, expect, it } from 'vitest';
import { requiredGradients } from '#engine/tensor/autodiff.ts';
import { floats, type TensorData } from '#engine/tensor/data.ts';
import { sampleNeighbours } from '#engine/tensor/gradients/resampling.ts';
import * as op from '#engine/tensor/ops.ts';
import { type Build, checkGradients, gradientOf } from '../gradient-check.ts';
import { noise, numbers } from '../harness.ts';

const x = noise('x', [1, 2, 4, 6]);
/** Distinct numbers whose order no finite difference can change. */
const apart: TensorData = floats(
  [1, 1, 5, 5],
  Array.from({ length: 25 }, (_, i) => ((i * 7) % 25) / 8),
);

const builds: Record<string, Build> = {
  averagePool: ({ x }) => op.averagePool(x!, { kernel: 2 }),
  'averagePool that leaves a rest': ({ x }) => op.averagePool(x!, { kernel: [3, 4] }),
  'averagePool, overlapping and padded': ({ x }) => op.averagePool(x!, { kernel: 3, stride: 2, pad: 1 }),
  'adaptiveAveragePool, uneven': ({ x }) => op.adaptiveAveragePool(x!, [3, 4]),
  'nearest up': ({ x }) => op.resizeNearest(x!, [8, 18]),
  'nearest down': ({ x }) => op.resizeNearest(x!, [2, 2]),
  'nearest uneven': ({ x }) => op.resizeNearest(x!, [3, 7]),
  'bilinear up': ({ x }) => op.resizeBilinear(x!, [8, 9]),
  'bilinear down': ({ x }) => op.resizeBilinear(x!, [2, 3]),
  'bilinear, corners aligned': ({ x }) => op.resizeBilinear(x!, [7, 5], true),
};

describe('gradients of pooling and resampling', () => {
  it.each(Object.entries(builds))('%s', async (_, build) => checkGradients({ x }, build));
  it.each(Object.entries(builds))('%s, second order', async (_, build) =>
    checkGradients(
      { x },
      gradientOf((inputs, graph) => op.square(build(inputs, graph)), 'x'),
    ),
  );

  it.each([
    { kernel: 2 },
    { kernel: 3, stride: 2 },
    { kernel: 2, stride: 3 },
    { kernel: [3, 2] as const, stride: [1, 2] as const, pad: [1, 0, 2, 1] as const },
    { kernel: 3, stride: 1, pad: 1 },
    { kernel: 1, stride: 2 },
  ])('maxPool %j', async (options) => {
    const build: Build = ({ x }) => op.maxPool(x!, options);
    await checkGradients({ x: apart }, build);
    await checkGradients(
      { x: apart },
      gradientOf((inputs, graph) => op.square(build(inputs, graph)), 'x'),
    );
  });

  it('gives the gradient of a tie to the first', async () => {
    const flat = floats([1, 1, 2, 4], [5, 5, 1, 7, 5, 5, 7, 7]);
    const result = await numbers(
      { flat },
      ({ flat }) => requiredGradients(op.reduceSum(op.maxPool(flat!, { kernel: 2 })), [flat!])[0]!,
    );
    expect(result).toEqual([1, 0, 0, 1, 0, 0, 0, 0]);
  });

  it.each([
    { padding: 'zeros', alignCorners: false },
    { padding: 'zeros', alignCorners: true },
    { padding: 'border', alignCorners: false },
  ] as const)('gridSample %j', async (options) => {
    // Between pixel centres, some of them outside of the image.
    const grid = floats([1, 2, 3, 2], [-0.61, 0.13, 0.27, -0.34, 0.52, 0.71, -0.08, -0.83, 1.43, 0.36, -0.21, 1.27]);
    const build: Build = ({ x, grid }) => op.gridSample(x!, grid!, options);
    await checkGradients({ x: noise('g', [1, 2, 3, 3]), grid }, build);
    const difference = await numbers({ x: noise('g', [1, 2, 3, 3]), grid }, ({ x, grid }) =>
      op.sub(op.gridSample(x!, grid!, options), sampleNeighbours(x!, grid!, options)),
    );
    expect(Math.max(...difference.map(Math.abs))).toBeLessThan(1e-5);
  });
});
