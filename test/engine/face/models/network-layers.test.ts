import { describe, expect, it } from 'vitest';
import { type Constant, transposeConstant } from '#engine/face/models/constant.ts';
import { type GraphValue, GraphWriter } from '#engine/face/models/graph-writer.ts';
import {
  binary,
  convolution,
  type Padding,
  type Pair,
  pooling,
  reshape,
  zeroPad,
} from '#engine/face/models/network-layers.ts';
import { encodeOnnx } from '#engine/tensor/onnx/encode.ts';
import { openSession } from '#engine/tensor/sessions.ts';

/** A reproducible NHWC tensor of values in [-1, 1]. */
function noise(dims: readonly number[], seed: number): Constant {
  const count = dims.reduce((a, b) => a * b, 1);
  return { dims, data: Float32Array.from({ length: count }, (_, i) => Math.sin(12.9898 * (i + 1) * seed)) };
}

/** Runs a one-picture graph on an NHWC input and returns the output in the source's order. */
async function run(input: Constant, build: (graph: GraphWriter, picture: GraphValue) => GraphValue): Promise<Constant> {
  const graph = new GraphWriter();
  graph.output('out', build(graph, graph.pictureInput('in', input.dims)));
  await using session = await openSession(encodeOnnx(graph.finish('layer')), { name: 'layer' });
  const nchw = transposeConstant(input, [0, 3, 1, 2]);
  const { out } = await session.run({ in: { dims: nchw.dims, data: nchw.data } });
  return { dims: out!.dims, data: out!.data as Float32Array<ArrayBuffer> };
}

/** TensorFlow's convolution, written out: NHWC input, [h, w, in/groups, out] weights. */
function naiveConvolution(
  input: Constant,
  weights: Constant,
  strides: Pair,
  dilations: Pair,
  padding: Padding,
  groups: number,
): Constant {
  const [, h, w, channels] = input.dims as [number, number, number, number];
  const [kh, kw, perGroup, out] = weights.dims as [number, number, number, number];
  const geometry = ([n, k, s, d]: readonly [number, number, number, number]) => {
    const extent = (k - 1) * d + 1;
    const size = padding === 'same' ? Math.ceil(n / s) : Math.floor((n - extent) / s) + 1;
    const before = padding === 'same' ? Math.floor(Math.max(0, (size - 1) * s + extent - n) / 2) : 0;
    return { size, before };
  };
  const rows = geometry([h, kh, strides[0], dilations[0]]);
  const columns = geometry([w, kw, strides[1], dilations[1]]);
  const data = new Float32Array(rows.size * columns.size * out);
  for (let y = 0; y < rows.size; y++) {
    for (let x = 0; x < columns.size; x++) {
      for (let o = 0; o < out; o++) {
        const group = Math.floor(o / (out / groups));
        let sum = 0;
        for (let ky = 0; ky < kh; ky++) {
          for (let kx = 0; kx < kw; kx++) {
            const sy = y * strides[0] - rows.before + ky * dilations[0];
            const sx = x * strides[1] - columns.before + kx * dilations[1];
            if (sy < 0 || sx < 0 || sy >= h || sx >= w) continue;
            for (let c = 0; c < perGroup; c++) {
              const value = input.data[(sy * w + sx) * channels + group * perGroup + c]!;
              sum += value * weights.data[((ky * kw + kx) * perGroup + c) * out + o]!;
            }
          }
        }
        data[(y * columns.size + x) * out + o] = sum;
      }
    }
  }
  return { dims: [1, rows.size, columns.size, out], data };
}

function expectClose(actual: Constant, expected: Constant, tolerance = 1e-5): void {
  expect(actual.dims).toEqual(expected.dims);
  let worst = 0;
  expected.data.forEach((value, i) => {
    worst = Math.max(worst, Math.abs(value - actual.data[i]!));
  });
  expect(worst).toBeLessThan(tolerance);
}

