/** Matrix products, convolutions, pooling and resampling of images `[N,C,H,W]`. */
import type { Value } from '../graph.ts';
import type { Pads, Pair, ResizeCoordinates } from './attributes.ts';
import { add } from './elementwise.ts';
import { reshape, slice, transpose } from './layout.ts';

/** One number for both axes or all sides. */
type Size = number | Pair;
type Padding = number | Pads;

const pair = (size: Size): Pair => (typeof size === 'number' ? [size, size] : size);
const sides = (pads: Padding): Pads => (typeof pads === 'number' ? [pads, pads, pads, pads] : pads);

/** Batched matrix product `[…,M,K] × […,K,N]`; leading axes broadcast. */
export function matmul(a: Value, b: Value): Value {
  return a.graph.add('matmul', [a, b], {});
}

/** `x @ weight^T + bias`. @param x `[…,in]` @param weight `[out,in]` @param bias `[out]` */
export function linear(x: Value, weight: Value, bias?: Value): Value {
  const product = matmul(x, transpose(weight, [1, 0]));
  return bias === undefined ? product : add(product, bias);
}

export interface ConvolutionOptions {
  readonly stride?: Size;
  readonly pad?: Padding;
  readonly dilation?: Size;
  readonly groups?: number;
  /** `[O]` */
  readonly bias?: Value | undefined;
}

/** Adds one number per channel. @param bias `[C]` */
export function addChannelBias(x: Value, bias: Value): Value {
  return add(x, reshape(bias, [1, -1, 1, 1]));
}

/** Cross-correlation. @param weight `[O,C/groups,kh,kw]` */
export function conv2d(x: Value, weight: Value, options: ConvolutionOptions = {}): Value {
  const result = x.graph.add('conv2d', [x, weight], {
    strides: pair(options.stride ?? 1),
    pads: sides(options.pad ?? 0),
    dilations: pair(options.dilation ?? 1),
    groups: options.groups ?? 1,
  });
  return options.bias === undefined ? result : addChannelBias(result, options.bias);
}

/** The transpose of `conv2d` as PyTorch defines it. @param weight `[C,O/groups,kh,kw]` */
export function convTranspose2d(
  x: Value,
  weight: Value,
  options: ConvolutionOptions & { readonly outputPad?: Size } = {},
): Value {
  const result = x.graph.add('convTranspose2d', [x, weight], {
    strides: pair(options.stride ?? 1),
    pads: sides(options.pad ?? 0),
    dilations: pair(options.dilation ?? 1),
    groups: options.groups ?? 1,
    outputPads: pair(options.outputPad ?? 0),
  });
  return options.bias === undefined ? result : addChannelBias(result, options.bias);
}

export interface PoolOptions {
  readonly kernel: Size;
  /** Default: the kernel. */
  readonly stride?: Size;
  readonly pad?: Padding;
}

const window = (options: PoolOptions) => ({
  kernel: pair(options.kernel),
  strides: pair(options.stride ?? options.kernel),
  pads: sides(options.pad ?? 0),
});

/** Sizes round down; padding never wins. The derivative goes to the first largest element. */
export function maxPool(x: Value, options: PoolOptions): Value {
  const { kernel, strides, pads } = window(options);
  // A window of one pixel only takes every n-th: a slice has the simpler gradient.
  if (x.shape.length === 4 && [...kernel, ...pads.map((size) => size + 1)].every((size) => size === 1))
    return slice(x, [
      { axis: 2, step: strides[0] },
      { axis: 3, step: strides[1] },
    ]);
  return x.graph.add('maxPool', [x], window(options));
}

/** Mean over windows; padding counts as zeros. */
export function averagePool(x: Value, options: PoolOptions): Value {
  return x.graph.add('averagePool', [x], window(options));
}

/**
 * Means over the bins `[floor(i·in/out), ceil((i+1)·in/out))` of each axis. Whole ratios are box means; others are a
 * product with the two matrices of bin weights.
 */
export function adaptiveAveragePool(x: Value, size: Size): Value {
  const [height, width] = pair(size);
  const [inHeight, inWidth] = x.shape.slice(2) as [number, number];
  if (height === inHeight && width === inWidth) return x;
  if (inHeight % height === 0 && inWidth % width === 0)
    return averagePool(x, { kernel: [inHeight / height, inWidth / width] });
  const rows = binWeights(x, inHeight, height);
  const columns = transpose(binWeights(x, inWidth, width), [1, 0]);
  return matmul(matmul(rows, x), columns);
}

function binWeights(x: Value, from: number, to: number): Value {
  const data = new Float32Array(to * from);
  for (let bin = 0; bin < to; bin++) {
    const start = Math.floor((bin * from) / to);
    const end = Math.ceil(((bin + 1) * from) / to);
    data.fill(1 / (end - start), bin * from + start, bin * from + end);
  }
  return x.graph.constant({ dims: [to, from], data });
}

/** Nearest neighbour at `floor(dst · in / out)`: PyTorch's `nearest`. */
export function resizeNearest(x: Value, size: Size): Value {
  return resize(x, 'nearest', 'asymmetric', pair(size));
}

/** Bilinear without antialiasing. @param alignCorners corner pixels map to corner pixels; default false */
export function resizeBilinear(x: Value, size: Size, alignCorners = false): Value {
  return resize(x, 'linear', alignCorners ? 'align_corners' : 'half_pixel', pair(size));
}

function resize(x: Value, mode: 'nearest' | 'linear', coordinates: ResizeCoordinates, size: Pair): Value {
  const same = x.shape[2] === size[0] && x.shape[3] === size[1];
  return same && x.shape.length === 4 ? x : x.graph.add('resize', [x], { mode, coordinates, size });
}

export interface GridSampleOptions {
  readonly padding?: 'zeros' | 'border';
  readonly alignCorners?: boolean;
}

/** Bilinear sampling. @param grid `[N,h,w,2]`: x and y in [-1, 1] */
export function gridSample(x: Value, grid: Value, options: GridSampleOptions = {}): Value {
  return x.graph.add('gridSample', [x, grid], {
    padding: options.padding ?? 'zeros',
    alignCorners: options.alignCorners ?? false,
  });
}
