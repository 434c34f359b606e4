/** The gradient of every operation. */
import type { OpName } from '../ops/attributes.ts';
import * as convolutions from './convolution.ts';
import * as elementwise from './elementwise.ts';
import * as indexing from './indexing.ts';
import * as layout from './layout.ts';
import * as reductions from './reduction.ts';
import * as resampling from './resampling.ts';
import { type GradientEntry, ZERO } from './rule.ts';

export const GRADIENT_RULES: { readonly [K in OpName]: GradientEntry<K> } = {
  input: ZERO,
  param: ZERO,
  constant: ZERO,

  neg: elementwise.negation,
  abs: elementwise.absolute,
  sign: ZERO,
  floor: ZERO,
  exp: elementwise.exponential,
  log: elementwise.logarithm,
  sqrt: elementwise.squareRoot,
  reciprocal: elementwise.reciprocal,
  sin: elementwise.sine,
  cos: elementwise.cosine,
  erf: elementwise.errorFunction,
  sigmoid: elementwise.logistic,
  tanh: elementwise.hyperbolicTangent,
  softplus: elementwise.softplus,
  relu: elementwise.relu,
  leakyRelu: elementwise.leakyRelu,
  clip: elementwise.clip,
  not: ZERO,
  // Only floats have gradients, and a cast between floats is no operation.
  cast: ZERO,
  stopGradient: ZERO,

  add: elementwise.addition,
  sub: elementwise.subtraction,
  mul: elementwise.multiplication,
  div: elementwise.division,
  pow: elementwise.power,
  min: elementwise.minimum,
  max: elementwise.maximum,
  equal: ZERO,
  less: ZERO,
  lessOrEqual: ZERO,
  greater: ZERO,
  greaterOrEqual: ZERO,
  and: ZERO,
  or: ZERO,
  where: elementwise.choice,
  prelu: elementwise.prelu,

  matmul: convolutions.matrixProduct,
  conv2d: convolutions.convolution,
  convTranspose2d: convolutions.transposedConvolution,
  maxPool: resampling.maxPooling,
  averagePool: resampling.averagePooling,
  resize: resampling.resizing,
  gridSample: resampling.gridSampling,

  reshape: layout.reshaping,
  expand: layout.expansion,
  transpose: layout.transposition,
  concat: layout.concatenation,
  slice: layout.slicing,
  pad: layout.padding,

  gather: indexing.gathering,
  gatherElements: indexing.elementGathering,
  gatherND: indexing.positionGathering,
  scatterElements: indexing.elementScattering,
  scatterND: indexing.positionScattering,

  reduceSum: reductions.summation,
  reduceMean: reductions.mean,
  reduceMax: reductions.maximum,
  argMax: ZERO,
  softmax: reductions.softmax,
  logSoftmax: reductions.logSoftmax,
};
