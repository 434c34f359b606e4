/** Shape rules of the operations that move data without computing. */
import { elementCount, shapeText } from '../data.ts';
import { GraphError } from '../errors.ts';
import type { AxisAttributes, OpAttributes } from '../ops/attributes.ts';
import { broadcastShapes, checkAxis, checkCount, checkSameType, type ShapeRule } from './rule.ts';

export const reshape: ShapeRule<OpAttributes['reshape']> = (inputs, { shape }) => {
  checkCount(inputs, 1);
  if (shape.some((size) => !Number.isSafeInteger(size) || size < 1))
    throw new GraphError(`${shapeText(shape)} is not a shape.`);
  if (elementCount(shape) !== elementCount(inputs[0]!.shape))
    throw new GraphError(`${shapeText(shape)} holds ${elementCount(shape)} elements.`);
  return { shape, type: inputs[0]!.type };
};

export const expand: ShapeRule<OpAttributes['expand']> = (inputs, { shape }) => {
  checkCount(inputs, 1);
  const common = broadcastShapes([inputs[0]!.shape, shape]);
  if (common.join() !== shape.join()) throw new GraphError(`it does not expand to ${shapeText(shape)}.`);
  return { shape, type: inputs[0]!.type };
};

export const transpose: ShapeRule<OpAttributes['transpose']> = (inputs, { permutation }) => {
  checkCount(inputs, 1);
  const { shape, type } = inputs[0]!;
  const sorted = [...permutation].sort((a, b) => a - b);
  if (sorted.length !== shape.length || sorted.some((axis, index) => axis !== index))
    throw new GraphError(`${shapeText(permutation)} is not an order of ${shape.length} axes.`);
  return { shape: permutation.map((axis) => shape[axis]!), type };
};

export const concat: ShapeRule<AxisAttributes> = (inputs, { axis }) => {
  if (inputs.length === 0) throw new GraphError('there is nothing to join.');
  checkSameType(inputs);
  const [first] = inputs;
  checkAxis(axis, first!.shape.length);
  for (const { shape } of inputs) {
    if (shape.length !== first!.shape.length || shape.some((size, k) => k !== axis && size !== first!.shape[k]))
      throw new GraphError(`the operands must agree on every axis but ${axis}.`);
  }
  const size = inputs.reduce((sum, input) => sum + input.shape[axis]!, 0);
  return { shape: first!.shape.with(axis, size), type: first!.type };
};

export const slice: ShapeRule<OpAttributes['slice']> = (inputs, { starts, ends, steps }) => {
  checkCount(inputs, 1);
  const { shape, type } = inputs[0]!;
  if (starts.length !== shape.length || ends.length !== shape.length || steps.length !== shape.length)
    throw new GraphError(`the slice must name all ${shape.length} axes.`);
  return {
    shape: shape.map((size, axis) => {
      const [start, end, step] = [starts[axis]!, ends[axis]!, steps[axis]!];
      if (![start, end, step].every(Number.isSafeInteger) || start < 0 || end > size || start >= end || step < 1)
        throw new GraphError(`${start}..${end} by ${step} is no part of axis ${axis} with size ${size}.`);
      return Math.ceil((end - start) / step);
    }),
    type,
  };
};

export const pad: ShapeRule<OpAttributes['pad']> = (inputs, { before, after, mode }) => {
  checkCount(inputs, 1);
  const { shape, type } = inputs[0]!;
  if (before.length !== shape.length || after.length !== shape.length)
    throw new GraphError(`the padding must name all ${shape.length} axes.`);
  for (const [axis, size] of shape.entries()) {
    for (const amount of [before[axis]!, after[axis]!]) {
      if (!Number.isSafeInteger(amount) || amount < 0)
        throw new GraphError(`the padding ${amount} of axis ${axis} is negative or not whole.`);
      if (mode === 'reflect' && amount >= size)
        throw new GraphError(`axis ${axis} with size ${size} cannot be reflected by ${amount}.`);
    }
  }
  return { shape: shape.map((size, axis) => size + before[axis]! + after[axis]!), type };
};
