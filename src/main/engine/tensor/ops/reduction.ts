/** Reductions and normalisations along axes. Without axes a reduction covers all of them. */
import type { Value } from '../graph.ts';
import { add, div, mul, rsqrt, sqrt, square, sub } from './elementwise.ts';
import { axisOf, reshape } from './layout.ts';

export interface ReductionOptions {
  readonly axes?: readonly number[];
  /** Keep reduced axes with size 1. Default false. */
  readonly keepDims?: boolean;
}

function reduce(op: 'reduceSum' | 'reduceMean' | 'reduceMax', x: Value, options: ReductionOptions): Value {
  const axes = (options.axes ?? x.shape.map((_, axis) => axis))
    .map((axis) => axisOf(x, axis))
    .toSorted((a, b) => a - b);
  const keepDims = options.keepDims ?? false;
  if (axes.every((axis) => x.shape[axis] === 1))
    return keepDims
      ? x
      : reshape(
          x,
          x.shape.filter((_, axis) => !axes.includes(axis)),
        );
  return x.graph.add(op, [x], { axes, keepDims });
}

export const reduceSum = (x: Value, options: ReductionOptions = {}): Value => reduce('reduceSum', x, options);
export const reduceMean = (x: Value, options: ReductionOptions = {}): Value => reduce('reduceMean', x, options);
/** The largest element; its derivative is shared evenly among equal largest ones. */
export const reduceMax = (x: Value, options: ReductionOptions = {}): Value => reduce('reduceMax', x, options);

/** The position of the (first) largest element, int64. */
export function argMax(x: Value, axis: number, keepDims = false): Value {
  return x.graph.add('argMax', [x], { axis: axisOf(x, axis), keepDims });
}

export function softmax(x: Value, axis: number): Value {
  return x.graph.add('softmax', [x], { axis: axisOf(x, axis) });
}

export function logSoftmax(x: Value, axis: number): Value {
  return x.graph.add('logSoftmax', [x], { axis: axisOf(x, axis) });
}

/**
 * Instance normalisation without affine parameters: `(x - mean) / sqrt(var + epsilon)` per sample and channel, biased
 * variance. Two passes over centred values: one-pass sums of squares lose digits on large maps.
 * @param x `[N,C,H,W]`
 */
export function instanceNorm(x: Value, epsilon = 1e-5): Value {
  const axes = [2, 3];
  const centred = sub(x, reduceMean(x, { axes, keepDims: true }));
  const variance = reduceMean(square(centred), { axes, keepDims: true });
  return mul(centred, rsqrt(add(variance, epsilon)));
}

/** Layer normalisation over the last axis. @param weight `[D]` @param bias `[D]` */
export function layerNorm(x: Value, weight: Value, bias: Value, epsilon = 1e-5): Value {
  const centred = sub(x, reduceMean(x, { axes: [-1], keepDims: true }));
  const variance = reduceMean(square(centred), { axes: [-1], keepDims: true });
  return add(mul(mul(centred, rsqrt(add(variance, epsilon))), weight), bias);
}

export interface BatchNormTensors {
  readonly weight: Value;
  readonly bias: Value;
  readonly runningMean: Value;
  readonly runningVar: Value;
}

/** Batch normalisation at inference: the statistics are given. @param x `[N,C,…]`, all tensors `[C]` */
export function batchNorm(x: Value, tensors: BatchNormTensors, epsilon = 1e-5): Value {
  const scale = mul(tensors.weight, rsqrt(add(tensors.runningVar, epsilon)));
  const shift = sub(tensors.bias, mul(tensors.runningMean, scale));
  const perChannel = [1, x.shape[1]!, ...x.shape.slice(2).map(() => 1)];
  return add(mul(x, reshape(scale, perChannel)), reshape(shift, perChannel));
}

/** `x / ||x||` over some axes. @param epsilon is added to the sum of squares. */
export function l2Normalize(x: Value, axes: readonly number[], epsilon = 0): Value {
  return div(x, sqrt(add(reduceSum(square(x), { axes, keepDims: true }), epsilon)));
}
