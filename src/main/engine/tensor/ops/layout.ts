/** Operations that move data. Axes may be negative: they then count from the end. Steps that change nothing vanish. */
import { elementCount, sameShape, shapeText } from '../data.ts';
import { GraphError } from '../errors.ts';
import type { Value } from '../graph.ts';
import type { PadMode } from './attributes.ts';

/** An axis as a natural number. @throws GraphError when there is no such axis. */
export function axisOf(x: Value, axis: number, rank: number = x.shape.length): number {
  const natural = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(natural) || natural < 0 || natural >= rank)
    throw new GraphError(`${x.graph.name}/${x.graph.scopePath}: ${shapeText(x.shape)} has no axis ${axis}.`);
  return natural;
}

/** Another shape over the same elements; one size may be -1 and follows from the others. */
export function reshape(x: Value, shape: readonly number[]): Value {
  const open = shape.indexOf(-1);
  const rest = elementCount(shape) * (open < 0 ? 1 : -1);
  const whole = open < 0 ? shape : shape.with(open, rest === 0 ? 0 : elementCount(x.shape) / rest);
  if (sameShape(whole, x.shape)) return x;
  // A chain of reshapes is one reshape.
  const source = x.op === 'reshape' ? x.inputs[0]! : x;
  return sameShape(whole, source.shape) ? source : x.graph.add('reshape', [source], { shape: whole });
}

/** Joins the axes from `start` on into one. */
export function flatten(x: Value, start = 1): Value {
  return reshape(x, [...x.shape.slice(0, start), elementCount(x.shape.slice(start))]);
}

/** Inserts an axis of size 1 so that the result has it at `axis`. */
export function unsqueeze(x: Value, axis: number): Value {
  const at = axisOf(x, axis, x.shape.length + 1);
  return reshape(x, x.shape.toSpliced(at, 0, 1));
}

/** Removes an axis of size 1. @throws GraphError when its size is another one. */
export function squeeze(x: Value, axis: number): Value {
  const at = axisOf(x, axis);
  if (x.shape[at] !== 1)
    throw new GraphError(
      `${x.graph.name}/${x.graph.scopePath}: axis ${axis} of ${shapeText(x.shape)} is not of size 1.`,
    );
  return reshape(x, x.shape.toSpliced(at, 1));
}

/** Repeats axes of size 1 (and adds axes in front) up to a shape. */
export function expand(x: Value, shape: readonly number[]): Value {
  return sameShape(shape, x.shape) ? x : x.graph.add('expand', [x], { shape });
}

/** Axis `i` of the result is axis `permutation[i]` of `x`. */
export function transpose(x: Value, permutation: readonly number[]): Value {
  if (permutation.length === x.shape.length && permutation.every((axis, index) => axis === index)) return x;
  return x.graph.add('transpose', [x], { permutation });
}

/** Swaps two axes. */
export function swapAxes(x: Value, a: number, b: number): Value {
  const [first, second] = [axisOf(x, a), axisOf(x, b)];
  const order = x.shape.map((_, axis) => axis);
  return transpose(x, order.with(first, second).with(second, first));
}

/** Joins values along an axis. */
export function concat(values: readonly Value[], axis: number): Value {
  const [first] = values;
  if (first === undefined) throw new GraphError('There is nothing to join.');
  if (values.length === 1) return first;
  return first.graph.add('concat', values, { axis: axisOf(first, axis) });
}

/** Joins values of one shape along a new axis. */
export function stack(values: readonly Value[], axis: number): Value {
  return concat(
    values.map((value) => unsqueeze(value, axis)),
    axis,
  );
}

/** A part of one axis: `start` to `end` (excluded) by `step`. A negative `start` or `end` counts from the end. */
export interface Range {
  readonly axis: number;
  readonly start?: number;
  readonly end?: number;
  readonly step?: number;
}

/** Takes a part of some axes; the others stay whole. */
export function slice(x: Value, ranges: readonly Range[]): Value {
  const starts = x.shape.map(() => 0);
  const ends = [...x.shape];
  const steps = x.shape.map(() => 1);
  for (const range of ranges) {
    const axis = axisOf(x, range.axis);
    const size = x.shape[axis]!;
    const natural = (position: number): number => (position < 0 ? position + size : position);
    starts[axis] = natural(range.start ?? 0);
    ends[axis] = natural(range.end ?? size);
    steps[axis] = range.step ?? 1;
  }
  const whole = starts.every((start, axis) => start === 0 && ends[axis] === x.shape[axis] && steps[axis] === 1);
  return whole ? x : x.graph.add('slice', [x], { starts, ends, steps });
}

