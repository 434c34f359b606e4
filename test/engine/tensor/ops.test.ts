import { describe, expect, it } from 'vitest';
import { floats } from '#engine/tensor/data.ts';
import type { Value } from '#engine/tensor/graph.ts';
import * as op from '#engine/tensor/ops.ts';
import { evaluate, noise, numbers } from './harness.ts';

/** float32 results of a few operations agree with double precision to this. */
const CLOSE = 5;

const expectClose = (actual: readonly number[], expected: readonly number[]): void => {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, index) => {
    expect(value).toBeCloseTo(expected[index]!, CLOSE);
  });
};

describe('element by element', () => {
  const x = floats([5], [-2, -0.5, 0, 0.5, 3]);
  const cases: Record<string, [(x: Value) => Value, (x: number) => number]> = {
    neg: [op.neg, (v) => -v],
    abs: [op.abs, Math.abs],
    sign: [op.sign, Math.sign],
    floor: [op.floor, Math.floor],
    exp: [op.exp, Math.exp],
    log: [(v) => op.log(op.add(op.abs(v), 1)), (v) => Math.log(Math.abs(v) + 1)],
    sqrt: [(v) => op.sqrt(op.square(v)), Math.abs],
    rsqrt: [(v) => op.rsqrt(op.add(op.square(v), 1)), (v) => 1 / Math.sqrt(v * v + 1)],
    sin: [op.sin, Math.sin],
    cos: [op.cos, Math.cos],
    sigmoid: [op.sigmoid, (v) => 1 / (1 + Math.exp(-v))],
    tanh: [op.tanh, Math.tanh],
    softplus: [op.softplus, (v) => Math.log1p(Math.exp(v))],
    silu: [op.silu, (v) => v / (1 + Math.exp(-v))],
    relu: [op.relu, (v) => Math.max(v, 0)],
    leakyRelu: [(v) => op.leakyRelu(v, 0.2), (v) => (v > 0 ? v : 0.2 * v)],
    clip: [(v) => op.clip(v, -1, 1), (v) => Math.min(1, Math.max(-1, v))],
    add: [(v) => op.add(1, v), (v) => v + 1],
    sub: [(v) => op.sub(1, v), (v) => 1 - v],
    mul: [(v) => op.mul(v, 3), (v) => v * 3],
    div: [(v) => op.div(v, 4), (v) => v / 4],
    pow: [(v) => op.pow(v, 3), (v) => v ** 3],
    min: [(v) => op.min(v, 0.25), (v) => Math.min(v, 0.25)],
    max: [(v) => op.max(0.25, v), (v) => Math.max(v, 0.25)],
    where: [(v) => op.where(op.greater(v, 0), v, -1), (v) => (v > 0 ? v : -1)],
    logic: [
      (v) => op.cast(op.and(op.not(op.equal(v, 0)), op.or(op.less(v, 0), op.greaterOrEqual(v, 3))), 'float32'),
      (v) => (v < 0 || v >= 3 ? 1 : 0),
    ],
    lessOrEqual: [(v) => op.cast(op.lessOrEqual(v, 0), 'float32'), (v) => (v <= 0 ? 1 : 0)],
  };
  for (const [name, [build, reference]] of Object.entries(cases)) {
    it(name, async () => {
      const actual = await numbers({ x }, (leaves) => build(leaves['x']!));
      expectClose(actual, [...(x.data as Float32Array)].map(reference));
    });
  }

  it('erf and gelu', async () => {
    expectClose(await numbers({ x }, ({ x }) => op.erf(x!)), [-0.9953223, -0.5204999, 0, 0.5204999, 0.9999779]);
    expectClose(await numbers({ x }, ({ x }) => op.gelu(x!)), [-0.0455, -0.1542688, 0, 0.3457312, 2.9959502]);
  });

  it('broadcasts', async () => {
    const inputs = { a: floats([2, 1], [1, 2]), b: floats([3], [10, 20, 30]) };
    expect(await numbers(inputs, ({ a, b }) => op.add(a!, b!))).toEqual([11, 21, 31, 12, 22, 32]);
  });

  it('prelu has one slope per channel', async () => {
    const inputs = { x: floats([1, 2, 1, 2], [-1, 1, -1, 1]), slope: floats([2], [0.25, 0.5]) };
    expect(await numbers(inputs, ({ x, slope }) => op.prelu(x!, slope!))).toEqual([-0.25, 1, -0.5, 1]);
  });
});

