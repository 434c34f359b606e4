/**
 * The graph: values with static shapes, made by operations. A value is its operation; ids grow with every new value,
 * so ascending ids are a topological order and every walk over the graph is one linear pass.
 *
 * Equal operations on equal inputs are one value (hash consing), which makes common subexpressions free and the
 * lowered model deterministic. What no output needs is never lowered.
 */
import { checkTensor, type ElementType, elementTypeOf, shapeText, type TensorData } from './data.ts';
import { GraphError } from './errors.ts';
import type { LeafName, OpAttributes, OpName } from './ops/attributes.ts';
import type { Shape, ShapeRule } from './shapes/rule.ts';
import { SHAPE_RULES } from './shapes/table.ts';

/** A tensor of the graph, with the operation that makes it. */
export interface Value<K extends OpName = OpName> {
  readonly id: number;
  readonly graph: Graph;
  readonly op: K;
  readonly inputs: readonly Value[];
  readonly attributes: OpAttributes[K];
  readonly shape: Shape;
  readonly type: ElementType;
  /** Where it was made: the path of the scopes, for messages and profiles. */
  readonly scope: string;
}

/** What an operation takes: a value, or a number that becomes a scalar constant of the other operand's type. */
export type Operand = Value | number;

/** A stretch of the graph that the backward pass computes again instead of keeping. */
export interface Segment {
  /** First id of the segment. */
  readonly start: number;
  /** First id after the segment. */
  readonly end: number;
  readonly inputs: readonly Value[];
}

/** Equal constants up to this many elements are one value. */
const SHARED_CONSTANT_LIMIT = 64;

const LEAVES: ReadonlySet<OpName> = new Set<LeafName>(['input', 'param', 'constant']);

/** True for inputs, parameters and constants. */
export function isLeaf(value: Value): boolean {
  return LEAVES.has(value.op);
}

export function isValue<K extends OpName>(value: Value, op: K): value is Value<K> {
  return value.op === op;
}

export class Graph {
  readonly name: string;
  readonly values: Value[] = [];
  readonly segments: Segment[] = [];
  readonly #known = new Map<string, Value>();
  readonly #leaves = new Map<string, Value>();
  #scope = '';

  constructor(name: string) {
    this.name = name;
  }

  get scopePath(): string {
    return this.#scope;
  }

  /** Everything that `build` makes is named under `name`, for messages and profiles. */
  scope<T>(name: string, build: () => T): T {
    return this.scopeAt(this.#scope === '' ? name : `${this.#scope}/${name}`, build);
  }

  /** As `scope`, with a whole path in place of the current one: for code that works on values made elsewhere. */
  scopeAt<T>(path: string, build: () => T): T {
    const outer = this.#scope;
    this.#scope = path;
    try {
      return build();
    } finally {
      this.#scope = outer;
    }
  }

  /** An input of the model. @throws GraphError when the name is taken with another shape or type. */
  input(name: string, shape: Shape, type: ElementType = 'float32'): Value {
    return this.#leaf('input', name, shape, type);
  }

  /** A weight, named by its upstream state-dict key. Asking again for the same key gives the same value. */
  param(name: string, shape: Shape, type: ElementType = 'float32'): Value {
    return this.#leaf('param', name, shape, type);
  }

  /** A tensor that is part of the graph. Numbers make a float32 scalar. */
  constant(content: TensorData | number, type?: ElementType): Value {
    const scalar = typeof content === 'number' ? content : undefined;
    const tensor = typeof content === 'number' ? scalarTensor(content, type ?? 'float32') : content;
    checkTensor('a constant', tensor);
    const held = type ?? elementTypeOf(tensor.data);
    const make = (): Value =>
      this.#append('constant', [], { tensor, ...(scalar === undefined ? {} : { scalar }) }, tensor.dims, held);
    if (tensor.data.length > SHARED_CONSTANT_LIMIT) return make();
    // -0 and 0 are different numbers with one decimal text.
    const elements: Iterable<number | bigint> = tensor.data;
    const text = [...elements].map((element) => (Object.is(element, -0) ? '-0' : element)).join();
    return this.#memo(`constant|${held}|${scalar === undefined ? shapeText(tensor.dims) : 'scalar'}|${text}`, make);
  }

  /** All parameters, in the order of their first use. */
  params(): Value<'param'>[] {
    return this.values.filter((value) => isValue(value, 'param'));
  }

  /** Adds an operation after checking its shapes. @throws GraphError that names the operation, shapes and scope. */
  add<K extends OpName>(op: K, inputs: readonly Value[], attributes: OpAttributes[K]): Value {
    for (const input of inputs) {
      if (input.graph !== this)
        throw new GraphError(`${this.#where(op)} uses a value of the graph "${input.graph.name}" in "${this.name}".`);
    }
    const key = `${op}|${inputs.map((input) => input.id).join(',')}|${JSON.stringify(attributes)}`;
    return this.#memo(key, () => {
      const rule: ShapeRule<OpAttributes[K]> = SHAPE_RULES[op];
      try {
        const { shape, type } = rule(inputs, attributes);
        // A copy: callers may go on with their list.
        return this.#append(op, [...inputs], attributes, shape, type);
      } catch (error) {
        if (!(error instanceof GraphError)) throw error;
        const operands = inputs.map((input) => `${input.type}${shapeText(input.shape)}`).join(', ');
        throw new GraphError(`${this.#where(op)}(${operands}): ${error.message}`);
      }
    });
  }

  #where(op: OpName): string {
    return `${this.name}${this.#scope === '' ? '' : `/${this.#scope}`}: ${op}`;
  }

  #leaf(op: 'input' | 'param', name: string, shape: Shape, type: ElementType): Value {
    if (name === '') throw new GraphError(`${this.#where(op)}: the name is empty.`);
    if (shape.some((size) => !Number.isSafeInteger(size) || size < 1))
      throw new GraphError(`${this.#where(op)} "${name}": ${shapeText(shape)} is not a shape.`);
    const known = this.#leaves.get(name);
    if (known === undefined) {
      const leaf = this.#append(op, [], { name }, shape, type);
      this.#leaves.set(name, leaf);
      return leaf;
    }
    if (known.op !== op || known.type !== type || known.shape.join() !== shape.join())
      throw new GraphError(
        `${this.#where(op)} "${name}": asked for as ${type}${shapeText(shape)}, but it is already ` +
          `the ${known.op} ${known.type}${shapeText(known.shape)}.`,
      );
    return known;
  }

  #memo(key: string, make: () => Value): Value {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#known.set(key, made);
    return made;
  }

  #append<K extends OpName>(
    op: K,
    inputs: readonly Value[],
    attributes: OpAttributes[K],
    shape: Shape,
    type: ElementType,
  ): Value {
    const value: Value<K> = {
      id: this.values.length,
      graph: this,
      op,
      inputs,
      attributes,
      shape,
      type,
      scope: this.#scope,
    };
    this.values.push(value as Value);
    return value as Value;
  }
}

function scalarTensor(value: number, type: ElementType): TensorData {
  switch (type) {
    case 'float32':
      return { dims: [], data: new Float32Array([value]) };
    case 'int64':
      return { dims: [], data: new BigInt64Array([BigInt(value)]) };
    case 'int32':
      return { dims: [], data: new Int32Array([value]) };
    case 'uint8':
    case 'bool':
      return { dims: [], data: new Uint8Array([value]) };
  }
}
