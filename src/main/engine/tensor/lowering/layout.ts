/** Lowerings of layout, indexing and reductions. */
import type { ElementType } from '../data.ts';
import type { AxisAttributes, OpAttributes, ReductionAttributes, ScatterReduction } from '../ops/attributes.ts';
import { flag, int, ints, type LoweringRule, string } from './rule.ts';

/** `TensorProto.DataType` of ONNX. */
const TYPE_CODES: { readonly [K in ElementType]: number } = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9 };

export const cast: LoweringRule<{ to: ElementType }> = (writer, operands, { to }) =>
  writer.node('Cast', operands, [int('to', TYPE_CODES[to])]);

export const clip: LoweringRule<{ min: number; max: number }> = (writer, [x], { min, max }) =>
  writer.node('Clip', [x!, writer.float(min), writer.float(max)]);

/** Only differentiation knows the difference. */
export const alias: LoweringRule<unknown> = (_, operands) => operands[0]!;

export const toShape =
  (op: 'Reshape' | 'Expand'): LoweringRule<{ shape: readonly number[] }> =>
  (writer, [x], { shape }) =>
    writer.node(op, [x!, writer.ints(shape)]);

export const transpose: LoweringRule<OpAttributes['transpose']> = (writer, operands, { permutation }) =>
  writer.node('Transpose', operands, [ints('perm', permutation)]);

export const slice: LoweringRule<OpAttributes['slice']> = (writer, [x], { starts, ends, steps }, value) => {
  const { shape } = value.inputs[0]!;
  const cut = shape.flatMap((size, axis) =>
    starts[axis] !== 0 || ends[axis] !== size || steps[axis] !== 1 ? [axis] : [],
  );
  const of = (numbers: readonly number[]): string => writer.ints(cut.map((axis) => numbers[axis]!));
  return writer.node('Slice', [x!, of(starts), of(ends), writer.ints(cut), of(steps)]);
};

export const pad: LoweringRule<OpAttributes['pad']> = (writer, [x], { before, after, mode, value }) => {
  const filler = mode === 'constant' ? [writer.float(value)] : [];
  return writer.node('Pad', [x!, writer.ints([...before, ...after]), ...filler], [string('mode', mode)]);
};

export const alongAxis =
  (op: string): LoweringRule<AxisAttributes> =>
  (writer, operands, { axis }) =>
    writer.node(op, operands, [int('axis', axis)]);

export const scatterElements: LoweringRule<AxisAttributes & { reduction: ScatterReduction }> = (
  writer,
  operands,
  { axis, reduction },
) => writer.node('ScatterElements', operands, [int('axis', axis), string('reduction', reduction)]);

export const reduction =
  (op: string): LoweringRule<ReductionAttributes> =>
  (writer, [x], { axes, keepDims }) =>
    writer.node(op, [x!, writer.ints(axes)], [flag('keepdims', keepDims)]);

export const argMax: LoweringRule<OpAttributes['argMax']> = (writer, operands, { axis, keepDims }) =>
  writer.node('ArgMax', operands, [int('axis', axis), flag('keepdims', keepDims), int('select_last_index', 0)]);
