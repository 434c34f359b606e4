import { describe, expect, it } from 'vitest';
import {
  landmarksToTransformMatrix,
  transformLandmarks,
  transformTensorBilinear,
} from '#engine/face/models/attention-operations.ts';
import { transposeConstant } from '#engine/face/models/constant.ts';
import { type GraphValue, GraphWriter } from '#engine/face/models/graph-writer.ts';
import { reshape } from '#engine/face/models/network-layers.ts';
import { encodeOnnx } from '#engine/tensor/onnx/encode.ts';
import { openSession } from '#engine/tensor/sessions.ts';

/** Runs operations on a tensor that enters as a [1, h, w, c] picture. */
async function run(
  dims: readonly number[],
  values: readonly number[],
  build: (graph: GraphWriter, input: GraphValue) => GraphValue,
): Promise<Float32Array> {
  const graph = new GraphWriter();
  graph.output('out', build(graph, graph.pictureInput('in', dims)));
  await using session = await openSession(encodeOnnx(graph.finish('attention')), { name: 'attention' });
  const nchw = transposeConstant({ dims, data: Float32Array.from(values) }, [0, 3, 1, 2]);
  const { out } = await session.run({ in: { dims: nchw.dims, data: nchw.data } });
  return out!.data as Float32Array;
}

const OPTIONS = {
  left_rotation_idx: 0,
  right_rotation_idx: 1,
  subset_idxs: [0, 1, 2, 3],
  output_width: 16,
  output_height: 8,
  scale_x: 1.5,
  scale_y: 2,
  target_rotation_radians: null,
};

/** A rectangle of 4 x 2 round (10, 20), turned clockwise by 30 degrees: middles of its four sides. */
const COS = Math.cos(Math.PI / 6);
const SIN = Math.sin(Math.PI / 6);
const turned = (u: number, v: number): [number, number, number] => [10 + COS * u - SIN * v, 20 + SIN * u + COS * v, 7];
const POINTS = [turned(-2, 0), turned(2, 0), turned(0, -1), turned(0, 1)].flat();

describe('landmarksToTransformMatrix', () => {
  it('maps the pixels of a scaled box that is level with two landmarks', async () => {
    const matrix = await run([1, 1, 1, 12], POINTS, (graph, input) =>
      landmarksToTransformMatrix(graph, reshape(graph, input, [1, 4, 3]), OPTIONS),
    );
    const apply = (x: number, y: number) => [
      matrix[0]! * x + matrix[1]! * y + matrix[3]!,
      matrix[4]! * x + matrix[5]! * y + matrix[7]!,
    ];
    // Box of 4 * 1.5 by 2 * 2 round the same centre: corner, centre, middle of the right side.
    for (const [[x, y], [u, v]] of [
      [
        [0, 0],
        [-3, -2],
      ],
      [
        [8, 4],
        [0, 0],
      ],
      [
        [16, 4],
        [3, 0],
      ],
    ] as const) {
      const [ex, ey] = turned(u, v);
      const [ax, ay] = apply(x, y);
      expect(ax).toBeCloseTo(ex, 4);
      expect(ay).toBeCloseTo(ey, 4);
    }
    expect(Array.from(matrix.subarray(8))).toEqual([0, 0, 1, 0, 0, 0, 0, 1]);
  });

  it('refuses a target angle', async () => {
    const tilted = { ...OPTIONS, target_rotation_radians: 0.5 };
    await expect(
      run([1, 1, 1, 12], POINTS, (graph, input) =>
        landmarksToTransformMatrix(graph, reshape(graph, input, [1, 4, 3]), tilted),
      ),
    ).rejects.toThrow();
  });
});

/** A constant matrix [1, 4, 4] from the first two rows of an affine map. */
const matrixOf = (graph: GraphWriter, rows: readonly number[]): GraphValue => ({
  name: graph.floats([1, 4, 4], Float32Array.from([...rows, 0, 0, 1, 0, 0, 0, 0, 1])),
  dims: [1, 4, 4],
  layout: 'source',
});

describe('transformLandmarks', () => {
  it('carries points through the matrix', async () => {
    const out = await run([1, 1, 1, 4], [1, 2, -3, 5], (graph, input) =>
      transformLandmarks(graph, reshape(graph, input, [1, 2, 2]), matrixOf(graph, [2, 1, 9, 10, -1, 3, 9, 20])),
    );
    expect(Array.from(out)).toEqual([14, 25, 9, 38]);
  });
});

describe('transformTensorBilinear', () => {
  /** Two channels over 4 x 6: x and 10 y at the pixel centres. */
  const ramp = Array.from({ length: 24 }, (_, i) => [(i % 6) + 0.5, 10 * (Math.floor(i / 6) + 0.5)]).flat();

  it('samples at pixel centres of the box', async () => {
    const out = await run([1, 4, 6, 2], ramp, (graph, input) =>
      transformTensorBilinear(graph, input, matrixOf(graph, [0.5, 0, 0, 1, 0, 0.5, 0, 1]), {
        output_width: 3,
        output_height: 2,
      }),
    );
    // Box pixel (x + 0.5, y + 0.5) halves and shifts by 1; on a ramp bilinear sampling is exact.
    const expected = [0, 1].flatMap((y) => [0, 1, 2].flatMap((x) => [0.5 * (x + 0.5) + 1, 10 * (0.5 * (y + 0.5) + 1)]));
    Array.from(out).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 4);
    });
  });
});
