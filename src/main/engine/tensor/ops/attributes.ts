/**
 * The operations of a graph: one row per operation with its attributes. Shape rules, lowerings and gradient rules are
 * tables over the same names (`{ [K in OpName]: … }`), so an operation without one of them does not compile.
 *
 * Every operation has one output. Images are NCHW. Attributes are normalised: axes are natural numbers, slices and
 * paddings name every axis.
 */
import type { ElementType, TensorData } from '../data.ts';

type None = Readonly<Record<never, never>>;

/** Top, left, bottom, right. */
export type Pads = readonly [top: number, left: number, bottom: number, right: number];
/** Rows, columns. */
export type Pair = readonly [rows: number, columns: number];

export interface ConvolutionAttributes {
  readonly strides: Pair;
  readonly pads: Pads;
  readonly dilations: Pair;
  readonly groups: number;
}

export interface WindowAttributes {
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly pads: Pads;
}

export interface ReductionAttributes {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

export interface AxisAttributes {
  readonly axis: number;
}

export type ScatterReduction = 'none' | 'add';
export type PadMode = 'constant' | 'reflect' | 'edge';
/** Names of ONNX: `asymmetric` floors (nearest), `half_pixel` is `align_corners=False`. */
export type ResizeCoordinates = 'asymmetric' | 'half_pixel' | 'align_corners';

export interface OpAttributes {
  // Leaves.
  readonly input: { readonly name: string };
  readonly param: { readonly name: string };
  readonly constant: { readonly tensor: TensorData; readonly scalar?: number };

  // Element by element, one input.
  readonly neg: None;
  readonly abs: None;
  readonly sign: None;
  readonly floor: None;
  readonly exp: None;
  readonly log: None;
  readonly sqrt: None;
  readonly reciprocal: None;
  readonly sin: None;
  readonly cos: None;
  readonly erf: None;
  readonly sigmoid: None;
  readonly tanh: None;
  readonly softplus: None;
  readonly relu: None;
  readonly leakyRelu: { readonly slope: number };
  readonly clip: { readonly min: number; readonly max: number };
  readonly not: None;
  readonly cast: { readonly to: ElementType };
  readonly stopGradient: None;

  // Element by element, several inputs, broadcast together.
  readonly add: None;
  readonly sub: None;
  readonly mul: None;
  readonly div: None;
  readonly pow: None;
  readonly min: None;
  readonly max: None;
  readonly equal: None;
  readonly less: None;
  readonly lessOrEqual: None;
  readonly greater: None;
  readonly greaterOrEqual: None;
  readonly and: None;
  readonly or: None;
  readonly where: None;
  readonly prelu: None;

  // Linear algebra and windows.
  readonly matmul: None;
  readonly conv2d: ConvolutionAttributes;
  readonly convTranspose2d: ConvolutionAttributes & { readonly outputPads: Pair };
  readonly maxPool: WindowAttributes;
  readonly averagePool: WindowAttributes;
  readonly resize: {
    readonly mode: 'nearest' | 'linear';
    readonly coordinates: ResizeCoordinates;
    readonly size: Pair;
  };
  readonly gridSample: { readonly padding: 'zeros' | 'border'; readonly alignCorners: boolean };

  // Layout.
  readonly reshape: { readonly shape: readonly number[] };
  readonly expand: { readonly shape: readonly number[] };
  readonly transpose: { readonly permutation: readonly number[] };
  readonly concat: AxisAttributes;
  readonly slice: {
    readonly starts: readonly number[];
    readonly ends: readonly number[];
    readonly steps: readonly number[];
  };
  readonly pad: {
    readonly before: readonly number[];
    readonly after: readonly number[];
    readonly mode: PadMode;
    readonly value: number;
  };

  // Indexing.
  readonly gather: AxisAttributes;
  readonly gatherElements: AxisAttributes;
  readonly gatherND: None;
  readonly scatterElements: AxisAttributes & { readonly reduction: ScatterReduction };
  /** Positions must not repeat; sums at repeated positions are `scatterElements`. */
  readonly scatterND: None;

  // Reductions.
  readonly reduceSum: ReductionAttributes;
  readonly reduceMean: ReductionAttributes;
  readonly reduceMax: ReductionAttributes;
  readonly argMax: AxisAttributes & { readonly keepDims: boolean };
  readonly softmax: AxisAttributes;
  readonly logSoftmax: AxisAttributes;
}

export type OpName = keyof OpAttributes;
export type LeafName = 'input' | 'param' | 'constant';
