/** Shape rules of gathering and scattering. */
import { sameShape, shapeText } from '../data.ts';
import { GraphError } from '../errors.ts';
import type { AxisAttributes, ScatterReduction } from '../ops/attributes.ts';
import {
  checkAxis,
  checkCount,
  checkFloat,
  checkIndex,
  checkSameType,
  type Shape,
  type ShapeRule,
  type Typed,
} from './rule.ts';

export const gather: ShapeRule<AxisAttributes> = (inputs, { axis }) => {
  checkCount(inputs, 2);
  const [data, indices] = inputs as readonly [Typed, Typed];
  checkIndex('the index tensor', indices);
  checkAxis(axis, data.shape.length);
  return { shape: data.shape.toSpliced(axis, 1, ...indices.shape), type: data.type };
};

function checkElementIndices(data: Typed, indices: Typed, axis: number): void {
  checkIndex('the index tensor', indices);
  checkAxis(axis, data.shape.length);
  const fits =
    indices.shape.length === data.shape.length &&
    indices.shape.every((size, k) => k === axis || size <= data.shape[k]!);
  if (!fits) throw new GraphError(`the indices ${shapeText(indices.shape)} exceed the data ${shapeText(data.shape)}.`);
}

export const gatherElements: ShapeRule<AxisAttributes> = (inputs, { axis }) => {
  checkCount(inputs, 2);
  const [data, indices] = inputs as readonly [Typed, Typed];
  checkElementIndices(data, indices, axis);
  return { shape: indices.shape, type: data.type };
};

export const scatterElements: ShapeRule<AxisAttributes & { reduction: ScatterReduction }> = (inputs, attributes) => {
  checkCount(inputs, 3);
  const [data, indices, updates] = inputs as readonly [Typed, Typed, Typed];
  checkElementIndices(data, indices, attributes.axis);
  checkSameType([data, updates]);
  if (attributes.reduction === 'add') checkFloat('the data', data);
  if (!sameShape(indices.shape, updates.shape)) throw new GraphError('indices and updates differ in shape.');
  return { shape: data.shape, type: data.type };
};

function picked(data: Typed, indices: Typed): Shape {
  checkIndex('the index tensor', indices);
  const depth = indices.shape.at(-1);
  if (depth === undefined || depth > data.shape.length)
    throw new GraphError(`the indices ${shapeText(indices.shape)} do not address ${shapeText(data.shape)}.`);
  return [...indices.shape.slice(0, -1), ...data.shape.slice(depth)];
}

/** Only int64 indices: the form that every provider takes. */
function checkPositions(indices: Typed): void {
  if (indices.type !== 'int64') throw new GraphError('the index tensor must be int64.');
}

export const gatherND = (inputs: readonly Typed[]): Typed => {
  checkCount(inputs, 2);
  const [data, indices] = inputs as readonly [Typed, Typed];
  checkPositions(indices);
  return { shape: picked(data, indices), type: data.type };
};

export const scatterND = (inputs: readonly Typed[]): Typed => {
  checkCount(inputs, 3);
  const [data, indices, updates] = inputs as readonly [Typed, Typed, Typed];
  checkPositions(indices);
  checkSameType([data, updates]);
  const expected = picked(data, indices);
  if (!sameShape(updates.shape, expected))
    throw new GraphError(`the updates must have the shape ${shapeText(expected)}.`);
  return { shape: data.shape, type: data.type };
};
