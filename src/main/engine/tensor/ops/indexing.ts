/** Gathering and scattering. Indices are int64 (or int32 along an axis) and must be in range. */
import { elementCount } from '../data.ts';
import { GraphError } from '../errors.ts';
import type { Graph, Value } from '../graph.ts';
import type { ScatterReduction } from './attributes.ts';
import { add, cast, equal, mul } from './elementwise.ts';
import { axisOf, expand, reshape, slice, unsqueeze } from './layout.ts';

/** Takes slices along an axis: the axis is replaced by the axes of `indices`. */
export function gather(data: Value, indices: Value, axis: number): Value {
  return data.graph.add('gather', [data, indices], { axis: axisOf(data, axis) });
}

/** `out[i][j] = data[indices[i][j]][j]` for axis 0; `indices` has as many axes as `data`. */
export function gatherElements(data: Value, indices: Value, axis: number): Value {
  return data.graph.add('gatherElements', [data, indices], { axis: axisOf(data, axis) });
}

/** Takes `data[indices[i,:]]`: the last axis of `indices` addresses the first axes of `data`. */
export function gatherND(data: Value, indices: Value): Value {
  return data.graph.add('gatherND', [data, indices], {});
}

/** The inverse of `gatherElements`. Without a reduction the positions must not repeat. */
export function scatterElements(
  data: Value,
  indices: Value,
  updates: Value,
  axis: number,
  reduction: ScatterReduction = 'none',
): Value {
  return data.graph.add('scatterElements', [data, indices, updates], { axis: axisOf(data, axis), reduction });
}

/** Writes `updates[i]` at `data[indices[i,:]]`. Without a reduction the positions must not repeat. */
export function scatterND(data: Value, indices: Value, updates: Value, reduction: ScatterReduction = 'none'): Value {
  return reduction === 'none'
    ? data.graph.add('scatterND', [data, indices, updates], {})
    : addRows(data, indices, updates);
}

/**
 * An adding `scatterND` by way of `scatterElements`: the runtime's CPU kernel spreads ScatterND over threads that do
 * not wait for each other, so that sums at repeated positions lose terms, another number every run.
 */
function addRows(data: Value, indices: Value, updates: Value): Value {
  const depth = indices.shape.at(-1)!;
  const outer = data.shape.slice(0, depth);
  const rest = elementCount(data.shape.slice(depth));
  const count = elementCount(indices.shape.slice(0, -1));
  const strides = outer.map((_, axis) => elementCount(outer.slice(axis + 1)));
  const positions = reshape(cast(indices, 'int64'), [count, depth]);
  const flat = strides
    .map((stride, axis) => mul(slice(positions, [{ axis: 1, start: axis, end: axis + 1 }]), stride))
    .reduce((total, term) => add(total, term));
  const rows = reshape(data, [elementCount(outer), rest]);
  const where = expand(flat, [count, rest]);
  return reshape(scatterElements(rows, where, reshape(updates, [count, rest]), 0, 'add'), data.shape);
}

/** An int64 constant. */
export function indexConstant(
  graph: Graph,
  values: readonly number[],
  dims: readonly number[] = [values.length],
): Value {
  if (!values.every(Number.isSafeInteger)) throw new GraphError(`${graph.name}: an index is not a whole number.`);
  return graph.constant({ dims, data: BigInt64Array.from(values, BigInt) });
}

/** Ones where the label equals the class, along a new axis. @param labels float or integer class numbers. */
export function oneHot(labels: Value, depth: number, axis: number): Value {
  const rank = labels.shape.length + 1;
  const at = axisOf(labels, axis, rank);
  const dims = Array.from({ length: rank }, (_, k) => (k === at ? depth : 1));
  const numbers = Array.from({ length: depth }, (_, k) => k);
  const classes = labels.graph.constant({ dims, data: Float32Array.from(numbers) });
  return cast(equal(unsqueeze(cast(labels, 'float32'), at), classes), 'float32');
}
