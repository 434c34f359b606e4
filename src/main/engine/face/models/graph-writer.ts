/**
 * Builds the ONNX graph of a converted network. TensorFlow speaks NHWC and onnxruntime computes in NCHW, so every value
 * carries its layout: pictures stay channels-first from input to output, and are turned only where an operation needs
 * the order of the source.
 */
import type { OnnxAttribute, OnnxInitializer, OnnxModel, OnnxNode, OnnxValue } from '#engine/tensor/onnx/model.ts';
import { type Constant, floatsOf, transposeConstant } from './constant.ts';

/** 16 is the first set with GridSample. */
const OPSET = 16;
const NHWC_TO_NCHW = [0, 3, 1, 2];
const NCHW_TO_NHWC = [0, 2, 3, 1];

/** A value of the graph. `dims` are those of the source (NHWC for pictures), whatever the layout in memory. */
export interface GraphValue {
  readonly name: string;
  readonly dims: readonly number[];
  readonly layout: 'channels-first' | 'source';
}

export const ints = (name: string, value: readonly number[]): OnnxAttribute => ({ name, kind: 'ints', value });
export const int = (name: string, value: number): OnnxAttribute => ({ name, kind: 'int', value });
export const word = (name: string, value: string): OnnxAttribute => ({ name, kind: 'string', value });

/** Position of an NHWC axis in NCHW. */
export const channelsFirstAxis = (axis: number): number => NHWC_TO_NCHW.indexOf(axis);

export class GraphWriter {
  readonly #inputs: OnnxValue[] = [];
  readonly #outputs: OnnxValue[] = [];
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers: OnnxInitializer[] = [];
  #count = 0;

  /** Declares a picture input, dims NHWC; the converted model takes it channels-first. */
  pictureInput(name: string, dims: readonly number[]): GraphValue {
    this.#inputs.push({ name, type: 'float32', dims: NHWC_TO_NCHW.map((axis) => dims[axis]!) });
    return { name, dims, layout: 'channels-first' };
  }

  /** Adds a node with one output and returns its name. */
  node(op: string, inputs: readonly string[], attributes: readonly OnnxAttribute[] = []): string {
    const output = this.#name(op);
    this.#nodes.push({ op, inputs, outputs: [output], attributes });
    return output;
  }

  floats(dims: readonly number[], data: Float32Array<ArrayBuffer>): string {
    const name = this.#name('constant');
    this.#initializers.push({ name, type: 'float32', dims, data });
    return name;
  }

  scalar(value: number): string {
    return this.floats([], Float32Array.of(value));
  }

  integers(values: readonly number[]): string {
    const name = this.#name('constant');
    this.#initializers.push({
      name,
      type: 'int64',
      dims: [values.length],
      data: BigInt64Array.from(values, (value) => BigInt(value)),
    });
    return name;
  }

  /** Name of the value in the order of the source. */
  inSourceOrder(value: GraphValue): string {
    return value.layout === 'source' ? value.name : this.node('Transpose', [value.name], [ints('perm', NCHW_TO_NHWC)]);
  }

  /** Name of a rank-4 value channels-first. */
  channelsFirst(value: GraphValue): string {
    return value.layout === 'channels-first'
      ? value.name
      : this.node('Transpose', [value.name], [ints('perm', NHWC_TO_NCHW)]);
  }

  /** A constant operand, shaped so that it broadcasts against values of this layout as it did in the source. */
  operand(constant: Constant, layout: GraphValue['layout']): string {
    const data = floatsOf(constant);
    if (data.length === 1) return this.floats([], data);
    if (layout === 'source') return this.floats(constant.dims, data);
    const rank4 = [...new Array<number>(4 - constant.dims.length).fill(1), ...constant.dims];
    const turned = transposeConstant({ dims: rank4, data }, NHWC_TO_NCHW);
    return this.floats(turned.dims.slice(1), floatsOf(turned));
  }

  output(name: string, value: GraphValue): void {
    this.#nodes.push({ op: 'Identity', inputs: [this.inSourceOrder(value)], outputs: [name] });
    this.#outputs.push({ name, type: 'float32', dims: value.dims });
  }

  finish(name: string): OnnxModel {
    return {
      name,
      opset: OPSET,
      inputs: this.#inputs,
      outputs: this.#outputs,
      nodes: this.#nodes,
      initializers: this.#initializers,
    };
  }

  #name(prefix: string): string {
    return `${prefix}_${this.#count++}`;
  }
}
