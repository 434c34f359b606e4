/** Gradient rules of indexing: gathering and scattering are each other's transposes. */
import { elementCount } from '../data.ts';
import { isValue, type Value } from '../graph.ts';
import { cast } from '../ops/elementwise.ts';
import { gather, gatherElements, gatherND, indexConstant, scatterElements, scatterND } from '../ops/indexing.ts';
import { concat, expand, reshape } from '../ops/layout.ts';
import { type GradientRule, lateZeros } from './rule.ts';

export const gathering: GradientRule<'gather'> = ({ inputs, attributes: { axis } }, gradient) => {
  const [data, indices] = inputs as readonly [Value, Value];
  const sources = sourcesOf(indices, data.shape[axis]!);
  if (sources !== undefined) {
    const { graph } = data;
    const rows = gradient.shape[axis]!;
    if (sources.every((source) => source >= 0))
      return [gather(gradient, indexConstant(graph, sources), axis), undefined];
    // What was not taken gets zeros: a copy of rows is many times quicker than a sum element by element.
    const nothing = lateZeros(gradient, gradient.shape.with(axis, 1));
    const from = sources.map((source) => (source < 0 ? rows : source));
    return [gather(concat([gradient, nothing], axis), indexConstant(graph, from), axis), undefined];
  }
  // Along one axis the positions of all other axes are the same, so the sum runs element by element.
  const count = elementCount(indices.shape);
  const [before, after] = [data.shape.slice(0, axis), data.shape.slice(axis + 1)];
  const spread = [...before, count, ...after];
  const flat = reshape(cast(indices, 'int64'), [...before.map(() => 1), count, ...after.map(() => 1)]);
  const zeros = lateZeros(gradient, data.shape);
  return [scatterElements(zeros, expand(flat, spread), reshape(gradient, spread), axis, 'add'), undefined];
};

/** For constant indices that name no position twice: where each position went, -1 for those that were not taken. */
function sourcesOf(indices: Value, size: number): number[] | undefined {
  if (!isValue(indices, 'constant') || indices.shape.length !== 1) return undefined;
  const positions: Iterable<number | bigint> = indices.attributes.tensor.data;
  const sources = new Array<number>(size).fill(-1);
  for (const [index, position] of [...positions].entries()) {
    if (sources[Number(position)] !== -1) return undefined;
    sources[Number(position)] = index;
  }
  return sources;
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
