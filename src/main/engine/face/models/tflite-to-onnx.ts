/** Converts small floating-point TensorFlow Lite networks into ONNX: one rule an operation, unknown ones are refused. */
import { toObject } from 'flatbuffers/js/flexbuffers.js';
import { InputError } from '#engine/errors.ts';
import type { OnnxModel } from '#engine/tensor/onnx/model.ts';
import { landmarksToTransformMatrix, transformLandmarks, transformTensorBilinear } from './attention-operations.ts';
import { type Constant, transposeConstant } from './constant.ts';
import type { FlatTable } from './flat-table.ts';
import { channelsFirstAxis, type GraphValue, GraphWriter, int, ints, word } from './graph-writer.ts';
import {
  binary,
  clip,
  convolution,
  type Padding,
  pooling,
  reshape,
  unary,
  unknownOperation,
  zeroPad,
} from './network-layers.ts';
import { readTflite, type TfliteModel, type TfliteOperation, tfliteConstant } from './tflite-reader.ts';

/** A conversion in progress. */
class Conversion {
  readonly name: string;
  readonly model: TfliteModel;
  readonly graph = new GraphWriter();
  readonly values = new Map<number, GraphValue>();
  readonly #constants = new Map<number, Constant>();

  constructor(name: string, model: TfliteModel) {
    this.name = name;
    this.model = model;
  }

  value(tensor: number | undefined): GraphValue {
    const value = this.values.get(tensor ?? -1);
    if (value === undefined) throw new InputError(`${this.name}: tensor ${tensor} is used before it is computed.`);
    return value;
  }

  constant(tensor: number | undefined): Constant {
    const constant = this.constantOrNone(tensor);
    if (constant === undefined) throw new InputError(`${this.name}: tensor ${tensor} should be constant.`);
    return constant;
  }

  constantOrNone(tensor: number | undefined): Constant | undefined {
    const entry = this.model.tensors[tensor ?? -1];
    if (tensor === undefined || entry === undefined) return undefined;
    const known = this.#constants.get(tensor);
    if (known !== undefined) return known;
    const data = tfliteConstant(entry);
    if (data === undefined) return undefined;
    const constant = { dims: entry.dims, data };
    this.#constants.set(tensor, constant);
    return constant;
  }

  /** Constants that an operation produces, such as widened weights. */
  defineConstant(tensor: number, constant: Constant): void {
    this.#constants.set(tensor, constant);
  }

  operand(tensor: number | undefined): GraphValue | Constant {
    return this.values.get(tensor ?? -1) ?? this.constant(tensor);
  }

  outputDims(operation: TfliteOperation): readonly number[] {
    return this.model.tensors[operation.outputs[0] ?? -1]?.dims ?? [];
  }

  /** `ActivationFunctionType`: none, ReLU, ReLU6; the others do not occur. */
  activation(value: GraphValue, code: number): GraphValue {
    if (code === 0) return value;
    if (code === 1) return unary(this.graph, 'Relu', value);
    if (code === 3) return clip(this.graph, value, 0, 6);
    throw unknownOperation(this.name, `fused activation ${code}`);
  }
}

type Rule = (conversion: Conversion, operation: TfliteOperation) => GraphValue | undefined;

const optionsOf = (operation: TfliteOperation): FlatTable => {
  if (operation.options === undefined) throw new InputError(`Operation ${operation.op} lacks its options.`);
  return operation.options;
};

/** Options of a custom operation: a flexbuffer. */
const customOptionsOf = (operation: TfliteOperation): unknown =>
  toObject((operation.customOptions ?? new Uint8Array()).buffer);

const paddingOf = (code: number): Padding => (code === 0 ? 'same' : 'valid');

const elementwise =
  (op: string): Rule =>
  (c, operation) => {
    const [a, b] = operation.inputs;
    const value = binary(c.graph, op, c.operand(a), c.operand(b), c.outputDims(operation));
    return c.activation(value, operation.options?.int8(0) ?? 0);
  };

const activationOf =
  (op: string): Rule =>
  (c, operation) =>
    unary(c.graph, op, c.value(operation.inputs[0]));

const poolOf =
  (op: 'MaxPool' | 'AveragePool'): Rule =>
  (c, operation) => {
    const options = optionsOf(operation);
    const pooled = pooling(c.graph, op, c.value(operation.inputs[0]), {
      kernel: [options.int32(4), options.int32(3)],
      strides: [options.int32(2), options.int32(1)],
      padding: paddingOf(options.int8(0)),
    });
    return c.activation(pooled, options.int8(5));
  };

/** CONV_2D weights are [out, h, w, in], DEPTHWISE_CONV_2D weights [1, h, w, out]. */
const convolutionOf =
  (depthwise: boolean): Rule =>
  (c, operation) => {
    const options = optionsOf(operation);
    const input = c.value(operation.inputs[0]);
    const [activation, dilationX, dilationY] = depthwise ? [4, 5, 6] : [3, 4, 5];
    const convolved = convolution(c.graph, input, {
      weights: transposeConstant(c.constant(operation.inputs[1]), depthwise ? [3, 0, 1, 2] : [0, 3, 1, 2]),
      bias: c.constantOrNone(operation.inputs[2]),
      strides: [options.int32(2), options.int32(1)],
      dilations: [options.int32(dilationY, 1), options.int32(dilationX, 1)],
      padding: paddingOf(options.int8(0)),
      groups: depthwise ? input.dims[3]! : 1,
    });
    return c.activation(convolved, options.int8(activation));
  };

