/**
 * Operations element by element. Binary operations broadcast (axes aligned at the end) and take numbers, which become
 * scalar constants of the other operand's type. Numbers meeting numbers fold, and neutral operands vanish.
 */
import { type ElementType, sameShape } from '../data.ts';
import { GraphError } from '../errors.ts';
import { type Graph, isValue, type Operand, type Value } from '../graph.ts';
import type { OpAttributes, OpName } from './attributes.ts';

type Attributeless = {
  [K in OpName]: OpAttributes[K] extends Readonly<Record<never, never>>
    ? keyof OpAttributes[K] extends never
      ? K
      : never
    : never;
}[OpName];

const unary =
  (op: Attributeless) =>
  (x: Value): Value =>
    x.graph.add(op, [x], {});

export const neg = unary('neg');
export const abs = unary('abs');
/** -1, 0 or 1. Its derivative is zero. */
export const sign = unary('sign');
/** Its derivative is zero. */
export const floor = unary('floor');
export const exp = unary('exp');
export const log = unary('log');
export const sqrt = unary('sqrt');
/** `1 / x`. */
export const reciprocal = unary('reciprocal');
export const sin = unary('sin');
export const cos = unary('cos');
/** The Gauss error function. */
export const erf = unary('erf');
export const sigmoid = unary('sigmoid');
export const tanh = unary('tanh');
/** `log(1 + exp(x))`, without overflow. */
export const softplus = unary('softplus');
/** `max(x, 0)`; the derivative at 0 is 0. */
export const relu = unary('relu');
/** Logical negation of a bool tensor. */
export const not = unary('not');
/** The same numbers, as a constant to differentiation. */
export const stopGradient = unary('stopGradient');

/** `1 / sqrt(x)`. */
export const rsqrt = (x: Value): Value => reciprocal(sqrt(x));
/** `x^2`. */
export const square = (x: Value): Value => mul(x, x);
/** `x * sigmoid(x)`. */
export const silu = (x: Value): Value => mul(x, sigmoid(x));
/** The Gaussian error linear unit, exact form. */
export const gelu = (x: Value): Value => mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1));

/** `x > 0 ? x : slope * x`; the derivative at 0 is the slope. */
export function leakyRelu(x: Value, slope: number): Value {
  return x.graph.add('leakyRelu', [x], { slope });
}

/** One slope per channel: `x [N,C,…]`, `slope [C]`; the derivative at 0 is the slope. */
export function prelu(x: Value, slope: Value): Value {
  return x.graph.add('prelu', [x, slope], {});
}

/** Limits every element to `min..max`; the derivative outside is 0. */
export function clip(x: Value, min: number, max: number): Value {
  return x.graph.add('clip', [x], { min, max });
}

/** Conversion as ONNX does it: towards zero from float to integer, `x != 0` to bool. */
export function cast(x: Value, to: ElementType): Value {
  return x.type === to ? x : x.graph.add('cast', [x], { to });
}

/** The number of a scalar constant. */
export function scalarOf(value: Value): number | undefined {
  return isValue(value, 'constant') ? value.attributes.scalar : undefined;
}

function lift(a: Operand, b: Operand): [Value, Value] {
  if (typeof a !== 'number') return [a, typeof b === 'number' ? scalarLike(a, b) : b];
  if (typeof b !== 'number') return [scalarLike(b, a), b];
  throw new GraphError('At least one operand must belong to a graph.');
}

function scalarLike(like: Value, value: number): Value {
  if (!Number.isFinite(value)) throw new GraphError(`${value} is no operand (${like.graph.name}/${like.scope}).`);
  return like.graph.constant(value, like.type);
}

interface Folding {
  readonly fold: (a: number, b: number) => number;
  /** The operand that changes nothing on the right, and on the left where the operation commutes. */
  readonly neutral?: number;
  readonly commutes?: boolean;
}

const FOLDINGS = {
  add: { fold: (a, b) => a + b, neutral: 0, commutes: true },
  sub: { fold: (a, b) => a - b, neutral: 0 },
  mul: { fold: (a, b) => a * b, neutral: 1, commutes: true },
  div: { fold: (a, b) => a / b, neutral: 1 },
  pow: { fold: (a, b) => a ** b, neutral: 1 },
  min: { fold: Math.min },
  max: { fold: Math.max },
} as const satisfies Record<string, Folding>;

function arithmetic(op: keyof typeof FOLDINGS): (a: Operand, b: Operand) => Value {
  const { fold, neutral, commutes }: Folding = FOLDINGS[op];
  return (left, right) => {
    const [a, b] = lift(left, right);
    const [x, y] = [scalarOf(a), scalarOf(b)];
    if (x !== undefined && y !== undefined && a.type === 'float32' && b.type === 'float32') {
      const folded = fold(x, y);
      if (Number.isFinite(folded)) return a.graph.constant(folded);
    }
    if (a.op !== b.op && sameShape(a.shape, b.shape)) {
      // Broadcasting makes an explicit repetition superfluous.
      if (a.op === 'expand') return a.graph.add(op, [a.inputs[0]!, b], {});
      if (b.op === 'expand') return a.graph.add(op, [a, b.inputs[0]!], {});
    }
    if (neutral !== undefined && y === neutral && a.type === b.type) return a;
    if (neutral !== undefined && commutes && x === neutral && a.type === b.type) return b;
    return a.graph.add(op, [a, b], {});
  };
}

export const add = arithmetic('add');
export const sub = arithmetic('sub');
export const mul = arithmetic('mul');
export const div = arithmetic('div');
/** `a^b`, float only; the derivative is that of a positive base. */
export const pow = arithmetic('pow');
/** The smaller one; where both are equal, half the derivative goes to each. */
export const min = arithmetic('min');
/** The larger one; where both are equal, half the derivative goes to each. */
export const max = arithmetic('max');

function plain(op: Attributeless): (a: Operand, b: Operand) => Value {
  return (left, right) => {
    const [a, b] = lift(left, right);
    return a.graph.add(op, [a, b], {});
  };
}

export const equal = plain('equal');
export const less = plain('less');
export const lessOrEqual = plain('lessOrEqual');
export const greater = plain('greater');
export const greaterOrEqual = plain('greaterOrEqual');
export const and = plain('and');
export const or = plain('or');

/** `condition ? yes : no`, element by element. */
export function where(condition: Value, yes: Operand, no: Operand): Value {
  const [a, b] =
    typeof yes === 'number' && typeof no === 'number'
      ? [condition.graph.constant(yes), condition.graph.constant(no)]
      : lift(yes, no);
  return condition.graph.add('where', [condition, a, b], {});
}

/** The sum of several values of one shape; a balanced tree would gain nothing, so it is a chain. */
export function sum(values: readonly Value[]): Value {
  const [first, ...rest] = values;
  if (first === undefined) throw new GraphError('There is nothing to add up.');
  return rest.reduce((total, value) => add(total, value), first);
}

/** A tensor of one number. */
export function full(graph: Graph, shape: readonly number[], value: number, type: ElementType = 'float32'): Value {
  const scalar = graph.constant(value, type);
  return sameShape(shape, []) ? scalar : graph.add('expand', [scalar], { shape });
}
