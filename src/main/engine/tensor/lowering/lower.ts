/**
 * Lowers a graph to an ONNX model: only what the outputs need, in the order it was built, with names that depend on
 * the graph alone, so that equal graphs become equal bytes.
 */
import { type ElementType, elementCount, shapeText, type TensorData } from '../data.ts';
import { GraphError } from '../errors.ts';
import { type Graph, isValue, type Value } from '../graph.ts';
import type { OnnxAttribute, OnnxInitializer, OnnxModel, OnnxNode, OnnxValue } from '../onnx/model.ts';
import type { OpAttributes, OpName } from '../ops/attributes.ts';
import type { LoweringRule, NodeWriter } from './rule.ts';
import { LOWERING_RULES } from './table.ts';

/** The highest operator set whose operations every provider of the runtime has kernels for. */
export const OPSET = 20;

const BYTES: { readonly [K in ElementType]: number } = { float32: 4, int64: 8, int32: 4, uint8: 1, bool: 1 };

/** Where a parameter's numbers are: in a file beside the model, in memory, or given with every run. */
export type ParamSource =
  | { readonly file: string; readonly offset: number; readonly length: number }
  | TensorData
  | 'input';

/** Finds a parameter by its state-dict key. `undefined` means that it is missing. */
export type ParamResolver = (name: string, shape: readonly number[], type: ElementType) => ParamSource | undefined;

export interface LoweringOptions {
  /** Default: every parameter is an input of the model. */
  readonly params?: ParamResolver | undefined;
}

/** The values that `outputs` depend on, in topological order; also checks that they belong to the graph. */
export function reachable(graph: Graph, outputs: readonly Value[]): Value[] {
  const needed = new Uint8Array(graph.values.length);
  for (const output of outputs) {
    if (output.graph !== graph) throw new GraphError(`An output of ${graph.name} belongs to ${output.graph.name}.`);
    needed[output.id] = 1;
  }
  const order: Value[] = [];
  for (let id = graph.values.length - 1; id >= 0; id--) {
    if (needed[id] === 0) continue;
    const value = graph.values[id]!;
    order.push(value);
    for (const input of value.inputs) needed[input.id] = 1;
  }
  return order.reverse();
}

/**
 * Writes the part of a graph that `outputs` (by name) need as an ONNX model.
 * @throws GraphError when a parameter is missing or has another size or type, or names collide.
 */
export function lowerGraph(
  graph: Graph,
  outputs: Readonly<Record<string, Value>>,
  options: LoweringOptions = {},
): OnnxModel {
  if (Object.keys(outputs).length === 0) throw new GraphError(`${graph.name} has no outputs to lower.`);
  const model = new ModelWriter(graph.name);
  const values = reachable(graph, Object.values(outputs));
  const missing: string[] = [];
  for (const value of values) {
    if (isValue(value, 'input')) model.input(value, value.attributes.name);
    else if (isValue(value, 'constant')) model.constant(value, value.attributes.tensor);
    else if (isValue(value, 'param')) {
      const { name } = value.attributes;
      const source = options.params === undefined ? 'input' : options.params(name, value.shape, value.type);
      if (source === undefined) missing.push(name);
      else if (source === 'input') model.input(value, name);
      else model.param(value, name, source);
    }
  }
  if (missing.length > 0)
    throw new GraphError(
      `${graph.name} misses ${missing.length} of its weights: ${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ', …' : ''}.`,
    );
  const wanted = new Map(Object.entries(outputs).map(([name, value]) => [value, name]));
  for (const value of values) model.operation(value, wanted.get(value));
  for (const [name, value] of Object.entries(outputs)) model.output(name, value);
  return model.finish();
}

class ModelWriter implements NodeWriter {
  readonly #name: string;
  readonly #names = new Map<Value, string>();
  readonly #taken = new Set<string>();
  readonly #inputs: OnnxValue[] = [];
  readonly #outputs: OnnxValue[] = [];
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers: OnnxInitializer[] = [];
  readonly #literals = new Map<string, string>();
  #scope = '';

  constructor(name: string) {
    this.#name = name;
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
    const operands = value.inputs.map((input) => this.#names.get(input)!);
    this.#scope = value.scope;
    const before = this.#nodes.length;
    let name = rule(this, operands, value.attributes, value);
    const last = this.#nodes.at(-1);
    // The node that makes an output carries the output's name: an Identity after it would copy the tensor.
    if (outputName !== undefined && last?.outputs[0] === name && this.#nodes.length > before) {
      this.#nodes[this.#nodes.length - 1] = { ...last, outputs: [this.#claim(outputName)] };
      name = outputName;
    }
    this.#names.set(value, name);
  }

  output(name: string, value: Value): void {
    const made = this.#names.get(value)!;
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
    return this.#literal(`f${Object.is(value, -0) ? '-0' : value}`, {
      type: 'float32',
      dims: [],
      data: new Float32Array([value]),
    });
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
