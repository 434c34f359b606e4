/**
 * Reverse-mode differentiation. `gradients` walks the graph once from the output back to the values asked for and
 * builds the gradient of each step as further operations of the same graph, so a gradient is a value like any other:
 * it can be lowered, combined, and differentiated again.
 */
import { replay } from './checkpoint.ts';
import { elementCount, sameShape, shapeText } from './data.ts';
import { GraphError } from './errors.ts';
import { type GradientContext, type GradientEntry, sumTo, ZERO } from './gradients/rule.ts';
import { GRADIENT_RULES } from './gradients/table.ts';
import type { Graph, Segment, Value } from './graph.ts';
import type { OpName } from './ops/attributes.ts';
import { add } from './ops/elementwise.ts';
import { reshape } from './ops/layout.ts';

export interface GradientOptions {
  /** The gradient of the output itself, in its shape. Default: one, for an output of one element. */
  readonly seed?: Value | undefined;
}

/**
 * The gradients of `output` with respect to each of `wrt`, in that order; `undefined` where the output does not depend
 * on the value (which is not the same as a gradient of zeros: an optimiser skips it).
 * @throws GraphError when the output is not a float, has several elements and no seed, or belongs to another graph
 */
export function gradients(output: Value, wrt: readonly Value[], options: GradientOptions = {}): (Value | undefined)[] {
  const { graph } = output;
  const where = `${graph.name}/${output.scope}: the gradient of ${output.op}${shapeText(output.shape)}`;
  if (output.type !== 'float32') throw new GraphError(`${where}: only float32 values have one.`);
  for (const value of wrt) {
    if (value.graph !== graph) throw new GraphError(`${where} with respect to a value of ${value.graph.name}.`);
    if (value.type !== 'float32')
      throw new GraphError(
        `${where} with respect to ${value.type}${shapeText(value.shape)}: only float32 values have one.`,
      );
  }
  const seed =
    options.seed ?? (elementCount(output.shape) === 1 ? reshape(graph.constant(1), output.shape) : undefined);
  if (seed === undefined) throw new GraphError(`${where} needs a seed: it is not one number.`);
  if (!sameShape(seed.shape, output.shape)) throw new GraphError(`${where}: the seed is ${shapeText(seed.shape)}.`);

  const backward = new Backward(graph);
  const first = wrt.reduce((lowest, value) => Math.min(lowest, value.id), output.id);
  const values = graph.values.slice(first, output.id + 1);
  backward.depend(wrt, values);
  backward.give(output, seed);
  backward.walk(values, graph.segments);
  return wrt.map((value) => backward.taken(value));
}

/** As `gradients`, for values that the output must depend on. @throws GraphError that counts and names the others */
export function requiredGradients(output: Value, wrt: readonly Value[], options: GradientOptions = {}): Value[] {
  const found = gradients(output, wrt, options);
  const absent = wrt.filter((_, index) => found[index] === undefined);
  if (absent.length > 0) {
    const names = absent.slice(0, 5).map((value) => ('name' in value.attributes ? value.attributes.name : value.op));
    throw new GraphError(
      `${output.graph.name}: the output does not depend on ${absent.length} values: ${names.join(', ')}.`,
    );
  }
  return found as Value[];
}

