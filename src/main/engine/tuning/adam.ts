/**
 * Adam as graph operations (spec rgi-core 0; betas 0.9 and 0.999, epsilon 1e-8, no weight decay). Parameters and
 * moments go in and come out; only the two bias corrections depend on the step, so they are scalar inputs.
 */

import type { TensorData } from '#engine/tensor/data.ts';
import type { Graph, Value } from '#engine/tensor/graph.ts';
import { add, div, mul, sqrt, square, sub } from '#engine/tensor/ops/elementwise.ts';

const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-8;

/** Names of what belongs to one trained tensor: as inputs of a step, and (with `next.`) as its outputs. */
export const momentNames = (parameter: string) => ({
  first: `adam.first.${parameter}`,
  second: `adam.second.${parameter}`,
});
/** The name under which a step gives back the tensor that it took as `name`. */
export const updatedName = (name: string): string => `next.${name}`;

/** Scalar inputs of a step. */
const STEP_SIZE = 'adam.stepSize';
const SECOND_SCALE = 'adam.secondScale';

export interface AdamUpdate {
  readonly value: Value;
  readonly first: Value;
  readonly second: Value;
}

/** One update: `p - stepSize · m / (sqrt(v) · secondScale + eps)`. */
export function adamUpdate(graph: Graph, name: string, parameter: Value, gradient: Value): AdamUpdate {
  const names = momentNames(name);
  const stepSize = graph.input(STEP_SIZE, []);
  const secondScale = graph.input(SECOND_SCALE, []);
  const first = add(mul(graph.input(names.first, parameter.shape), BETA_1), mul(gradient, 1 - BETA_1));
  const second = add(mul(graph.input(names.second, parameter.shape), BETA_2), mul(square(gradient), 1 - BETA_2));
  const direction = div(first, add(mul(sqrt(second), secondScale), EPSILON));
  return { value: sub(parameter, mul(direction, stepSize)), first, second };
}

/**
 * The scalars of step `t`: `lr / (1 - b1^t)` and `1 / sqrt(1 - b2^t)`.
 * @param step number of updates including this one, from 1
 */
export function adamInputs(step: number, learningRate: number): Record<string, TensorData> {
  if (!Number.isSafeInteger(step) || step < 1) throw new RangeError(`Adam's step is ${step}, not 1 or more.`);
  if (!(learningRate > 0)) throw new RangeError(`The learning rate is ${learningRate}, not positive.`);
  const scalar = (value: number): TensorData => ({ dims: [], data: Float32Array.of(value) });
  return {
    [STEP_SIZE]: scalar(learningRate / (1 - BETA_1 ** step)),
    [SECOND_SCALE]: scalar(1 / Math.sqrt(1 - BETA_2 ** step)),
  };
}
