/** Gradient rules of pooling and resampling. */
import type { Value } from '../graph.ts';
import type { OpAttributes, Pair } from '../ops/attributes.ts';
import {
  add,
  and,
  cast,
  clip,
  equal,
  floor,
  greaterOrEqual,
  lessOrEqual,
  mul,
  sub,
  sum,
  where,
} from '../ops/elementwise.ts';
import { gatherElements } from '../ops/indexing.ts';
import { dilate, expand, padImage, reshape, select, slice, stack, transpose, unsqueeze } from '../ops/layout.ts';
import { averagePool, convTranspose2d, matmul, resizeNearest } from '../ops/spatial.ts';
import { linearWeights, nearestWeights } from '../resampling.ts';
import { type GradientRule, lateZeros } from './rule.ts';

/**
 * To the first largest element of each window, row by row. Each tap of the window compares what it sees with the
 * result and takes what gradient is left; the taps that fall on the same phase of the stride add up, and the phases
 * interleave. Comparisons instead of positions: the WebGPU provider has no positions of largest elements, and adding
 * up scattered gradients there would depend on the order of its threads.
 */
export const maxPooling: GradientRule<'maxPool'> = (y, gradient) => {
  const x = y.inputs[0]!;
  const { kernel, strides, pads } = y.attributes;
  const [rows, columns] = gradient.shape.slice(2) as [number, number];
  const padded = padImage(x, pads, { value: LOWEST });
  const cells: Pair = [rows + Math.ceil(kernel[0] / strides[0]), columns + Math.ceil(kernel[1] / strides[1])];
  const phases = Array.from({ length: strides[0] }, () => new Array<Value | undefined>(strides[1]).fill(undefined));
  let left = gradient;
  for (let i = 0; i < kernel[0]; i++) {
    for (let j = 0; j < kernel[1]; j++) {
      const seen = slice(padded, [
        { axis: 2, start: i, end: i + (rows - 1) * strides[0] + 1, step: strides[0] },
        { axis: 3, start: j, end: j + (columns - 1) * strides[1] + 1, step: strides[1] },
      ]);
      const wins = equal(seen, y as Value);
      const [top, start] = [Math.floor(i / strides[0]), Math.floor(j / strides[1])];
      const placed = padImage(where(wins, left, 0), [top, start, cells[0] - rows - top, cells[1] - columns - start]);
      const row = phases[i % strides[0]]!;
      const known = row[j % strides[1]];
      row[j % strides[1]] = known === undefined ? placed : add(known, placed);
      left = where(wins, 0, left);
    }
  }
  const empty = lateZeros(gradient, [x.shape[0]!, x.shape[1]!, ...cells]);
  const interleaved = interleave(
    phases.map((row) =>
      interleave(
        row.map((phase) => phase ?? empty),
        3,
      ),
    ),
    2,
  );
  const within = (axis: 0 | 1) => ({ axis: axis + 2, start: pads[axis], end: pads[axis] + x.shape[axis + 2]! });
  const room = ([0, 1] as const).map((axis) => Math.max(0, within(axis).end - interleaved.shape[axis + 2]!));
  return [slice(padImage(interleaved, [0, 0, room[0]!, room[1]!]), [within(0), within(1)])];
};

/** Below every number that a picture or feature map holds, and finite, so that it can be multiplied. */
const LOWEST = -3e38;

/** Alternates the elements of several values along an axis. */
function interleave(values: readonly Value[], axis: number): Value {
  const [first] = values as readonly [Value];
  return reshape(stack(values, axis + 1), first.shape.with(axis, first.shape[axis]! * values.length));
}

