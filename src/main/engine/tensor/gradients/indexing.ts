/** Gradient rules of indexing: gathering and scattering are each other's transposes. */
import { elementCount } from '../data.ts';
import { isValue, type Value } from '../graph.ts';
import { cast } from '../ops/elementwise.ts';
import { gather, gatherElements, gatherND, indexConstant, scatterElements, scatterND } from '../ops/indexing.ts';
import { expand, reshape } from '../ops/layout.ts';
import { type GradientRule, lateZeros } from './rule.ts';

export const gathering: GradientRule<'gather'> = ({ inputs, attributes: { axis } }, gradient) => {
  const [data, indices] = inputs as readonly [Value, Value];
  const inverse = inversePermutation(indices, data.shape[axis]!);
  if (inverse !== undefined) return [gather(gradient, indexConstant(data.graph, inverse), axis), undefined];
  // Along one axis the positions of all other axes are the same, so the sum runs element by element.
  const count = elementCount(indices.shape);
  const [before, after] = [data.shape.slice(0, axis), data.shape.slice(axis + 1)];
  const spread = [...before, count, ...after];
  const flat = reshape(cast(indices, 'int64'), [...before.map(() => 1), count, ...after.map(() => 1)]);
  const zeros = lateZeros(gradient, data.shape);
  return [scatterElements(zeros, expand(flat, spread), reshape(gradient, spread), axis, 'add'), undefined];
};

/** The order that undoes constant indices which name every position once. */
function inversePermutation(indices: Value, size: number): number[] | undefined {
  if (!isValue(indices, 'constant') || indices.shape.length !== 1 || indices.shape[0] !== size) return undefined;
  const inverse = new Array<number>(size).fill(-1);
  const positions: Iterable<number | bigint> = indices.attributes.tensor.data;
  [...positions].forEach((position, index) => {
    inverse[Number(position)] = index;
  });
  return inverse.includes(-1) ? undefined : inverse;
}

export const elementGathering: GradientRule<'gatherElements'> = ({ inputs, attributes: { axis } }, gradient) => {
  const [data, indices] = inputs as readonly [Value, Value];
  return [scatterElements(lateZeros(gradient, data.shape), indices, gradient, axis, 'add'), undefined];
};

export const positionGathering: GradientRule<'gatherND'> = ({ inputs }, gradient) => {
  const [data, indices] = inputs as readonly [Value, Value];
  return [scatterND(lateZeros(gradient, data.shape), indices, gradient, 'add'), undefined];
};

export const elementScattering: GradientRule<'scatterElements'> = ({ inputs, attributes }, gradient, { needs }) => {
  const [, indices, updates] = inputs as readonly [Value, Value, Value];
  const { axis, reduction } = attributes;
  const kept = (): Value =>
    reduction === 'add' ? gradient : scatterElements(gradient, indices, lateZeros(gradient, updates.shape), axis);
  return [needs[0] ? kept() : undefined, undefined, needs[2] ? gatherElements(gradient, indices, axis) : undefined];
};

export const positionScattering: GradientRule<'scatterND'> = ({ inputs }, gradient, { needs }) => {
  const [, indices, updates] = inputs as readonly [Value, Value, Value];
  return [
    needs[0] ? scatterND(gradient, indices, lateZeros(gradient, updates.shape)) : undefined,
    undefined,
    needs[2] ? gatherND(gradient, indices) : undefined,
  ];
};
