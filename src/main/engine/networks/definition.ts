/** What it takes to run one network by itself on given tensors. */
import { InputError } from '#engine/errors.ts';
import { shapeText, type TensorData } from '#engine/tensor/data.ts';
import type { Graph, Value } from '#engine/tensor/graph.ts';
import type { WeightsId } from '#engine/weights/manifests.ts';

/** A tensor as it is shown to people: a shape with `N`, `H`, `W` where sizes are free, and what it means. */
export interface TensorNote {
  readonly shape: readonly (number | string)[];
  readonly note: string;
  /** An input that may be left out, an output that is not always there; the note says what then holds, or when. */
  readonly optional?: boolean;
}

/** A graph that is ready to run. */
export interface PreparedNetwork {
  readonly graph: Graph;
  readonly outputs: Readonly<Record<string, Value>>;
  /** What the graph's inputs get; may differ from what the user gave. */
  readonly feeds: Readonly<Record<string, TensorData>>;
}

/** A network whose weights a graph uses. */
export interface NetworkWeights {
  readonly network: WeightsId;
  /** What the graph puts before its keys, where it joins several networks; else empty. */
  readonly prefix: string;
}

export interface NetworkDefinition {
  readonly name: string;
  readonly summary: string;
  readonly inputs: Readonly<Record<string, TensorNote>>;
  readonly outputs: Readonly<Record<string, TensorNote>>;
  readonly weights: readonly NetworkWeights[];
  /**
   * Builds the graph for these inputs, which were checked against `inputs`.
   * @throws InputError, GraphError
   */
  prepare(inputs: Readonly<Record<string, TensorData>>, options: NetworkOptions): PreparedNetwork;
}

export interface NetworkOptions {
  /** Training steps also return the gradient of each trained weight under its upstream key. */
  readonly saveGradients: boolean;
}

/**
 * Checks given tensors against the notes of a network: names, sizes, finite numbers.
 * @returns the tensors as float32 at the noted rank: they may hold integers, and axes of one in front may be missing or
 *   too many
 * @throws InputError naming the tensor
 */
export function checkNetworkInputs(
  definition: NetworkDefinition,
  given: Readonly<Record<string, TensorData>>,
): Record<string, TensorData> {
  const { name, inputs } = definition;
  for (const key of Object.keys(given)) {
    if (!Object.hasOwn(inputs, key))
      throw new InputError(`${name} has no input "${key}"; it has ${Object.keys(inputs).join(', ')}.`);
  }
  const checked: Record<string, TensorData> = {};
  for (const [key, { shape, optional }] of Object.entries(inputs)) {
    const tensor = given[key];
    if (tensor === undefined && optional) continue;
    if (tensor === undefined) throw new InputError(`${name} misses its input "${key}" ${shapeText(shape)}.`);
    const data = tensor.data instanceof Float32Array ? tensor.data : Float32Array.from(tensor.data, Number);
    const dims = atRank(tensor.dims, shape.length);
    const fits =
      dims?.length === shape.length &&
      shape.every((size, axis) => (typeof size === 'string' ? (dims[axis] as number) > 0 : size === dims[axis]));
    if (!fits)
      throw new InputError(`The input "${key}" of ${name} must be ${shapeText(shape)}, not ${shapeText(tensor.dims)}.`);
    const index = data.findIndex((value) => !Number.isFinite(value));
    if (index >= 0) throw new InputError(`The input "${key}" of ${name} holds ${data[index]} at element ${index}.`);
    checked[key] = { dims, data };
  }
  return checked;
}

/** The same elements with more or fewer axes of one in front; undefined where that cannot be. */
function atRank(dims: readonly number[], rank: number): readonly number[] | undefined {
  const more = rank - dims.length;
  if (more >= 0) return [...Array<number>(more).fill(1), ...dims];
  return dims.slice(0, -more).every((size) => size === 1) ? dims.slice(-more) : undefined;
}
