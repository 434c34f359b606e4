/** Writes operations as nodes of an ONNX model and hands out the names of their results. */
import { type ElementType, elementCount, shapeText, type TensorData } from '../data.ts';
import { GraphError } from '../errors.ts';
import type { Value } from '../graph.ts';
import { halfOf } from '../half.ts';
import type { OnnxAttribute, OnnxInitializer, OnnxModel, OnnxNode, OnnxValue } from '../onnx/model.ts';
import type { OpAttributes, OpName } from '../ops/attributes.ts';
import { int, type LoweringRule, type NodeWriter } from './rule.ts';
import { LOWERING_RULES } from './table.ts';

/** The highest operator set whose operations every provider of the runtime has kernels for. */
const OPSET = 20;

const BYTES: { readonly [K in ElementType]: number } = { float32: 4, int64: 8, int32: 4, uint8: 1, bool: 1 };

/** `TensorProto.DataType` of ONNX. */
const FLOAT_CODES = { float32: 1, float16: 10 } as const;

/** Where a parameter's numbers are: in a file beside the model, in memory, or given with every run. */
export type ParamSource =
  | { readonly file: string; readonly offset: number; readonly length: number }
  | TensorData
  | 'input';

/** One model in the making: leaves first, then operations in topological order, then outputs. */
export class ModelWriter implements NodeWriter {
  readonly #name: string;
  readonly #names = new Map<Value, string>();
  readonly #taken = new Set<string>();
  readonly #inputs: OnnxValue[] = [];
  readonly #outputs: OnnxValue[] = [];
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers: OnnxInitializer[] = [];
  readonly #literals = new Map<string, string>();
  readonly #half: ReadonlySet<Value>;
  /** Names of values in the other precision than their own. */
  readonly #casts = new Map<Value, string>();
  #scope = '';
  #floats: keyof typeof FLOAT_CODES = 'float32';

  /** @param half values that are computed in float16; inputs, constants and outputs stay float32 */
  constructor(name: string, half: ReadonlySet<Value> = new Set()) {
    this.#name = name;
    this.#half = half;
  }

  input(value: Value, name: string): void {
    this.#inputs.push({ name: this.#claim(name), type: value.type, dims: value.shape });
    this.#names.set(value, name);
  }

  constant(value: Value, tensor: TensorData): void {
    const name = this.#claim(`constant_${value.id}`);
    this.#initializers.push({ name, type: value.type, dims: value.shape, data: tensor.data });
    this.#names.set(value, name);
  }

  param(value: Value, name: string, source: Exclude<ParamSource, 'input'>): void {
    const count = elementCount(value.shape);
    if ('data' in source) {
      if (elementCount(source.dims) !== count || source.data.length !== count)
        throw new GraphError(
          `${this.#name}: the weight ${name} is ${shapeText(source.dims)}, the network needs ${shapeText(value.shape)}.`,
        );
      this.#initializers.push({ name: this.#claim(name), type: value.type, dims: value.shape, data: source.data });
    } else {
      if (source.length !== count * BYTES[value.type])
        throw new GraphError(
          `${this.#name}: the weight ${name} has ${source.length} bytes, ${value.type}${shapeText(value.shape)} needs ${count * BYTES[value.type]}.`,
        );
      this.#initializers.push({ name: this.#claim(name), type: value.type, dims: value.shape, data: source });
    }
    this.#names.set(value, name);
  }

  operation<K extends OpName>(value: Value<K>, outputName: string | undefined): void {
    if (this.#names.has(value)) return;
    const rule: LoweringRule<OpAttributes[K]> = LOWERING_RULES[value.op];
    this.#scope = value.scope;
    const half = this.#half.has(value as Value);
    const operands = value.inputs.map((input) => this.#inPrecision(input, half));
    this.#floats = half ? 'float16' : 'float32';
    const before = this.#nodes.length;
    let name = rule(this, operands, value.attributes, value);
    const last = this.#nodes.at(-1);
    // The node that makes an output carries the output's name, unless it makes halves: an Identity after it would copy
    // the tensor.
    if (
      outputName !== undefined &&
      !this.#isHalf(value as Value) &&
      last?.outputs[0] === name &&
      this.#nodes.length > before
    ) {
      this.#nodes[this.#nodes.length - 1] = { ...last, outputs: [this.#claim(outputName)] };
      name = outputName;
    }
    this.#names.set(value, name);
  }

  output(name: string, value: Value): void {
    const made = this.#inPrecision(value, false);
    if (made !== name)
      this.#nodes.push({ op: 'Identity', inputs: [made], outputs: [this.#claim(name)], name: `output/${name}` });
    this.#outputs.push({ name, type: value.type, dims: value.shape });
  }

  node(op: string, inputs: readonly string[], attributes: readonly OnnxAttribute[] = []): string {
    const number = this.#nodes.length;
    const output = this.#claim(`t${number}`);
    const name = `${this.#scope === '' ? '' : `${this.#scope}/`}${op}_${number}`;
    this.#nodes.push({ op, inputs, outputs: [output], attributes, name });
    return output;
  }

  ints(values: readonly number[]): string {
    return this.#literal(`i${values.join('_')}`, {
      type: 'int64',
      dims: [values.length],
      data: BigInt64Array.from(values, BigInt),
    });
  }

  float(value: number): string {
    const data = new Float32Array([value]);
    const content =
      this.#floats === 'float16'
        ? ({ type: 'float16', dims: [], data: halfOf(data) } as const)
        : ({ type: 'float32', dims: [], data } as const);
    return this.#literal(`${content.type}${Object.is(value, -0) ? '-0' : value}`, content);
  }

  finish(): OnnxModel {
    return {
      name: this.#name,
      opset: OPSET,
      inputs: this.#inputs,
      outputs: this.#outputs,
      nodes: this.#nodes,
      initializers: this.#initializers,
    };
  }

  #isHalf(value: Value): boolean {
    return value.type === 'float32' && this.#half.has(value);
  }

  /** A value as an operation of the other precision takes it: cast once, however many ask. */
  #inPrecision(value: Value, half: boolean): string {
    if (value.type !== 'float32' || this.#isHalf(value) === half) return this.#names.get(value)!;
    const known = this.#casts.get(value);
    if (known !== undefined) return known;
    const to = int('to', FLOAT_CODES[half ? 'float16' : 'float32']);
    const made = this.node('Cast', [this.#names.get(value)!], [to]);
    this.#casts.set(value, made);
    return made;
  }

  #literal(key: string, content: Omit<OnnxInitializer, 'name'>): string {
    const known = this.#literals.get(key);
    if (known !== undefined) return known;
    const name = this.#claim(`literal_${this.#literals.size}`);
    this.#initializers.push({ name, ...content });
    this.#literals.set(key, name);
    return name;
  }

  #claim(name: string): string {
    if (this.#taken.has(name)) throw new GraphError(`${this.#name}: two tensors are called "${name}".`);
    this.#taken.add(name);
    return name;
  }
}
