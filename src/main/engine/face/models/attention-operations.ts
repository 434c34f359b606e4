/**
 * The three custom operations of MediaPipe's attention mesh, in standard ONNX operations. They look closer at a part of
 * the face: fit a rotated box round some landmarks, sample the features inside it, and carry the refined landmarks back.
 * Semantics: mediapipe/util/tflite/operations, version 2 of each.
 */
import { z } from 'zod';
import { type GraphValue, type GraphWriter, int, ints, word } from './graph-writer.ts';

const boxOptions = z.looseObject({
  left_rotation_idx: z.int(),
  right_rotation_idx: z.int(),
  subset_idxs: z.array(z.int()),
  output_width: z.int(),
  output_height: z.int(),
  scale_x: z.number(),
  scale_y: z.number(),
  /** Angle that the eye or mouth line gets in the box; absent means level. */
  target_rotation_radians: z.null().or(z.literal(0)),
});

const sampleOptions = z.looseObject({ output_width: z.int(), output_height: z.int() });

/**
 * Landmarks [1, n, 3] → matrix [1, 4, 4] from pixels of a box round the chosen landmarks to the landmarks' own frame:
 * turned so that the line between two of them is level, sized to their bounding box times a scale.
 */
export function landmarksToTransformMatrix(graph: GraphWriter, landmarks: GraphValue, options: unknown): GraphValue {
  const box = boxOptions.parse(options);
  const points = graph.node('Slice', [landmarks.name, graph.integers([0]), graph.integers([2]), graph.integers([2])]);
  const pick = (indices: readonly number[]) =>
    graph.node('Gather', [points, graph.integers(indices)], [int('axis', 1)]);
  const reduce = (op: string, value: string, axis: number) =>
    graph.node(op, [value], [ints('axes', [axis]), int('keepdims', 1)]);
  const join = (parts: readonly string[], axis: number) => graph.node('Concat', parts, [int('axis', axis)]);
  const transpose = (value: string) => graph.node('Transpose', [value], [ints('perm', [0, 2, 1])]);
  const pairOf = (x: number, y: number) => graph.floats([1, 1, 2], Float32Array.of(x, y));

  // R = [[cos, -sin], [sin, cos]] of the line's angle: box axes → landmark frame. Row vectors times R go the other way.
  const line = graph.node('Sub', [pick([box.right_rotation_idx]), pick([box.left_rotation_idx])]);
  const direction = graph.node('Div', [line, reduce('ReduceL2', line, 2)]);
  const quarterTurn = graph.floats([1, 2, 2], Float32Array.of(0, 1, -1, 0));
  const rotation = transpose(join([direction, graph.node('MatMul', [direction, quarterTurn])], 1));

  const level = graph.node('MatMul', [pick(box.subset_idxs), rotation]);
  const high = reduce('ReduceMax', level, 1);
  const low = reduce('ReduceMin', level, 1);
  const centre = graph.node('MatMul', [
    graph.node('Mul', [graph.node('Add', [high, low]), graph.scalar(0.5)]),
    transpose(rotation),
  ]);
  const pixel = graph.node('Mul', [
    graph.node('Sub', [high, low]),
    pairOf(box.scale_x / box.output_width, box.scale_y / box.output_height),
  ]);
  const linear = graph.node('Mul', [rotation, pixel]);
  const middle = graph.node('MatMul', [pairOf(box.output_width / 2, box.output_height / 2), transpose(linear)]);
  const origin = transpose(graph.node('Sub', [centre, middle]));

  const noDepth = graph.floats([1, 2, 1], new Float32Array(2));
  const lowerRows = graph.floats([1, 2, 4], Float32Array.of(0, 0, 1, 0, 0, 0, 0, 1));
  return { name: join([join([linear, noDepth, origin], 2), lowerRows], 1), dims: [1, 4, 4], layout: 'source' };
}

/** Rows [1, n, 4] of homogeneous points times the transposed matrix, first two coordinates kept: [1, n, 2]. */
function transformPoints(graph: GraphWriter, homogeneous: string, matrix: GraphValue): string {
  const transposed = graph.node('Transpose', [matrix.name], [ints('perm', [0, 2, 1])]);
  const moved = graph.node('MatMul', [homogeneous, transposed]);
  return graph.node('Slice', [moved, graph.integers([0]), graph.integers([2]), graph.integers([2])]);
}

/** Features [1, h, w, c] sampled bilinearly at the box pixels that the matrix places: [1, height, width, c]. */
export function transformTensorBilinear(
  graph: GraphWriter,
  features: GraphValue,
  matrix: GraphValue,
  options: unknown,
): GraphValue {
  const { output_width: width, output_height: height } = sampleOptions.parse(options);
  const centres = new Float32Array(4 * width * height);
  for (let i = 0; i < width * height; i++) centres.set([(i % width) + 0.5, Math.floor(i / width) + 0.5, 0, 1], 4 * i);
  const places = transformPoints(graph, graph.floats([1, width * height, 4], centres), matrix);
  // Pixel edges to GridSample's [-1, 1] with align_corners = 0.
  const toUnit = graph.floats([1, 1, 2], Float32Array.of(2 / features.dims[2]!, 2 / features.dims[1]!));
  const unit = graph.node('Sub', [graph.node('Mul', [places, toUnit]), graph.scalar(1)]);
  const grid = graph.node('Reshape', [unit, graph.integers([1, height, width, 2])]);
  const name = graph.node(
    'GridSample',
    [graph.channelsFirst(features), grid],
    [word('mode', 'bilinear'), word('padding_mode', 'zeros'), int('align_corners', 0)],
  );
  return { name, dims: [1, height, width, features.dims[3]!], layout: 'channels-first' };
}

/** Landmarks [1, n, 2] carried through a matrix [1, 4, 4]. */
export function transformLandmarks(graph: GraphWriter, landmarks: GraphValue, matrix: GraphValue): GraphValue {
  const count = landmarks.dims[1]!;
  const tail = Float32Array.from({ length: 2 * count }, (_, i) => i % 2);
  const homogeneous = graph.node('Concat', [landmarks.name, graph.floats([1, count, 2], tail)], [int('axis', 2)]);
  return { name: transformPoints(graph, homogeneous, matrix), dims: landmarks.dims, layout: 'source' };
}
