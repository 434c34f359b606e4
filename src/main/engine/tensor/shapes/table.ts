/** The shape rule of every operation. */
import { GraphError } from '../errors.ts';
import type { OpAttributes, OpName } from '../ops/attributes.ts';
import * as elementwise from './elementwise.ts';
import * as indexing from './indexing.ts';
import * as layout from './layout.ts';
import * as reductions from './reduction.ts';
import type { ShapeRule } from './rule.ts';
import * as spatial from './spatial.ts';

const leaf = (): never => {
  throw new GraphError('leaves are made by Graph.input, Graph.param and Graph.constant.');
};

export const SHAPE_RULES: { readonly [K in OpName]: ShapeRule<OpAttributes[K]> } = {
  input: leaf,
  param: leaf,
  constant: leaf,

  neg: elementwise.numberUnary,
  abs: elementwise.numberUnary,
  sign: elementwise.numberUnary,
  floor: elementwise.floatUnary,
  exp: elementwise.floatUnary,
  log: elementwise.floatUnary,
  sqrt: elementwise.floatUnary,
  reciprocal: elementwise.floatUnary,
  sin: elementwise.floatUnary,
  cos: elementwise.floatUnary,
  erf: elementwise.floatUnary,
  sigmoid: elementwise.floatUnary,
  tanh: elementwise.floatUnary,
  softplus: elementwise.floatUnary,
  relu: elementwise.floatUnary,
  leakyRelu: elementwise.leakyRelu,
  clip: elementwise.clip,
  not: elementwise.logicalUnary,
  cast: elementwise.cast,
  stopGradient: elementwise.anyUnary,

  add: elementwise.arithmetic,
  sub: elementwise.arithmetic,
  mul: elementwise.arithmetic,
  div: elementwise.arithmetic,
  pow: elementwise.floatBinary,
  min: elementwise.arithmetic,
  max: elementwise.arithmetic,
  equal: elementwise.comparison,
  less: elementwise.comparison,
  lessOrEqual: elementwise.comparison,
  greater: elementwise.comparison,
  greaterOrEqual: elementwise.comparison,
  and: elementwise.logicalBinary,
  or: elementwise.logicalBinary,
  where: elementwise.where,
  prelu: elementwise.prelu,

  matmul: spatial.matmul,
  conv2d: spatial.conv2d,
  convTranspose2d: spatial.convTranspose2d,
  maxPool: spatial.pool,
  averagePool: spatial.pool,
  resize: spatial.resize,
  gridSample: spatial.gridSample,

  reshape: layout.reshape,
  expand: layout.expand,
  transpose: layout.transpose,
  concat: layout.concat,
  slice: layout.slice,
  pad: layout.pad,

  gather: indexing.gather,
  gatherElements: indexing.gatherElements,
  gatherND: indexing.gatherND,
  scatterElements: indexing.scatterElements,
  scatterND: indexing.scatterND,

  reduceSum: reductions.reduction,
  reduceMean: reductions.reduction,
  reduceMax: reductions.reduction,
  argMax: reductions.argMax,
  softmax: reductions.alongAxis,
  logSoftmax: reductions.alongAxis,
};
