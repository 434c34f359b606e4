/** Gradient rules of the operations that work element by element. */
import type { Value } from '../graph.ts';
import {
  add,
  and,
  cast,
  cos,
  div,
  equal,
  exp,
  greater,
  greaterOrEqual,
  less,
  lessOrEqual,
  log,
  min,
  mul,
  neg,
  pow,
  scalarOf,
  sigmoid,
  sign,
  sin,
  sub,
  where,
} from '../ops/elementwise.ts';
import { reshape } from '../ops/layout.ts';
import { reduceSum } from '../ops/reduction.ts';
import { type GradientRule, scaled, sumTo } from './rule.ts';

type Unary = 'abs' | 'exp' | 'reciprocal' | 'sin' | 'cos' | 'erf' | 'sigmoid' | 'tanh' | 'softplus';

/** A rule for one operand from its local derivative, given the operand `x` and the result `y`. */
const local =
  (derivative: (x: Value, y: Value) => Value): GradientRule<Unary> =>
  (value, gradient) => [mul(gradient, derivative(value.inputs[0]!, value))];

export const negation: GradientRule<'neg'> = (_, gradient) => [neg(gradient)];
export const absolute = local((x) => sign(x));
export const exponential = local((_, y) => y);
export const logarithm: GradientRule<'log'> = ({ inputs: [x] }, gradient) => [div(gradient, x!)];
export const squareRoot: GradientRule<'sqrt'> = (y, gradient) => [div(mul(gradient, 0.5), y)];
export const reciprocal = local((_, y) => neg(mul(y, y)));
export const sine = local((x) => cos(x));
export const cosine = local((x) => neg(sin(x)));
export const errorFunction = local((x) => mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI)));
export const logistic = local((_, y) => mul(y, sub(1, y)));
export const hyperbolicTangent = local((_, y) => sub(1, mul(y, y)));
export const softplus = local((x) => sigmoid(x));

/** From the result, not the operand: the result is kept for the next layer anyway. */
export const relu: GradientRule<'relu'> = (y, gradient) => [where(greater(y, 0), gradient, 0)];

/** With a positive slope the result has the operand's sign, and the operand need not be kept. */
export const leakyRelu: GradientRule<'leakyRelu'> = (y, gradient) => {
  const { slope } = y.attributes;
  const side = slope > 0 ? (y as Value) : y.inputs[0]!;
  return [mul(gradient, where(greater(side, 0), 1, slope))];
};

export const clip: GradientRule<'clip'> = ({ inputs, attributes }, gradient) => {
  const x = inputs[0]!;
  const inside = and(greaterOrEqual(x, attributes.min), lessOrEqual(x, attributes.max));
  return [where(inside, gradient, 0)];
};

/** Slopes are per channel: `dslope_c = Σ gradient · min(x, 0)`. */
export const prelu: GradientRule<'prelu'> = ({ inputs }, gradient, { needs }) => {
  const [x, slope] = inputs as readonly [Value, Value];
  const perChannel = reshape(slope, [slope.shape[0]!, ...x.shape.slice(2).map(() => 1)]);
  const others = x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
  return [
    needs[0] ? where(greater(x, 0), gradient, mul(gradient, perChannel)) : undefined,
    needs[1] ? reduceSum(mul(gradient, min(x, 0)), { axes: others }) : undefined,
  ];
};

type Binary = 'add' | 'sub' | 'mul' | 'div' | 'pow' | 'min' | 'max';
type BinaryRule = GradientRule<Binary>;

export const addition: BinaryRule = ({ inputs: [a, b] }, gradient, { needs }) => [
  needs[0] ? sumTo(gradient, a!.shape) : undefined,
  needs[1] ? sumTo(gradient, b!.shape) : undefined,
];

export const subtraction: BinaryRule = ({ inputs: [a, b] }, gradient, { needs }) => [
  needs[0] ? sumTo(gradient, a!.shape) : undefined,
  needs[1] ? neg(sumTo(gradient, b!.shape)) : undefined,
];

export const multiplication: BinaryRule = ({ inputs: [a, b] }, gradient, { needs }) => [
  needs[0] ? scaled(gradient, b!, a!.shape) : undefined,
  needs[1] ? scaled(gradient, a!, b!.shape) : undefined,
];

export const division: BinaryRule = (y, gradient, { needs }) => {
  const [a, b] = y.inputs as readonly [Value, Value];
  const overB = div(gradient, b);
  return [needs[0] ? sumTo(overB, a.shape) : undefined, needs[1] ? neg(scaled(overB, y as Value, b.shape)) : undefined];
};

export const power: BinaryRule = (y, gradient, { needs }) => {
  const [base, exponent] = y.inputs as readonly [Value, Value];
  const number = scalarOf(exponent);
  const lowered = pow(base, number === undefined ? sub(exponent, 1) : number - 1);
  return [
    needs[0] ? scaled(gradient, mul(exponent, lowered), base.shape) : undefined,
    needs[1] ? scaled(gradient, mul(y as Value, log(base)), exponent.shape) : undefined,
  ];
};

/** Equal operands share the gradient evenly. */
const extremum =
  (wins: (a: Value, b: Value) => Value): BinaryRule =>
  ({ inputs }, gradient, { needs }) => {
    const [a, b] = inputs as readonly [Value, Value];
    const share = (own: Value, other: Value): Value =>
      add(cast(wins(own, other), 'float32'), mul(cast(equal(own, other), 'float32'), 0.5));
    return [
      needs[0] ? scaled(gradient, share(a, b), a.shape) : undefined,
      needs[1] ? scaled(gradient, share(b, a), b.shape) : undefined,
    ];
  };
export const minimum = extremum(less);
export const maximum = extremum(greater);

export const choice: GradientRule<'where'> = ({ inputs }, gradient, { needs }) => {
  const [condition, yes, no] = inputs as readonly [Value, Value, Value];
  return [
    undefined,
    needs[1] ? sumTo(where(condition, gradient, 0), yes.shape) : undefined,
    needs[2] ? sumTo(where(condition, 0, gradient), no.shape) : undefined,
  ];
};
