/**
 * Mixed precision: which operations of a graph are computed in float16. Inputs, parameters, constants and outputs stay
 * float32; lowering casts between the two where they meet. Gradients are operations like any other, so the same rules
 * hold for the backward pass.
 */
import { isValue, type Value } from './graph.ts';
import type { LeafName, OpName } from './ops/attributes.ts';

/**
 * How an operation takes part. `half`: sums of products, where the time goes. `follow`: half as soon as one of its
 * operands is, so that maps between products are not cast to and fro. `full`: never half, because it sums many values,
 * has a range or a slope that halves have no digits for, or yields positions.
 */
type Part = 'half' | 'follow' | 'full';

const PARTS: { readonly [K in Exclude<OpName, LeafName>]: Part } = {
  neg: 'follow',
  abs: 'follow',
  sign: 'follow',
  floor: 'full',
  exp: 'full',
  log: 'full',
  sqrt: 'full',
  reciprocal: 'full',
  sin: 'full',
  cos: 'full',
  erf: 'full',
  sigmoid: 'follow',
  tanh: 'follow',
  softplus: 'full',
  relu: 'follow',
  leakyRelu: 'follow',
  clip: 'follow',
  not: 'full',
  cast: 'full',
  stopGradient: 'follow',

  add: 'follow',
  sub: 'follow',
  mul: 'follow',
  div: 'full',
  pow: 'full',
  min: 'follow',
  max: 'follow',
  equal: 'follow',
  less: 'follow',
  lessOrEqual: 'follow',
  greater: 'follow',
  greaterOrEqual: 'follow',
  and: 'full',
  or: 'full',
  where: 'follow',
  prelu: 'follow',

  matmul: 'half',
  conv2d: 'half',
  convTranspose2d: 'half',
  maxPool: 'follow',
  averagePool: 'follow',
  resize: 'follow',
  gridSample: 'full',

  reshape: 'follow',
  expand: 'follow',
  transpose: 'follow',
  concat: 'follow',
  slice: 'follow',
  pad: 'follow',

  gather: 'follow',
  gatherElements: 'follow',
  gatherND: 'follow',
  scatterElements: 'full',
  scatterND: 'full',

  reduceSum: 'full',
  reduceMean: 'full',
  reduceMax: 'full',
  argMax: 'full',
  softmax: 'full',
  logSoftmax: 'full',
};

/**
 * Products with more terms than this stay in float32: kernel gradients of large maps, whose sums would leave the range
 * of halves where a provider adds up in halves. The largest convolutions of the networks have 4608 terms.
 */
const MOST_TERMS = 8192;

/** Magnitudes that halves hold with all their digits. */
const SMALLEST = 2 ** -14;
const LARGEST = 65504;

/** Says of values that they stay in float32, whatever their operation. */
export type StaysFull = (value: Value) => boolean;

/** The values that are computed in float16. @param values in topological order, with everything that they depend on */
export function halfValues(values: readonly Value[], staysFull: StaysFull): ReadonlySet<Value> {
  const half = new Set<Value>();
  for (const value of values) {
    const part = value.op in PARTS ? PARTS[value.op as keyof typeof PARTS] : 'full';
    if (part === 'full' || staysFull(value) || !isFitting(value)) continue;
    const floats = value.inputs.filter(({ type }) => type === 'float32');
    if (floats.length === 0) continue;
    if (part === 'half' ? termsOf(value) <= MOST_TERMS : floats.some((input) => half.has(input))) half.add(value);
  }
  return half;
}

/** False for squares, and for scalars that halves do not hold: both leave the range before anything else does. */
function isFitting({ op, inputs }: Value): boolean {
  if (op === 'mul' && inputs[0] === inputs[1]) return false;
  return inputs.every((input) => {
    if (!isValue(input, 'constant') || input.attributes.scalar === undefined) return true;
    const size = Math.abs(input.attributes.scalar);
    return size === 0 || (size >= SMALLEST && size <= LARGEST);
  });
}

/** Products that are added up for one element of a matrix product or a convolution. */
function termsOf({ op, inputs }: Value): number {
  const shapes = inputs.map(({ shape }) => shape);
  if (op === 'matmul') return shapes[0]!.at(-1)!;
  const [first = 1, second = 1, rows = 1, columns = 1] = shapes[1]!;
  // Weights are [out,in,…] in one direction and [in,out,…] in the other.
  return (op === 'conv2d' ? second : first) * rows * columns;
}
