/** The ONNX form of every operation. */
import type { OpAttributes, OpName } from '../ops/attributes.ts';
import * as layout from './layout.ts';
import { direct, type LoweringRule } from './rule.ts';
import * as spatial from './spatial.ts';

const leaf = (): never => {
  throw new TypeError('Leaves become inputs and initializers, not nodes.');
};

export const LOWERING_RULES: { readonly [K in OpName]: LoweringRule<OpAttributes[K]> } = {
  input: leaf,
  param: leaf,
  constant: leaf,

  neg: direct('Neg'),
  abs: direct('Abs'),
  sign: direct('Sign'),
  floor: direct('Floor'),
  exp: direct('Exp'),
  log: direct('Log'),
  sqrt: direct('Sqrt'),
  reciprocal: direct('Reciprocal'),
  sin: direct('Sin'),
  cos: direct('Cos'),
  erf: direct('Erf'),
  sigmoid: direct('Sigmoid'),
  tanh: direct('Tanh'),
  softplus: direct('Softplus'),
  relu: direct('Relu'),
  leakyRelu: spatial.leakyRelu,
  clip: layout.clip,
  not: direct('Not'),
  cast: layout.cast,
  stopGradient: layout.alias,

  add: direct('Add'),
  sub: direct('Sub'),
  mul: direct('Mul'),
  div: direct('Div'),
  pow: direct('Pow'),
  min: direct('Min'),
  max: direct('Max'),
  equal: direct('Equal'),
  less: direct('Less'),
  lessOrEqual: direct('LessOrEqual'),
  greater: direct('Greater'),
  greaterOrEqual: direct('GreaterOrEqual'),
  and: direct('And'),
  or: direct('Or'),
  where: direct('Where'),
  prelu: spatial.prelu,

  matmul: direct('MatMul'),
  conv2d: spatial.conv2d,
  convTranspose2d: spatial.convTranspose2d,
  maxPool: spatial.maxPool,
  averagePool: spatial.averagePool,
  resize: spatial.resize,
  gridSample: spatial.gridSample,

  reshape: layout.toShape('Reshape'),
  expand: layout.toShape('Expand'),
  transpose: layout.transpose,
  concat: layout.alongAxis('Concat'),
  slice: layout.slice,
  pad: layout.pad,

  gather: layout.alongAxis('Gather'),
  gatherElements: layout.alongAxis('GatherElements'),
  gatherND: direct('GatherND'),
  scatterElements: layout.scatterElements,
  scatterND: direct('ScatterND'),

  reduceSum: layout.reduction('ReduceSum'),
  reduceMean: layout.reduction('ReduceMean'),
  reduceMax: layout.reduction('ReduceMax'),
  argMax: layout.argMax,
  softmax: layout.alongAxis('Softmax'),
  logSoftmax: layout.alongAxis('LogSoftmax'),
};
