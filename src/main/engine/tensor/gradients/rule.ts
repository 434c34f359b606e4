/** What a gradient rule is, and the steps that rules share. */
import { sameShape } from '../data.ts';
import type { Value } from '../graph.ts';
import type { OpName } from '../ops/attributes.ts';
import { mul } from '../ops/elementwise.ts';
import { expand, reshape, slice } from '../ops/layout.ts';
import { reduceSum } from '../ops/reduction.ts';

export interface GradientContext {
  /** Which operands need a gradient; the rule may leave the others out. */
  readonly needs: readonly boolean[];
  /**
   * The gradients of a composition: builds it from stand-ins of the operands and differentiates it. For operations
   * with a fast form of their own whose derivative is that of a composition of others.
   */
  readonly viaComposition: (
    operands: readonly Value[],
    gradient: Value,
    compose: (operands: readonly Value[]) => Value,
  ) => readonly (Value | undefined)[];
}

/** The gradients of the operands (vector-Jacobian product), as operations again, so that they can be differentiated. */
export type GradientRule<K extends OpName> = (
  value: Value<K>,
  gradient: Value,
  context: GradientContext,
) => readonly (Value | undefined)[];

/** The derivative is zero wherever it exists (steps, comparisons, positions): nothing flows back. */
export const ZERO = 'zero';
export type GradientEntry<K extends OpName> = GradientRule<K> | typeof ZERO;

/** Sums a gradient over the axes along which an operand was repeated. */
export function sumTo(gradient: Value, shape: readonly number[]): Value {
  if (sameShape(gradient.shape, shape)) return gradient;
  const added = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((size, axis) =>
    axis < added || (shape[axis - added] === 1 && size !== 1) ? [axis] : [],
  );
  return reshape(reduceSum(gradient, { axes, keepDims: true }), shape);
}

/**
 * A zero that is known only after `gradient` is: what is built on it can neither be computed early nor folded into a
 * constant by the runtime. Used for large zero tensors and for recomputation.
 */
export function lateZero(gradient: Value): Value {
  const first = slice(
    gradient,
    gradient.shape.map((_, axis) => ({ axis, start: 0, end: 1 })),
  );
  return mul(reshape(first, []), 0);
}

/** Zeros of a shape, made when `gradient` is there. */
export function lateZeros(gradient: Value, shape: readonly number[]): Value {
  return expand(lateZero(gradient), shape);
}

/** Float values of a graph by what they are multiplied with: short for `gradient * factor`, summed to an operand. */
export const scaled = (gradient: Value, factor: Value | number, shape: readonly number[]): Value =>
  sumTo(mul(gradient, factor), shape);