/** Plain loops over the definition of a cross-correlation. */
function convolve(
  x: readonly number[],
  [n, c, h, w]: readonly [number, number, number, number],
  weight: readonly number[],
  [o, per, kh, kw]: readonly [number, number, number, number],
  s: number,
  [top, left, bottom, right]: readonly [number, number, number, number],
  d: number,
): number[] {
  const [oh, ow] = [
    Math.floor((h + top + bottom - d * (kh - 1) - 1) / s) + 1,
    Math.floor((w + left + right - d * (kw - 1) - 1) / s) + 1,
  ];
  const groups = c / per;
  const out: number[] = [];
  for (let b = 0; b < n; b++)
    for (let k = 0; k < o; k++)
      for (let y = 0; y < oh; y++)
        for (let z = 0; z < ow; z++) {
          let total = 0;
          for (let i = 0; i < per; i++)
            for (let p = 0; p < kh; p++)
              for (let q = 0; q < kw; q++) {
                const [row, column] = [y * s + p * d - top, z * s + q * d - left];
                if (row < 0 || row >= h || column < 0 || column >= w) continue;
                const channel = Math.floor(k / (o / groups)) * per + i;
                total += x[((b * c + channel) * h + row) * w + column]! * weight[((k * per + i) * kh + p) * kw + q]!;
              }
          out.push(total);
        }
  return out;
}

