/** Shape rules of reductions and normalisations along axes. */
import { shapeText } from '../data.ts';
import { GraphError } from '../errors.ts';
import type { AxisAttributes, ReductionAttributes } from '../ops/attributes.ts';
import { checkAxis, checkCount, checkFloat, type Shape, type ShapeRule } from './rule.ts';

function reduced(shape: Shape, axes: readonly number[], keepDims: boolean): Shape {
  for (const axis of axes) checkAxis(axis, shape.length);
  if (new Set(axes).size !== axes.length) throw new GraphError(`the axes ${shapeText(axes)} repeat.`);
  return keepDims
    ? shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : shape.filter((_, axis) => !axes.includes(axis));
}

export const reduction: ShapeRule<ReductionAttributes> = (inputs, { axes, keepDims }) => {
  checkCount(inputs, 1);
  checkFloat('the operand', inputs[0]!);
  return { shape: reduced(inputs[0]!.shape, axes, keepDims), type: inputs[0]!.type };
};

export const argMax: ShapeRule<AxisAttributes & { keepDims: boolean }> = (inputs, { axis, keepDims }) => {
  checkCount(inputs, 1);
  checkFloat('the operand', inputs[0]!);
  return { shape: reduced(inputs[0]!.shape, [axis], keepDims), type: 'int64' };
};

export const alongAxis: ShapeRule<AxisAttributes> = (inputs, { axis }) => {
  checkCount(inputs, 1);
  checkFloat('the operand', inputs[0]!);
  checkAxis(axis, inputs[0]!.shape.length);
  return inputs[0]!;
};