describe('convolution', () => {
  it.each<[string, Pair, Pair, Padding, Pair]>([
    ['same, stride 1', [1, 1], [1, 1], 'same', [3, 3]],
    ['same, stride 2, even kernel', [2, 2], [1, 1], 'same', [2, 4]],
    ['same, uneven strides', [2, 1], [1, 1], 'same', [5, 3]],
    ['valid, stride 2', [2, 2], [1, 1], 'valid', [3, 2]],
    ['dilated', [1, 1], [2, 3], 'same', [3, 3]],
  ])('%s', async (_name, strides, dilations, padding, [kh, kw]) => {
    const input = noise([1, 9, 12, 3], 1);
    const weights = noise([kh, kw, 3, 4], 2);
    const actual = await run(input, (graph, picture) =>
      convolution(graph, picture, {
        weights: transposeConstant(weights, [3, 2, 0, 1]),
        bias: undefined,
        strides,
        dilations,
        padding,
        groups: 1,
      }),
    );
    expectClose(actual, naiveConvolution(input, weights, strides, dilations, padding, 1));
  });

  it('convolves depthwise and adds the bias', async () => {
    const input = noise([1, 7, 8, 4], 3);
    const weights = noise([3, 3, 1, 4], 4);
    const bias = noise([4], 5);
    const actual = await run(input, (graph, picture) =>
      convolution(graph, picture, {
        weights: transposeConstant(weights, [3, 2, 0, 1]),
        bias,
        strides: [2, 2],
        dilations: [1, 1],
        padding: 'same',
        groups: 4,
      }),
    );
    const expected = naiveConvolution(input, weights, [2, 2], [1, 1], 'same', 4);
    expected.data.forEach((value, i) => {
      expected.data[i] = value + bias.data[i % 4]!;
    });
    expectClose(actual, expected);
  });
});

describe('pooling', () => {
  const input = noise([1, 5, 6, 2], 6);
  const at = (y: number, x: number, c: number) => input.data[(y * 6 + x) * 2 + c]!;

  it('takes the largest of what lies inside', async () => {
    const actual = await run(input, (graph, picture) =>
      pooling(graph, 'MaxPool', picture, { kernel: [2, 2], strides: [2, 2], padding: 'same' }),
    );
    expect(actual.dims).toEqual([1, 3, 3, 2]);
    expect(actual.data[0]).toBe(Math.max(at(0, 0, 0), at(0, 1, 0), at(1, 0, 0), at(1, 1, 0)));
    // The last row has one row of the picture below it only.
    expect(actual.data[(2 * 3 + 2) * 2 + 1]).toBe(Math.max(at(4, 4, 1), at(4, 5, 1)));
  });

  it('averages only what lies inside', async () => {
    const actual = await run(input, (graph, picture) =>
      pooling(graph, 'AveragePool', picture, { kernel: [2, 2], strides: [2, 2], padding: 'same' }),
    );
    expect(actual.data[(2 * 3 + 2) * 2]).toBeCloseTo((at(4, 4, 0) + at(4, 5, 0)) / 2, 6);
  });
});

describe('layout', () => {
  const input = noise([1, 3, 4, 2], 7);

  it('pads the axes of the source', async () => {
    const actual = await run(input, (graph, picture) => zeroPad(graph, picture, [0, 0, 1, 0, 0, 2, 0, 3]));
    expect(actual.dims).toEqual([1, 4, 6, 5]);
    expect(Array.from(actual.data.subarray(0, 30))).toEqual(new Array(30).fill(0));
    expect(Array.from(actual.data.subarray(30, 35))).toEqual([input.data[0], input.data[1], 0, 0, 0]);
  });

  it('reshapes in the order of the source', async () => {
    const actual = await run(input, (graph, picture) => reshape(graph, picture, [1, 12, 2]));
    expect(Array.from(actual.data)).toEqual(Array.from(input.data));
  });

  it('broadcasts constants along the last axis of the source', async () => {
    const perChannel: Constant = { dims: [2], data: Float32Array.of(10, -10) };
    const actual = await run(input, (graph, picture) => binary(graph, 'Add', picture, perChannel, picture.dims));
    expect(actual.data[6]).toBeCloseTo(input.data[6]! + 10, 5);
    expect(actual.data[7]).toBeCloseTo(input.data[7]! - 10, 5);
  });

  it('brings operands of both layouts together', async () => {
    const actual = await run(input, (graph, picture) =>
      binary(graph, 'Add', picture, reshape(graph, picture, [1, 3, 4, 2]), picture.dims),
    );
    actual.data.forEach((value, i) => {
      expect(value).toBeCloseTo(2 * input.data[i]!, 5);
    });
  });
});
