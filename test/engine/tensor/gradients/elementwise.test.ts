import { describe, it } from 'vitest';
import { floats } from '#engine/tensor/data.ts';
import * as op from '#engine/tensor/ops.ts';
import { type Build, checkGradients, gradientOf } from '../gradient-check.ts';
import { noise } from '../harness.ts';

// Away from kinks by more than the step of the differences.
const x = floats([2, 3], [-1.7, -0.6, 0.3, 0.9, -0.2, 1.4]);
const positive = floats([2, 3], [0.7, 1.6, 0.4, 2.3, 1.1, 0.9]);

const of =
  (f: (x: Parameters<typeof op.neg>[0]) => ReturnType<typeof op.neg>): Build =>
  ({ x }) =>
    f(x!);

const unary: Record<string, Build> = {
  neg: of(op.neg),
  abs: of(op.abs),
  exp: of(op.exp),
  sin: of(op.sin),
  cos: of(op.cos),
  erf: of(op.erf),
  sigmoid: of(op.sigmoid),
  tanh: of(op.tanh),
  softplus: of(op.softplus),
  relu: of(op.relu),
  'leakyRelu 0.2': of((v) => op.leakyRelu(v, 0.2)),
  'leakyRelu -0.5': of((v) => op.leakyRelu(v, -0.5)),
  clip: of((v) => op.clip(v, -1, 1)),
  gelu: of(op.gelu),
  silu: of(op.silu),
};
const positiveUnary: Record<string, Build> = {
  log: of(op.log),
  sqrt: of(op.sqrt),
  reciprocal: of(op.reciprocal),
  rsqrt: of(op.rsqrt),
  'pow 3': of((v) => op.pow(v, 3)),
  'pow 0.5': of((v) => op.pow(v, 0.5)),
};

describe('gradients of one operand', () => {
  it.each(Object.entries(unary))('%s', async (_, build) => checkGradients({ x }, build));
  it.each(Object.entries(positiveUnary))('%s', async (_, build) => checkGradients({ x: positive }, build));
});

describe('second-order gradients of one operand', () => {
  const smooth = ['exp', 'sin', 'cos', 'erf', 'sigmoid', 'tanh', 'softplus'];
  it.each(smooth)('%s', async (name) => checkGradients({ x }, gradientOf(unary[name]!, 'x')));
  it.each(Object.entries(positiveUnary).filter(([name]) => name !== 'reciprocal'))('%s', async (_, build) =>
    // Third derivatives of these are large near 0.4: a shorter step.
    checkGradients({ x: positive }, gradientOf(build, 'x'), { step: 5e-3 }),
  );
});

describe('gradients of several operands', () => {
  const a = noise('a', [2, 3]);
  const b = noise('b', [3], 0.4, 1.5);
  const binary: Record<string, Build> = {
    add: ({ a, b }) => op.add(a!, b!),
    sub: ({ a, b }) => op.sub(b!, a!),
    mul: ({ a, b }) => op.mul(a!, b!),
    div: ({ a, b }) => op.div(a!, b!),
    min: ({ a, b }) => op.min(a!, op.sub(b!, 1.5)),
    max: ({ a, b }) => op.max(op.sub(b!, 1.5), a!),
    'where, broadcast': ({ a, b }) => op.where(op.greater(a!, 0.11), op.mul(a!, 2), b!),
  };
  it.each(Object.entries(binary))('%s', async (_, build) => checkGradients({ a, b }, build));
  it('pow', async () => checkGradients({ a: positive, b }, ({ a, b }) => op.pow(a!, b!)));
  it('div, second order', async () =>
    checkGradients(
      { a, b },
      gradientOf(({ a, b }) => op.div(a!, b!), 'b'),
    ));
  it('prelu', async () =>
    checkGradients(
      { x: floats([1, 2, 1, 3], [-1, 0.4, -0.3, 0.8, -0.7, 1.2]), slope: floats([2], [0.25, -0.5]) },
      ({ x, slope }) => op.prelu(x!, slope!),
    ));
  it('mul of one value with itself', async () => checkGradients({ a }, ({ a }) => op.mul(a!, a!)));
});
