/** Converts small TensorFlow.js graph models into ONNX: one rule an operation, unknown ones are refused. */
import { InputError } from '#engine/errors.ts';
import type { OnnxModel } from '#engine/tensor/onnx/model.ts';
import { type Constant, transposeConstant } from './constant.ts';
import { type GraphValue, GraphWriter } from './graph-writer.ts';
import {
  binary,
  convolution,
  type Padding,
  type Pair,
  pooling,
  reshape,
  unary,
  unknownOperation,
  zeroPad,
} from './network-layers.ts';
import { readTfjs, type TfjsModel, type TfjsNode } from './tfjs-reader.ts';

class Conversion {
  readonly name: string;
  readonly model: TfjsModel;
  readonly graph = new GraphWriter();
  readonly values = new Map<string, GraphValue>();

  constructor(name: string, model: TfjsModel) {
    this.name = name;
    this.model = model;
  }

  value(node: string | undefined): GraphValue {
    const value = this.values.get(node ?? '');
    if (value === undefined) throw new InputError(`${this.name}: "${node}" is used before it is computed.`);
    return value;
  }

  constant(node: string | undefined): Constant {
    const constant = this.model.constants.get(node ?? '');
    if (constant === undefined) throw new InputError(`${this.name}: "${node}" should be constant.`);
    return constant;
  }

  operand(node: string | undefined): GraphValue | Constant {
    return this.values.get(node ?? '') ?? this.constant(node);
  }
}

type Rule = (conversion: Conversion, node: TfjsNode) => GraphValue;

/** Height and width of a per-axis attribute in NHWC order. */
const spatial = (values: readonly number[]): Pair => [values[1] ?? 1, values[2] ?? 1];

function paddingOf(c: Conversion, node: TfjsNode): Padding {
  const text = node.text('padding');
  if (text === 'SAME') return 'same';
  if (text === 'VALID') return 'valid';
  throw unknownOperation(c.name, `padding ${text}`);
}

/** Conv2D weights are [h, w, in, out], depthwise ones [h, w, in, multiplier]. */
const convolutionOf =
  (depthwise: boolean): Rule =>
  (c, node) => {
    const [source, weights, bias] = node.inputs;
    const input = c.value(source);
    const filters = transposeConstant(c.constant(weights), depthwise ? [2, 3, 0, 1] : [3, 2, 0, 1]);
    const [a, b, height, width] = filters.dims as [number, number, number, number];
    const [biasAdd, ...activations] = node.texts('fused_ops');
    if (biasAdd !== undefined && biasAdd !== 'BiasAdd') throw unknownOperation(c.name, `fused operation ${biasAdd}`);
    const convolved = convolution(c.graph, input, {
      weights: depthwise ? { dims: [a * b, 1, height, width], data: filters.data } : filters,
      bias: biasAdd === undefined ? undefined : c.constant(bias),
      strides: spatial(node.ints('strides')),
      dilations: spatial(node.ints('dilations')),
      padding: paddingOf(c, node),
      groups: depthwise ? a : 1,
    });
    return activations.reduce((value, activation) => {
      if (activation !== 'Relu') throw unknownOperation(c.name, `fused operation ${activation}`);
      return unary(c.graph, 'Relu', value);
    }, convolved);
  };

const reshapeRule: Rule = (c, node) => {
  const input = c.value(node.inputs[0]);
  const wanted = Array.from(c.constant(node.inputs[1]).data);
  const count = input.dims.reduce((product, dim) => product * dim, 1);
  const known = wanted.filter((dim) => dim > 0).reduce((product, dim) => product * dim, 1);
  return reshape(
    c.graph,
    input,
    wanted.map((dim) => (dim < 0 ? count / known : dim)),
  );
};

const RULES: Readonly<Record<string, Rule>> = {
  Placeholder: (c, node) => c.graph.pictureInput(node.name, node.shape('shape')),
  _FusedConv2D: convolutionOf(false),
  Conv2D: convolutionOf(false),
  DepthwiseConv2dNative: convolutionOf(true),
  MaxPool: (c, node) =>
    pooling(c.graph, 'MaxPool', c.value(node.inputs[0]), {
      kernel: spatial(node.ints('ksize')),
      strides: spatial(node.ints('strides')),
      padding: paddingOf(c, node),
    }),
  AddV2: (c, node) => {
    const [a, b] = node.inputs.map((input) => c.operand(input));
    return binary(c.graph, 'Add', a!, b!, c.value(node.inputs.find((input) => c.values.has(input))).dims);
  },
  Relu: (c, node) => unary(c.graph, 'Relu', c.value(node.inputs[0])),
  Pad: (c, node) => zeroPad(c.graph, c.value(node.inputs[0]), Array.from(c.constant(node.inputs[1]).data)),
  Reshape: reshapeRule,
  Identity: (c, node) => c.value(node.inputs[0]),
};

/**
 * Converts a graph model of one picture input, [1, h, w, c] in the file, [1, c, h, w] in the result. Outputs keep their
 * names.
 * @throws InputError when the files do not fit together or hold an operation without a rule
 */
export function tfjsToOnnx(name: string, json: Uint8Array, weights: Uint8Array): OnnxModel {
  const conversion = new Conversion(name, readTfjs(json, weights));
  const { model, graph, values } = conversion;
  for (const node of model.nodes) {
    const rule = RULES[node.op];
    if (rule === undefined) throw unknownOperation(name, `operation ${node.op}`);
    values.set(node.name, rule(conversion, node));
  }
  for (const [output, node] of model.outputs) graph.output(output, conversion.value(node));
  return graph.finish(name);
}
