/** Gradient rules of layout operations: each is the transpose of a linear map. */
import type { Value } from '../graph.ts';
import type { PadMode } from '../ops/attributes.ts';
import { gather, indexConstant } from '../ops/indexing.ts';
import { dilate, reshape, slice, transpose } from '../ops/layout.ts';
import { type GradientRule, sumTo } from './rule.ts';

export const reshaping: GradientRule<'reshape'> = ({ inputs: [x] }, gradient) => [reshape(gradient, x!.shape)];

export const expansion: GradientRule<'expand'> = ({ inputs: [x] }, gradient) => [sumTo(gradient, x!.shape)];

export const transposition: GradientRule<'transpose'> = ({ attributes: { permutation } }, gradient) => [
  transpose(
    gradient,
    permutation.map((_, axis) => permutation.indexOf(axis)),
  ),
];

export const concatenation: GradientRule<'concat'> = ({ inputs, attributes: { axis } }, gradient, { needs }) => {
  let start = 0;
  return inputs.map((input, index) => {
    start += input.shape[axis]!;
    return needs[index] ? slice(gradient, [{ axis, start: start - input.shape[axis]!, end: start }]) : undefined;
  });
};

export const slicing: GradientRule<'slice'> = ({ inputs: [x], attributes: { starts, steps } }, gradient) => [
  x!.shape.reduce((spread, size, axis) => {
    const covered = (gradient.shape[axis]! - 1) * steps[axis]! + 1;
    return dilate(spread, axis, steps[axis]!, starts[axis]!, size - starts[axis]! - covered);
  }, gradient),
];

export const padding: GradientRule<'pad'> = ({ inputs, attributes }, gradient, { viaComposition }) => {
  const x = inputs[0]!;
  const { before, after, mode } = attributes;
  if (mode === 'constant')
    return [
      slice(
        gradient,
        x.shape.map((size, axis) => ({ axis, start: before[axis]!, end: before[axis]! + size })),
      ),
    ];
  return viaComposition([x], gradient, ([stand]) =>
    x.shape.reduce((padded, size, axis) => {
      if (before[axis] === 0 && after[axis] === 0) return padded;
      const source = paddedSource(size, before[axis]!, after[axis]!, mode);
      return gather(padded, indexConstant(x.graph, source), axis);
    }, stand as Value),
  );
};

function paddedSource(size: number, before: number, after: number, mode: Exclude<PadMode, 'constant'>): number[] {
  const last = size - 1;
  return Array.from({ length: before + size + after }, (_, index) => {
    const position = index - before;
    if (mode === 'edge') return Math.min(Math.max(position, 0), last);
    return position < 0 ? -position : position > last ? 2 * last - position : position;
  });
}
