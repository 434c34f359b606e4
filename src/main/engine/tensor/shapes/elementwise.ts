/** Shape rules of the operations that work element by element. */
import type { ElementType } from '../data.ts';
import { GraphError } from '../errors.ts';
import {
  broadcastShapes,
  checkCount,
  checkFloat,
  checkRank,
  checkSameType,
  checkType,
  type ShapeRule,
  type Typed,
} from './rule.ts';

const NUMBERS: readonly ElementType[] = ['float32', 'int64', 'int32'];

export const anyUnary = ([x, ...rest]: readonly Typed[]): Typed => {
  checkCount([x!, ...rest], 1);
  return { shape: x!.shape, type: x!.type };
};

export const floatUnary = (inputs: readonly Typed[]): Typed => {
  checkCount(inputs, 1);
  checkFloat('the operand', inputs[0]!);
  return anyUnary(inputs);
};

export const numberUnary = (inputs: readonly Typed[]): Typed => {
  checkCount(inputs, 1);
  checkType('the operand', inputs[0]!, NUMBERS);
  return anyUnary(inputs);
};

export const logicalUnary = (inputs: readonly Typed[]): Typed => {
  checkCount(inputs, 1);
  checkType('the operand', inputs[0]!, ['bool']);
  return anyUnary(inputs);
};

export const clip: ShapeRule<{ min: number; max: number }> = (inputs, { min, max }) => {
  if (!(Number.isFinite(min) && Number.isFinite(max) && min <= max))
    throw new GraphError(`${min}..${max} is no range.`);
  return floatUnary(inputs);
};

export const leakyRelu: ShapeRule<{ slope: number }> = (inputs, { slope }) => {
  if (!Number.isFinite(slope)) throw new GraphError(`the slope is ${slope}.`);
  return floatUnary(inputs);
};

export const cast: ShapeRule<{ to: ElementType }> = (inputs, { to }) => {
  checkCount(inputs, 1);
  return { shape: inputs[0]!.shape, type: to };
};

const binary =
  (allowed: readonly ElementType[], result?: ElementType) =>
  (inputs: readonly Typed[]): Typed => {
    checkCount(inputs, 2);
    checkSameType(inputs);
    checkType('an operand', inputs[0]!, allowed);
    return { shape: broadcastShapes(inputs.map((input) => input.shape)), type: result ?? inputs[0]!.type };
  };

export const arithmetic = binary(NUMBERS);
export const floatBinary = binary(['float32']);
export const comparison = binary([...NUMBERS, 'uint8', 'bool'], 'bool');
export const logicalBinary = binary(['bool']);

export const where = (inputs: readonly Typed[]): Typed => {
  checkCount(inputs, 3);
  const [condition, yes, no] = inputs as readonly [Typed, Typed, Typed];
  checkType('the condition', condition, ['bool']);
  checkSameType([yes, no]);
  return { shape: broadcastShapes(inputs.map((input) => input.shape)), type: yes.type };
};

/** `x [N,C,…]` with one slope per channel `[C]`. */
export const prelu = (inputs: readonly Typed[]): Typed => {
  checkCount(inputs, 2);
  const [x, slope] = inputs as readonly [Typed, Typed];
  checkFloat('the operand', x);
  checkFloat('the slope', slope);
  checkRank('the slope', slope, 1);
  if (x.shape[1] !== slope.shape[0]) throw new GraphError('the slope needs one number per channel.');
  return { shape: x.shape, type: x.type };
};