describe('windows', () => {
  it.each([
    { groups: 1, stride: 1, pads: [0, 0, 0, 0], dilation: 1 },
    { groups: 1, stride: 2, pads: [1, 1, 1, 1], dilation: 1 },
    { groups: 2, stride: 1, pads: [1, 0, 2, 1], dilation: 2 },
    { groups: 4, stride: 2, pads: [0, 1, 1, 0], dilation: 1 },
  ] as const)('conv2d %j', async ({ groups, stride, pads, dilation }) => {
    const x = noise('x', [2, 4, 7, 6]);
    const weight = noise('w', [8, 4 / groups, 3, 3]);
    const actual = await numbers({ x, weight }, ({ x, weight }) =>
      op.conv2d(x!, weight!, { stride, pad: pads, dilation, groups }),
    );
    const flat = (tensor: { data: unknown }): number[] => [...(tensor.data as Float32Array)];
    expectClose(actual, convolve(flat(x), [2, 4, 7, 6], flat(weight), [8, 4 / groups, 3, 3], stride, pads, dilation));
  });

  it('conv2d of nine channels, which the lowering pads to twelve', async () => {
    const inputs = { x: noise('x', [1, 9, 3, 3]), weight: noise('w', [4, 9, 3, 3]) };
    const flat = (tensor: { data: unknown }): number[] => [...(tensor.data as Float32Array)];
    const actual = await numbers(inputs, ({ x, weight }) => op.conv2d(x!, weight!, { pad: 1 }));
    expectClose(actual, convolve(flat(inputs.x), [1, 9, 3, 3], flat(inputs.weight), [4, 9, 3, 3], 1, [1, 1, 1, 1], 1));
  });

  it.each([
    { groups: 1, stride: 1, pad: 0, outputPad: 0 },
    { groups: 1, stride: 2, pad: 0, outputPad: 0 },
    { groups: 2, stride: 2, pad: 1, outputPad: 1 },
  ])('convTranspose2d is the adjoint of conv2d: %j', async ({ groups, stride, pad, outputPad }) => {
    // <conv(x), y> = <x, convTranspose(y)> for every x and y.
    const y = noise('y', [1, 4, 4, 5]);
    const weight = noise('w', [4, 6 / groups, 3, 3]);
    const size = (n: number): number => (n - 1) * stride + 3 - 2 * pad + outputPad;
    const x = noise('x', [1, 6, size(4), size(5)]);
    const [difference] = await numbers({ x, y, weight }, ({ x, y, weight }) => {
      const options = { stride, pad, groups };
      const left = op.reduceSum(op.mul(op.conv2d(x!, weight!, options), y!));
      const right = op.reduceSum(op.mul(x!, op.convTranspose2d(y!, weight!, { ...options, outputPad })));
      return op.sub(left, right);
    });
    expect(Math.abs(difference!)).toBeLessThan(1e-4);
  });

  it('pools', async () => {
    const x = floats([1, 1, 3, 4], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(await numbers({ x }, ({ x }) => op.maxPool(x!, { kernel: 2 }))).toEqual([6, 8]);
    expect(await numbers({ x }, ({ x }) => op.maxPool(x!, { kernel: 1, stride: 2 }))).toEqual([1, 3, 9, 11]);
    expect(await numbers({ x }, ({ x }) => op.averagePool(x!, { kernel: 2, stride: 2, pad: [1, 0, 0, 0] }))).toEqual([
      0.75, 1.75, 7.5, 9.5,
    ]);
  });

  it('averages over the bins of an uneven ratio', async () => {
    // 5 → 3: bins 0..1, 1..3, 3..4.
    const x = floats([1, 1, 1, 5], [1, 2, 3, 4, 5]);
    expectClose(await numbers({ x }, ({ x }) => op.adaptiveAveragePool(x!, [1, 3])), [1.5, 3, 4.5]);
    expectClose(await numbers({ x }, ({ x }) => op.adaptiveAveragePool(x!, 1)), [3]);
  });
});

describe('resampling', () => {
  it('takes the top-left of each cell, also for whole ratios that are no power of two', async () => {
    const x = floats([1, 1, 1, 9], [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await numbers({ x }, ({ x }) => op.resizeNearest(x!, [1, 3]))).toEqual([0, 3, 6]);
    expect(await numbers({ x }, ({ x }) => op.resizeNearest(x!, [1, 4]))).toEqual([0, 2, 4, 6]);
    expect(await numbers({ x }, ({ x }) => op.resizeNearest(x!, [2, 18]))).toEqual(
      [0, 1].flatMap(() => Array.from({ length: 18 }, (_, i) => Math.floor(i / 2))),
    );
  });

  it('interpolates with half-pixel centres and clamped borders', async () => {
    const x = floats([1, 1, 1, 4], [0, 1, 2, 3]);
    // 4 → 1 reads between pixels 1 and 2; 4 → 8 clamps at the ends.
    expectClose(await numbers({ x }, ({ x }) => op.resizeBilinear(x!, [1, 1])), [1.5]);
    expectClose(
      await numbers({ x }, ({ x }) => op.resizeBilinear(x!, [1, 8])),
      [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3],
    );
    expectClose(await numbers({ x }, ({ x }) => op.resizeBilinear(x!, [1, 7], true)), [0, 0.5, 1, 1.5, 2, 2.5, 3]);
  });

  it('samples at a grid', async () => {
    const x = floats([1, 1, 2, 2], [1, 2, 3, 4]);
    const grid = floats([1, 1, 3, 2], [0, 0, -1, -1, 3, 3]);
    expectClose(
      await numbers({ x, grid }, ({ x, grid }) => op.gridSample(x!, grid!, { alignCorners: true })),
      [2.5, 1, 0],
    );
    expectClose(
      await numbers({ x, grid }, ({ x, grid }) => op.gridSample(x!, grid!, { alignCorners: true, padding: 'border' })),
      [2.5, 1, 4],
    );
  });
});

describe('layout', () => {
  const x = floats([2, 3], [1, 2, 3, 4, 5, 6]);

  it('moves elements', async () => {
    expect(await numbers({ x }, ({ x }) => op.swapAxes(x!, 0, 1))).toEqual([1, 4, 2, 5, 3, 6]);
    expect(await numbers({ x }, ({ x }) => op.slice(x!, [{ axis: 1, start: 0, step: 2 }]))).toEqual([1, 3, 4, 6]);
    expect(await numbers({ x }, ({ x }) => op.select(x!, -1, -1))).toEqual([3, 6]);
    expect(await numbers({ x }, ({ x }) => op.flip(x!, [0, 1]))).toEqual([6, 5, 4, 3, 2, 1]);
    expect(await numbers({ x }, ({ x }) => op.concat(op.split(x!, 1, [1, 2]).toReversed(), 1))).toEqual([
      2, 3, 1, 5, 6, 4,
    ]);
    expect(await numbers({ x }, ({ x }) => op.stack([x!, op.neg(x!)], 2))).toEqual([
      1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6,
    ]);
    expect(await numbers({ x }, ({ x }) => op.pad(x!, [0, 1], [1, 0], { value: 9 }))).toEqual([
      9, 1, 2, 3, 9, 4, 5, 6, 9, 9, 9, 9,
    ]);
    expect(await numbers({ x }, ({ x }) => op.pad(x!, [0, 1], [0, 1], { mode: 'reflect' }))).toEqual([
      2, 1, 2, 3, 2, 5, 4, 5, 6, 5,
    ]);
  });

  it('puts zeros between elements', async () => {
    const row = floats([1, 3], [1, 2, 3]);
    expect(await numbers({ row }, ({ row }) => op.dilate(op.unsqueeze(row!, 2), 1, 2, 1, 0))).toEqual([
      0, 1, 0, 2, 0, 3,
    ]);
    expect(await numbers({ row }, ({ row }) => op.dilate(op.unsqueeze(row!, 2), 1, 2, 0, 3))).toEqual([
      1, 0, 2, 0, 3, 0, 0, 0,
    ]);
  });
});

describe('indexing', () => {
  const x = floats([3, 2], [1, 2, 3, 4, 5, 6]);

  it('gathers', async () => {
    const take = (values: number[], dims?: number[]) => (leaf: Value) => op.indexConstant(leaf.graph, values, dims);
    expect(await numbers({ x }, ({ x }) => op.gather(x!, take([2, 0])(x!), 0))).toEqual([5, 6, 1, 2]);
    expect(await numbers({ x }, ({ x }) => op.gatherElements(x!, take([2, 0], [1, 2])(x!), 0))).toEqual([5, 2]);
    expect(await numbers({ x }, ({ x }) => op.gatherND(x!, take([2, 1, 0, 0], [2, 2])(x!)))).toEqual([6, 1]);
  });

  it('scatters, and adds up repeated positions', async () => {
    const at = (leaf: Value, values: number[], dims?: number[]): Value => op.indexConstant(leaf.graph, values, dims);
    const rows = floats([2, 2], [10, 20, 30, 40]);
    expect(await numbers({ x, rows }, ({ x, rows }) => op.scatterND(x!, at(x!, [2, 0], [2, 1]), rows!))).toEqual([
      30, 40, 3, 4, 10, 20,
    ]);
    expect(await numbers({ x, rows }, ({ x, rows }) => op.scatterND(x!, at(x!, [1, 1], [2, 1]), rows!, 'add'))).toEqual(
      [1, 2, 43, 64, 5, 6],
    );
    expect(
      await numbers({ x, rows }, ({ x, rows }) =>
        op.scatterElements(x!, at(x!, [1, 1, 1, 0], [2, 2]), rows!, 0, 'add'),
      ),
    ).toEqual([1, 42, 43, 24, 5, 6]);
  });

  it('one-hot', async () => {
    const labels = floats([1, 1, 2], [2, 0]);
    expect(await numbers({ labels }, ({ labels }) => op.oneHot(op.squeeze(labels!, 1), 3, 1))).toEqual([
      0, 1, 0, 0, 1, 0,
    ]);
  });
});

describe('reductions', () => {
  const x = floats([2, 3], [1, 2, 3, 6, 5, 4]);

  it('reduces', async () => {
    expect(await numbers({ x }, ({ x }) => op.reduceSum(x!))).toEqual([21]);
    expect(await numbers({ x }, ({ x }) => op.reduceMean(x!, { axes: [1] }))).toEqual([2, 5]);
    expect(await numbers({ x }, ({ x }) => op.reduceMax(x!, { axes: [-2] }))).toEqual([6, 5, 4]);
    expect(await numbers({ x }, ({ x }) => op.argMax(x!, 1))).toEqual([2, 0]);
    expectClose(await numbers({ x }, ({ x }) => op.reduceSum(op.softmax(x!, 1), { axes: [1] })), [1, 1]);
    expectClose(
      await numbers({ x }, ({ x }) => op.sub(op.log(op.softmax(x!, 1)), op.logSoftmax(x!, 1))),
      [0, 0, 0, 0, 0, 0],
    );
    expectClose(
      await numbers({ x }, ({ x }) => op.reduceSum(op.square(op.l2Normalize(x!, [1])), { axes: [1] })),
      [1, 1],
    );
  });

  it('normalises', async () => {
    const image = noise('image', [2, 3, 5, 4], 30, 7);
    const { mean, variance } = await evaluate({ image }, ({ image }) => {
      const normal = op.instanceNorm(image!);
      const axes = [2, 3];
      return { mean: op.reduceMean(normal, { axes }), variance: op.reduceMean(op.square(normal), { axes }) };
    });
    expectClose([...(mean!.data as Float32Array)], [0, 0, 0, 0, 0, 0]);
    expectClose([...(variance!.data as Float32Array)], [1, 1, 1, 1, 1, 1]);
    const tensors = {
      x: floats([1, 2, 1, 1], [5, 5]),
      weight: floats([2], [2, 3]),
      bias: floats([2], [1, -1]),
      runningMean: floats([2], [4, 3]),
      runningVar: floats([2], [4, 16]),
    };
    const actual = await numbers(tensors, ({ x, weight, bias, runningMean, runningVar }) =>
      op.batchNorm(x!, { weight: weight!, bias: bias!, runningMean: runningMean!, runningVar: runningVar! }, 0),
    );
    expectClose(actual, [2, 0.5]);
  });

  it('multiplies matrices', async () => {
    const inputs = { a: noise('a', [2, 1, 2, 3]), b: noise('b', [2, 3, 2]) };
    const [a, b] = [[...(inputs.a.data as Float32Array)], [...(inputs.b.data as Float32Array)]];
    const expected = [0, 1].flatMap((i) =>
      [0, 1].flatMap((j) =>
        [0, 1].flatMap((r) =>
          [0, 1].map((c) => [0, 1, 2].reduce((t, k) => t + a[i * 6 + r * 3 + k]! * b[j * 6 + k * 2 + c]!, 0)),
        ),
      ),
    );
    expectClose(await numbers(inputs, ({ a, b }) => op.matmul(a!, b!)), expected);
    const weight = {
      x: floats([1, 2], [1, 2]),
      w: floats([3, 2], [1, 0, 0, 1, 1, 1]),
      bias: floats([3], [10, 20, 30]),
    };
    expect(await numbers(weight, ({ x, w, bias }) => op.linear(x!, w!, bias))).toEqual([11, 22, 33]);
  });
});