export const averagePooling: GradientRule<'averagePool'> = ({ inputs, attributes }, gradient) => {
  const x = inputs[0]!;
  const { kernel, strides, pads } = attributes;
  const [n, channels, height, width] = x.shape as readonly [number, number, number, number];
  const [rows, columns] = gradient.shape.slice(2) as [number, number];
  const share = 1 / (kernel[0] * kernel[1]);
  const box = kernel[0] === strides[0] && kernel[1] === strides[1] && pads.every((size) => size === 0);
  if (box) {
    const spread = resizeNearest(mul(gradient, share), [rows * kernel[0], columns * kernel[1]]);
    return [padImage(spread, [0, 0, height - rows * kernel[0], width - columns * kernel[1]])];
  }
  const weight = x.graph.constant({
    dims: [1, 1, ...kernel],
    data: new Float32Array(kernel[0] * kernel[1]).fill(share),
  });
  const rest = (axis: 0 | 1, size: number, count: number): number =>
    size + pads[axis] + pads[axis + 2]! - (count - 1) * strides[axis] - kernel[axis];
  const spread = convTranspose2d(reshape(gradient, [n * channels, 1, rows, columns]), weight, {
    stride: strides,
    pad: pads,
    outputPad: [rest(0, height, rows), rest(1, width, columns)],
  });
  return [reshape(spread, x.shape)];
};

export const resizing: GradientRule<'resize'> = ({ inputs, attributes }, gradient) => {
  const x = inputs[0]!;
  const { mode, coordinates, size } = attributes;
  const from: Pair = [x.shape[2]!, x.shape[3]!];
  if (mode === 'nearest') {
    const up: Pair = [size[0] / from[0], size[1] / from[1]];
    if (up.every(Number.isInteger)) return [mul(averagePool(gradient, { kernel: up }), up[0] * up[1])];
    const down: Pair = [from[0] / size[0], from[1] / size[1]];
    if (down.every(Number.isInteger))
      return [dilate(dilate(gradient, 2, down[0], 0, down[0] - 1), 3, down[1], 0, down[1] - 1)];
  }
  const weights = (axis: 0 | 1): Value =>
    x.graph.constant({
      dims: [size[axis], from[axis]],
      data:
        mode === 'nearest'
          ? nearestWeights(from[axis], size[axis])
          : linearWeights(from[axis], size[axis], coordinates === 'align_corners'),
    });
  return [matmul(matmul(transpose(weights(0), [1, 0]), gradient), weights(1))];
};

/** Through the sum over the four neighbours, for the image and for the grid. */
export const gridSampling: GradientRule<'gridSample'> = ({ inputs, attributes }, gradient, { viaComposition }) =>
  viaComposition(inputs, gradient, ([x, grid]) => sampleNeighbours(x!, grid!, attributes));

/** Bilinear sampling in elementary steps. @param x `[N,C,H,W]` @param grid `[N,h,w,2]` */
export function sampleNeighbours(x: Value, grid: Value, attributes: OpAttributes['gridSample']): Value {
  const [n, channels, height, width] = x.shape as readonly [number, number, number, number];
  const [rows, columns] = grid.shape.slice(1, 3) as [number, number];
  const position = (axis: number, size: number): Value => {
    const unit = select(grid, 3, axis);
    const pixel = attributes.alignCorners ? mul(add(unit, 1), (size - 1) / 2) : sub(mul(add(unit, 1), size / 2), 0.5);
    return attributes.padding === 'border' ? clip(pixel, 0, size - 1) : pixel;
  };
  const [px, py] = [position(0, width), position(1, height)];
  const pixels = reshape(x, [n, channels, height * width]);
  const neighbour = (dx: number, dy: number): Value => {
    const [cx, cy] = [add(floor(px), dx), add(floor(py), dy)];
    const weight = mul(nearness(px, cx, dx), nearness(py, cy, dy));
    const index = add(mul(clip(cy, 0, height - 1), width), clip(cx, 0, width - 1));
    const inside = cast(and(within(cx, width), within(cy, height)), 'float32');
    const perPixel = reshape(mul(weight, inside), [n, 1, rows * columns]);
    const indices = expand(unsqueeze(reshape(cast(index, 'int64'), [n, -1]), 1), [n, channels, rows * columns]);
    return mul(gatherElements(pixels, indices, 2), perPixel);
  };
  const total = sum([neighbour(0, 0), neighbour(1, 0), neighbour(0, 1), neighbour(1, 1)]);
  return reshape(total, [n, channels, rows, columns]);
}

const nearness = (position: Value, corner: Value, side: number): Value =>
  side === 0 ? sub(add(corner, 1), position) : add(sub(position, corner), 1);

const within = (position: Value, size: number): Value =>
  and(greaterOrEqual(position, 0), lessOrEqual(position, size - 1));