class Backward {
  readonly #graph: Graph;
  /** Values that depend on what is asked for. */
  readonly #dependent = new Set<Value>();
  readonly #wanted = new Set<Value>();
  readonly #gradients = new Map<Value, Value>();

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /** Marks what depends on `wrt` among `values`, which are in topological order. */
  depend(wrt: readonly Value[], values: readonly Value[]): void {
    for (const value of wrt) {
      this.#dependent.add(value);
      this.#wanted.add(value);
    }
    for (const value of values) {
      if (value.type !== 'float32' || GRADIENT_RULES[value.op] === ZERO) continue;
      if (value.inputs.some((input) => this.#dependent.has(input))) this.#dependent.add(value);
    }
  }

  /** Adds to the gradient of a value. */
  give(value: Value, gradient: Value): void {
    if (!this.#dependent.has(value)) return;
    const known = this.#gradients.get(value);
    this.#gradients.set(value, known === undefined ? gradient : add(known, gradient));
  }

  taken(value: Value): Value | undefined {
    return this.#gradients.get(value);
  }

  /** Passes gradients from the last value to the first; a segment is computed again when its turn comes. */
  walk(values: readonly Value[], segments: readonly Segment[]): void {
    let next = segments.length - 1;
    for (let index = values.length - 1; index >= 0; index--) {
      const value = values[index]!;
      while (next >= 0 && segments[next]!.start > value.id) next--;
      const segment = segments[next];
      if (segment !== undefined && value.id < segment.end) {
        const start = Math.max(0, index - (value.id - segment.start));
        this.#walkSegment(segment, values.slice(start, index + 1));
        index = start;
      } else this.#step(value);
    }
  }

  #walkSegment(segment: Segment, values: readonly Value[]): void {
    // Whatever already has a gradient is an output of the segment.
    const outputs = values.filter((value) => this.#gradients.has(value) && value.inputs.length > 0);
    const last = outputs.at(-1);
    if (last === undefined) return;
    const { values: copies, copies: byOriginal, borders } = replay(this.#graph, segment, outputs, this.taken(last)!);
    for (const [original, copy] of byOriginal) {
      if (this.#dependent.has(original)) this.#dependent.add(copy);
      // A wanted value inside keeps its gradient on the copy until the segment is done.
      if (this.#wanted.has(original) && !borders.has(copy)) this.#wanted.add(copy);
    }
    for (const output of outputs) {
      const copy = byOriginal.get(output)!;
      if (copy === output) continue;
      this.give(copy, this.taken(output)!);
      this.#gradients.delete(output);
    }
    for (const copy of copies.toReversed()) this.#step(copy);
    for (const original of values) {
      const copy = byOriginal.get(original);
      if (copy === undefined || copy === original || !this.#wanted.has(copy)) continue;
      const gradient = this.taken(copy);
      if (gradient !== undefined) this.#gradients.set(original, gradient);
    }
    for (const [copy, original] of borders) {
      const gradient = this.#gradients.get(copy);
      if (gradient !== undefined) this.give(original, gradient);
    }
  }

  #step<K extends OpName>(value: Value<K>): void {
    const gradient = this.#gradients.get(value as Value);
    if (gradient === undefined) return;
    const rule: GradientEntry<K> = GRADIENT_RULES[value.op];
    if (rule === ZERO || value.inputs.length === 0) return;
    const context: GradientContext = {
      needs: value.inputs.map((input) => this.#dependent.has(input)),
      viaComposition: (operands, seed, compose) => this.#viaComposition(operands, seed, compose),
    };
    const shares = this.#graph.scopeAt(`backward/${value.scope}`, () => rule(value, gradient, context));
    value.inputs.forEach((input, index) => {
      const share = shares[index];
      if (share === undefined || !context.needs[index]) return;
      if (!sameShape(share.shape, input.shape))
        throw new GraphError(
          `${this.#graph.name}/${value.scope}: the gradient rule of ${value.op} gives ${shapeText(share.shape)} ` +
            `for the operand ${shapeText(input.shape)}.`,
        );
      this.give(input, share);
    });
    // Nobody asks again, and the walk over a long graph must not hold every gradient.
    if (!this.#wanted.has(value as Value)) this.#gradients.delete(value as Value);
  }

  #viaComposition(
    operands: readonly Value[],
    seed: Value,
    compose: (operands: readonly Value[]) => Value,
  ): readonly (Value | undefined)[] {
    const inner = new Backward(this.#graph);
    const output = compose(operands);
    const values = between(operands, output);
    inner.depend(
      operands.filter((operand) => this.#dependent.has(operand)),
      values,
    );
    inner.give(output, sumTo(seed, output.shape));
    inner.walk(values, []);
    return operands.map((operand) => inner.taken(operand));
  }
}

/** What lies between the operands of a composition and its output, in topological order. */
function between(operands: readonly Value[], output: Value): Value[] {
  const found = new Set<Value>();
  const open = [output];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (found.has(value) || operands.includes(value)) continue;
    found.add(value);
    open.push(...value.inputs);
  }
  return [...found].sort((a, b) => a.id - b.id);
}
