/** Gradient rules of reductions and normalisations along axes. */
import type { Value } from '../graph.ts';
import { cast, div, equal, exp, mul, sub } from '../ops/elementwise.ts';
import { expand, reshape } from '../ops/layout.ts';
import { reduceSum } from '../ops/reduction.ts';
import type { GradientRule } from './rule.ts';

/** The shape with the reduced axes kept as 1. */
const kept = (x: Value, axes: readonly number[]): number[] =>
  x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));

export const summation: GradientRule<'reduceSum'> = ({ inputs: [x], attributes }, gradient) => [
  expand(reshape(gradient, kept(x!, attributes.axes)), x!.shape),
];

export const mean: GradientRule<'reduceMean'> = ({ inputs: [x], attributes }, gradient) => {
  const count = attributes.axes.reduce((product, axis) => product * x!.shape[axis]!, 1);
  return [expand(mul(reshape(gradient, kept(x!, attributes.axes)), 1 / count), x!.shape)];
};

/** Equal largest elements share the gradient evenly. */
export const maximum: GradientRule<'reduceMax'> = (y, gradient) => {
  const x = y.inputs[0]!;
  const { axes } = y.attributes;
  const shape = kept(x, axes);
  const winners = cast(equal(x, reshape(y as Value, shape)), 'float32');
  const share = div(reshape(gradient, shape), reduceSum(winners, { axes, keepDims: true }));
  return [mul(winners, share)];
};

export const softmax: GradientRule<'softmax'> = (y, gradient) => {
  const product = mul(gradient, y as Value);
  const total = reduceSum(product, { axes: [y.attributes.axis], keepDims: true });
  return [sub(product, mul(y as Value, total))];
};

export const logSoftmax: GradientRule<'logSoftmax'> = (y, gradient) => {
  const total = reduceSum(gradient, { axes: [y.attributes.axis], keepDims: true });
  return [sub(gradient, mul(exp(y as Value), total))];
};
