/** The layers that both source formats share: convolutions, pooling, padding, element-wise operations. */
import { InputError } from '#engine/errors.ts';
import type { OnnxAttribute } from '#engine/tensor/onnx/model.ts';
import type { Constant } from './constant.ts';
import { floatsOf } from './constant.ts';
import { type GraphValue, type GraphWriter, int, ints } from './graph-writer.ts';

export type Padding = 'same' | 'valid';
export type Pair = readonly [number, number];

/** Height then width of everything. */
export interface Window {
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  readonly padding: Padding;
}

export interface ConvolutionLayer extends Omit<Window, 'kernel'> {
  /** Output channels, input channels a group, height, width. */
  readonly weights: Constant;
  readonly bias: Constant | undefined;
  readonly groups: number;
}

/** TensorFlow's output size and explicit padding: `same` puts the odd pixel at the end. */
function slide(dims: readonly number[], window: Window): { size: Pair; pads: number[] } {
  const along = [0, 1].map((i) => {
    const input = dims[1 + i]!;
    const stride = window.strides[i]!;
    const extent = (window.kernel[i]! - 1) * window.dilations[i]! + 1;
    if (window.padding === 'valid') return { size: Math.ceil((input - extent + 1) / stride), before: 0, after: 0 };
    const size = Math.ceil(input / stride);
    const total = Math.max(0, (size - 1) * stride + extent - input);
    return { size, before: total >> 1, after: total - (total >> 1) };
  });
  const [y, x] = along as [(typeof along)[0], (typeof along)[0]];
  return { size: [y.size, x.size], pads: [y.before, x.before, y.after, x.after] };
}

const windowAttributes = (window: Window, pads: readonly number[]): OnnxAttribute[] => [
  ints('kernel_shape', window.kernel),
  ints('strides', window.strides),
  ints('pads', pads),
];

/** 2-D convolution, also depthwise (`groups` = input channels). */
export function convolution(graph: GraphWriter, input: GraphValue, layer: ConvolutionLayer): GraphValue {
  const [channels, , height, width] = layer.weights.dims as [number, number, number, number];
  const window: Window = { ...layer, kernel: [height, width] };
  const { size, pads } = slide(input.dims, window);
  const inputs = [graph.channelsFirst(input), graph.floats(layer.weights.dims, floatsOf(layer.weights))];
  if (layer.bias !== undefined) inputs.push(graph.floats([channels], floatsOf(layer.bias)));
  const name = graph.node('Conv', inputs, [
    ...windowAttributes(window, pads),
    ints('dilations', layer.dilations),
    int('group', layer.groups),
  ]);
  return { name, dims: [input.dims[0]!, ...size, channels], layout: 'channels-first' };
}

/** Max or average pooling; padded pixels count in neither. */
export function pooling(
  graph: GraphWriter,
  op: 'MaxPool' | 'AveragePool',
  input: GraphValue,
  window: Omit<Window, 'dilations'>,
): GraphValue {
  const full: Window = { ...window, dilations: [1, 1] };
  const { size, pads } = slide(input.dims, full);
  const name = graph.node(op, [graph.channelsFirst(input)], windowAttributes(full, pads));
  return { name, dims: [input.dims[0]!, ...size, input.dims[3]!], layout: 'channels-first' };
}

/** Zero padding; `amounts` holds before and after per axis of the source. */
export function zeroPad(graph: GraphWriter, input: GraphValue, amounts: readonly number[]): GraphValue {
  const axes = input.layout === 'channels-first' ? [0, 3, 1, 2] : input.dims.map((_, axis) => axis);
  const pads = [...axes.map((axis) => amounts[2 * axis]!), ...axes.map((axis) => amounts[2 * axis + 1]!)];
  return {
    name: graph.node('Pad', [input.name, graph.integers(pads)]),
    dims: input.dims.map((dim, axis) => dim + amounts[2 * axis]! + amounts[2 * axis + 1]!),
    layout: input.layout,
  };
}

export const reshape = (graph: GraphWriter, input: GraphValue, dims: readonly number[]): GraphValue => ({
  name: graph.node('Reshape', [graph.inSourceOrder(input), graph.integers(dims)]),
  dims,
  layout: 'source',
});

/** An operation of one input that keeps shape and layout. */
export const unary = (graph: GraphWriter, op: string, input: GraphValue): GraphValue => ({
  ...input,
  name: graph.node(op, [input.name]),
});

export const clip = (graph: GraphWriter, input: GraphValue, low: number, high: number): GraphValue => ({
  ...input,
  name: graph.node('Clip', [input.name, graph.scalar(low), graph.scalar(high)]),
});

/** An element-wise operation of two operands, of which at most one is constant. */
export function binary(
  graph: GraphWriter,
  op: string,
  a: GraphValue | Constant,
  b: GraphValue | Constant,
  dims: readonly number[],
): GraphValue {
  const layouts = [a, b].filter((side) => 'layout' in side).map((side) => side.layout);
  const layout = layouts.every((side) => side === 'channels-first') ? 'channels-first' : 'source';
  const name = (side: GraphValue | Constant): string => {
    if ('data' in side) return graph.operand(side, layout);
    return layout === 'source' ? graph.inSourceOrder(side) : side.name;
  };
  return { name: graph.node(op, [name(a), name(b)]), dims, layout };
}

/** The error for a part of a model that the converter has no rule for. */
export const unknownOperation = (model: string, operation: string): InputError =>
  new InputError(`The model ${model} uses ${operation}, which the converter does not know.`);
