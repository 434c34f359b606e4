/**
 * Lowers a graph to an ONNX model: only what the outputs need, in the order it was built, with names that depend on
 * the graph alone, so that equal graphs become equal bytes.
 */
import type { ElementType } from '../data.ts';
import { GraphError } from '../errors.ts';
import { type Graph, isValue, type Value } from '../graph.ts';
import { halfValues, type StaysFull } from '../half-precision.ts';
import type { OnnxModel } from '../onnx/model.ts';
import { ModelWriter, type ParamSource } from './model-writer.ts';

export type { ParamSource } from './model-writer.ts';

/** Finds a parameter by its state-dict key. `undefined` means that it is missing. */
export type ParamResolver = (name: string, shape: readonly number[], type: ElementType) => ParamSource | undefined;

export interface LoweringOptions {
  /** Default: every parameter is an input of the model. */
  readonly params?: ParamResolver | undefined;
  /** Compute in float16 where `halfValues` allows it and this does not say no. Default: nowhere. */
  readonly half?: StaysFull | undefined;
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
  const values = reachable(graph, Object.values(outputs));
  const model = new ModelWriter(graph.name, options.half && halfValues(values, options.half));
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
