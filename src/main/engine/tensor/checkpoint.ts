/**
 * Recomputation. The values inside a checkpointed segment are not kept for the backward pass: it computes them again
 * from the segment's inputs when the gradient of its outputs has arrived. That costs one more forward pass of the
 * segment and saves everything the segment would have kept.
 */
import { GraphError } from './errors.ts';
import { lateZero } from './gradients/rule.ts';
import { type Graph, isLeaf, type Segment, type Value } from './graph.ts';

/**
 * Builds a segment whose inner values the backward pass computes again.
 * @param inputs what the segment is computed again from; other outside values that it uses are kept, too
 * @throws GraphError for a segment within a segment, or one without inputs
 */
export function checkpoint<T>(inputs: readonly Value[], build: (inputs: readonly Value[]) => T): T {
  const graph = inputs[0]?.graph;
  if (graph === undefined) throw new GraphError('A checkpointed segment needs an input to start again from.');
  const start = graph.values.length;
  const result = build(inputs);
  const end = graph.values.length;
  const last = graph.segments.at(-1);
  if (last !== undefined && last.start >= start && last.end > last.start)
    throw new GraphError(`${graph.name}/${graph.scopePath}: a checkpointed segment cannot hold another one.`);
  if (end > start) graph.segments.push({ start, end, inputs });
  return result;
}

/** The values of a segment computed again, in topological order, with the values they stand for. */
export interface Replay {
  readonly values: readonly Value[];
  readonly copies: ReadonlyMap<Value, Value>;
  /** Copy at the border → the kept value it repeats. */
  readonly borders: ReadonlyMap<Value, Value>;
}

/**
 * Repeats the part of a segment that `needed` values depend on. The runtime merges equal nodes wherever it finds them
 * and computes whatever can be computed early, either of which would keep the first copy alive. So every float that
 * enters passes through a barrier first: it adds a zero that only the arrived gradient makes.
 */
export function replay(graph: Graph, segment: Segment, needed: readonly Value[], gradient: Value): Replay {
  const wanted = collect(graph, segment, needed);
  const copies = new Map<Value, Value>();
  const borders = new Map<Value, Value>();
  const zero = lateZero(gradient);
  const enter = (value: Value): Value => {
    const known = copies.get(value);
    if (known !== undefined) return known;
    // Weights are kept in any case, and indices and masks are small.
    const keep = value.type !== 'float32' || (isLeaf(value) && !segment.inputs.includes(value));
    const copy = keep ? value : graph.add('add', [value, zero], {});
    copies.set(value, copy);
    if (!keep) borders.set(copy, value);
    return copy;
  };
  const values = wanted.map((value) => {
    const inputs = value.inputs.map((input) => (inside(segment, input) ? copies.get(input)! : enter(input)));
    const copy = graph.scopeAt(`recompute/${value.scope}`, () => graph.add(value.op, inputs, value.attributes));
    copies.set(value, copy);
    return copy;
  });
  return { values, copies, borders };
}

const inside = (segment: Segment, value: Value): boolean =>
  value.id >= segment.start && value.id < segment.end && !isLeaf(value) && !segment.inputs.includes(value);

function collect(graph: Graph, segment: Segment, needed: readonly Value[]): Value[] {
  const ids = new Set(needed.map((value) => value.id));
  const found: Value[] = [];
  for (let id = segment.end - 1; id >= segment.start; id--) {
    if (!ids.has(id)) continue;
    const value = graph.values[id]!;
    found.push(value);
    for (const input of value.inputs) if (inside(segment, input)) ids.add(input.id);
  }
  return found.reverse();
}