const concatenation: Rule = (c, operation) => {
  const parts = operation.inputs.map((tensor) => c.value(tensor));
  const layout = parts.every((part) => part.layout === 'channels-first') ? 'channels-first' : 'source';
  const axis = optionsOf(operation).int32(0);
  const names = parts.map((part) => (layout === 'source' ? c.graph.inSourceOrder(part) : part.name));
  const name = c.graph.node('Concat', names, [int('axis', layout === 'source' ? axis : channelsFirstAxis(axis))]);
  return { name, dims: c.outputDims(operation), layout };
};

const resizeBilinear: Rule = (c, operation) => {
  const input = c.value(operation.inputs[0]);
  const [height, width] = c.constant(operation.inputs[1]).data as Int32Array as unknown as [number, number];
  const alignCorners = operation.options?.uint8(2) === 1;
  const halfPixel = operation.options?.uint8(3) === 1;
  const mode = alignCorners ? 'align_corners' : halfPixel ? 'half_pixel' : 'asymmetric';
  const sizes = c.graph.integers([input.dims[0]!, input.dims[3]!, height, width]);
  const name = c.graph.node(
    'Resize',
    [c.graph.channelsFirst(input), '', '', sizes],
    [word('mode', 'linear'), word('coordinate_transformation_mode', mode)],
  );
  return { name, dims: [input.dims[0]!, height, width, input.dims[3]!], layout: 'channels-first' };
};

/** MediaPipe's transposed convolution with bias; weights [out, h, w, in], options {padding, stride x, stride y}. */
const transposedConvolution: Rule = (c, operation) => {
  const input = c.value(operation.inputs[0]);
  const weights = transposeConstant(c.constant(operation.inputs[1]), [3, 0, 1, 2]);
  const bias = c.constant(operation.inputs[2]);
  const dims = c.outputDims(operation);
  const options = new Int32Array((operation.customOptions ?? new Uint8Array(12)).slice().buffer);
  const strides = [options[2]!, options[1]!];
  const kernel = weights.dims.slice(2);
  // Only windows that neither overlap nor leave gaps: the two padding rules of TensorFlow then agree with ONNX.
  if (kernel.some((size, axis) => size !== strides[axis] || dims[1 + axis] !== input.dims[1 + axis]! * size))
    throw unknownOperation(c.name, `a transposed convolution with kernel ${kernel} and strides ${strides}`);
  const name = c.graph.node(
    'ConvTranspose',
    [
      c.graph.channelsFirst(input),
      c.graph.floats(weights.dims, weights.data as Float32Array<ArrayBuffer>),
      c.graph.floats(bias.dims, bias.data as Float32Array<ArrayBuffer>),
    ],
    [ints('strides', strides), ints('kernel_shape', kernel)],
  );
  return { name, dims, layout: 'channels-first' };
};

/** Rules by `BuiltinOperator` code or custom name. */
const RULES: Readonly<Record<number | string, Rule>> = {
  0: elementwise('Add'),
  1: poolOf('AveragePool'),
  2: concatenation,
  3: convolutionOf(false),
  4: convolutionOf(true),
  // DEQUANTIZE widens half-precision weights, which reading them has done already.
  6: (c, operation) => {
    c.defineConstant(operation.outputs[0]!, c.constant(operation.inputs[0]));
    return undefined;
  },
  14: activationOf('Sigmoid'),
  17: poolOf('MaxPool'),
  18: elementwise('Mul'),
  19: activationOf('Relu'),
  22: (c, operation) => reshape(c.graph, c.value(operation.inputs[0]), c.outputDims(operation)),
  23: resizeBilinear,
  34: (c, operation) =>
    zeroPad(c.graph, c.value(operation.inputs[0]), Array.from(c.constant(operation.inputs[1]).data)),
  // STRIDED_SLICE occurs as a slice that takes everything.
  45: (c, operation) => {
    const input = c.value(operation.inputs[0]);
    const whole = c.outputDims(operation).join() === input.dims.join();
    const forward = c.constant(operation.inputs[3]).data.every((stride) => stride === 1);
    if (!whole || !forward) throw unknownOperation(c.name, 'a strided slice that leaves values out');
    return input;
  },
  54: elementwise('PRelu'),
  117: activationOf('HardSwish'),
  Convolution2DTransposeBias: transposedConvolution,
  Landmarks2TransformMatrix: (c, operation) =>
    landmarksToTransformMatrix(c.graph, c.value(operation.inputs[0]), customOptionsOf(operation)),
  TransformTensorBilinear: (c, operation) =>
    transformTensorBilinear(
      c.graph,
      c.value(operation.inputs[0]),
      c.value(operation.inputs[1]),
      customOptionsOf(operation),
    ),
  TransformLandmarks: (c, operation) =>
    transformLandmarks(c.graph, c.value(operation.inputs[0]), c.value(operation.inputs[1])),
};

/**
 * Converts a TFLite network of one picture input, [1, h, w, c] in the file, [1, c, h, w] in the result. Outputs keep
 * their names and the order of the file.
 * @throws InputError when the file is not TFLite or holds an operation without a rule
 */
export function tfliteToOnnx(name: string, bytes: Uint8Array): OnnxModel {
  const conversion = new Conversion(name, readTflite(bytes));
  const { model, graph, values } = conversion;
  for (const tensor of model.inputs) {
    const { name: input, dims } = model.tensors[tensor]!;
    values.set(tensor, graph.pictureInput(input, dims));
  }
  for (const operation of model.operations) {
    const rule = RULES[operation.op];
    if (rule === undefined) throw unknownOperation(name, `operation ${operation.op}`);
    const value = rule(conversion, operation);
    if (value !== undefined) values.set(operation.outputs[0]!, value);
  }
  for (const tensor of model.outputs) graph.output(model.tensors[tensor]!.name, conversion.value(tensor));
  return graph.finish(name);
}