/** One position of an axis; the axis is dropped. */
export function select(x: Value, axis: number, index: number): Value {
  const at = axisOf(x, axis);
  const position = index < 0 ? index + x.shape[at]! : index;
  return squeeze(slice(x, [{ axis: at, start: position, end: position + 1 }]), at);
}

/** Cuts an axis into parts of the given sizes. @throws GraphError when they do not add up to the axis. */
export function split(x: Value, axis: number, sizes: readonly number[]): Value[] {
  const at = axisOf(x, axis);
  if (sizes.reduce((total, size) => total + size, 0) !== x.shape[at])
    throw new GraphError(
      `${x.graph.name}/${x.graph.scopePath}: parts ${shapeText(sizes)} do not add up to axis ${axis} of ${shapeText(x.shape)}.`,
    );
  let start = 0;
  return sizes.map((size) => {
    start += size;
    return slice(x, [{ axis: at, start: start - size, end: start }]);
  });
}

export interface PadOptions {
  readonly mode?: PadMode;
  readonly value?: number;
}

/** Adds `before` and `after` elements to every axis; zeros unless told otherwise. */
export function pad(x: Value, before: readonly number[], after: readonly number[], options: PadOptions = {}): Value {
  if ([...before, ...after].every((amount) => amount === 0) && before.length === x.shape.length) return x;
  const { mode = 'constant', value = 0 } = options;
  return x.graph.add('pad', [x], { before, after, mode, value });
}

/** Adds rows and columns to images `[N,C,H,W]`; negative sizes crop. */
export function padImage(
  x: Value,
  [top, left, bottom, right]: readonly [number, number, number, number],
  options: PadOptions = {},
): Value {
  const cropped = slice(x, [
    { axis: 2, start: Math.max(0, -top), end: x.shape[2]! - Math.max(0, -bottom) },
    { axis: 3, start: Math.max(0, -left), end: x.shape[3]! - Math.max(0, -right) },
  ]);
  const [before, after] = [
    [0, 0, Math.max(0, top), Math.max(0, left)],
    [0, 0, Math.max(0, bottom), Math.max(0, right)],
  ];
  return pad(cropped, before, after, options);
}

/**
 * Reverses axes. By gathering: slices with negative steps are among the forms that providers get wrong. Neighbouring
 * axes reverse as one, in a single gather.
 */
export function flip(x: Value, axes: readonly number[]): Value {
  const sorted = [...new Set(axes.map((axis) => axisOf(x, axis)))].sort((a, b) => a - b);
  const runs: number[][] = [];
  for (const axis of sorted) {
    const last = runs.at(-1);
    if (last?.at(-1) === axis - 1) last.push(axis);
    else runs.push([axis]);
  }
  return runs.reduce((flipped, run) => {
    const [first] = run as [number];
    const size = elementCount(run.map((axis) => x.shape[axis]!));
    if (size === 1) return flipped;
    const data = BigInt64Array.from({ length: size }, (_, index) => BigInt(size - 1 - index));
    const order = x.graph.constant({ dims: [size], data });
    const merged = reshape(flipped, x.shape.toSpliced(first, run.length, size));
    return reshape(x.graph.add('gather', [merged, order], { axis: first }), x.shape);
  }, x);
}

/**
 * Puts `step - 1` zeros between the elements of an axis, then `before` and `after` zeros around: the transpose of
 * taking every `step`-th element.
 */
export function dilate(x: Value, axis: number, step: number, before: number, after: number): Value {
  const at = axisOf(x, axis);
  const size = x.shape[at]!;
  const zeros = (amount: number, position: number, rank: number): number[] =>
    Array.from({ length: rank }, (_, k) => (k === position ? amount : 0));
  let spread = x;
  if (step > 1) {
    const rank = x.shape.length + 1;
    const cells = pad(unsqueeze(x, at + 1), zeros(0, 0, rank), zeros(step - 1, at + 1, rank));
    spread = reshape(cells, x.shape.with(at, size * step));
    // The zeros after the last element belong to `after`.
    after -= step - 1;
    if (after < 0) {
      spread = slice(spread, [{ axis: at, end: size * step + after }]);
      after = 0;
    }
  }
  const rank = x.shape.length;
  return pad(spread, zeros(before, at, rank), zeros(after, at, rank));
}
