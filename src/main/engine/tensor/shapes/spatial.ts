/** Shape rules of matrix products, convolutions, pooling and resampling. */
import { shapeText } from '../data.ts';
import { GraphError } from '../errors.ts';
import type { ConvolutionAttributes, OpAttributes, Pads, Pair, WindowAttributes } from '../ops/attributes.ts';
import { broadcastShapes, checkCount, checkFloat, checkRank, type ShapeRule, type Typed } from './rule.ts';

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const isPositive = (value: number): boolean => Number.isSafeInteger(value) && value >= 1;

function checkWindow(strides: Pair, pads: Pads, dilations: Pair): void {
  if (!strides.every(isPositive)) throw new GraphError(`the strides ${shapeText(strides)} are not natural numbers.`);
  if (!dilations.every(isPositive))
    throw new GraphError(`the dilations ${shapeText(dilations)} are not natural numbers.`);
  if (!pads.every(isCount)) throw new GraphError(`the padding ${shapeText(pads)} is negative or not whole.`);
}

function windowOutput(size: Pair, kernel: Pair, strides: Pair, pads: Pads, dilations: Pair): Pair {
  const along = (axis: 0 | 1): number => {
    const room = size[axis] + pads[axis] + pads[axis + 2]! - dilations[axis] * (kernel[axis] - 1) - 1;
    if (room < 0) throw new GraphError(`a kernel of ${shapeText(kernel)} is larger than its padded input.`);
    return Math.floor(room / strides[axis]) + 1;
  };
  return [along(0), along(1)];
}

function checkImages(inputs: readonly Typed[], names: readonly string[]): void {
  checkCount(inputs, names.length);
  inputs.forEach((input, index) => {
    checkFloat(names[index]!, input);
    checkRank(names[index]!, input, 4);
  });
}

export const matmul = (inputs: readonly Typed[]): Typed => {
  checkCount(inputs, 2);
  for (const input of inputs) {
    checkFloat('an operand', input);
    if (input.shape.length < 2) throw new GraphError('both operands need at least two axes.');
  }
  const [a, b] = inputs as readonly [Typed, Typed];
  const [rows, inner] = a.shape.slice(-2) as [number, number];
  const [otherInner, columns] = b.shape.slice(-2) as [number, number];
  if (inner !== otherInner) throw new GraphError(`the inner sizes ${inner} and ${otherInner} differ.`);
  return { shape: [...broadcastShapes([a.shape.slice(0, -2), b.shape.slice(0, -2)]), rows, columns], type: a.type };
};

/** `x [N,C,H,W]`, `weight [O,C/groups,kh,kw]`. */
export const conv2d: ShapeRule<ConvolutionAttributes> = (inputs, { strides, pads, dilations, groups }) => {
  checkImages(inputs, ['the image', 'the weight']);
  checkWindow(strides, pads, dilations);
  const [n, channels, height, width] = inputs[0]!.shape as [number, number, number, number];
  const [outputs, perGroup, kh, kw] = inputs[1]!.shape as [number, number, number, number];
  if (!isPositive(groups) || outputs % groups !== 0 || channels !== perGroup * groups)
    throw new GraphError(
      `the weight takes ${perGroup} channels in each of ${groups} groups and makes ${outputs}; the image has ${channels}.`,
    );
  return {
    shape: [n, outputs, ...windowOutput([height, width], [kh, kw], strides, pads, dilations)],
    type: inputs[0]!.type,
  };
};

/** `x [N,C,H,W]`, `weight [C,O/groups,kh,kw]`. */
export const convTranspose2d: ShapeRule<OpAttributes['convTranspose2d']> = (inputs, attributes) => {
  checkImages(inputs, ['the image', 'the weight']);
  const { strides, pads, dilations, groups, outputPads } = attributes;
  checkWindow(strides, pads, dilations);
  const [n, channels, ...size] = inputs[0]!.shape as [number, number, number, number];
  const [weightChannels, perGroup, ...kernel] = inputs[1]!.shape as [number, number, number, number];
  if (!isPositive(groups) || channels % groups !== 0 || channels !== weightChannels)
    throw new GraphError(`the weight takes ${weightChannels} channels, the image has ${channels} (groups ${groups}).`);
  const output = ([0, 1] as const).map((axis) => {
    if (!isCount(outputPads[axis]) || outputPads[axis] >= Math.max(strides[axis], dilations[axis]))
      throw new GraphError(`the output padding ${shapeText(outputPads)} must be smaller than the stride.`);
    const full = (size[axis]! - 1) * strides[axis] + dilations[axis] * (kernel[axis]! - 1) + 1 + outputPads[axis];
    const kept = full - pads[axis] - pads[axis + 2]!;
    if (kept < 1) throw new GraphError(`the padding ${shapeText(pads)} leaves nothing.`);
    return kept;
  });
  return { shape: [n, perGroup * groups, ...output], type: inputs[0]!.type };
};

export const pool: ShapeRule<WindowAttributes> = (inputs, { kernel, strides, pads }) => {
  checkImages(inputs, ['the image']);
  checkWindow(strides, pads, [1, 1]);
  if (!kernel.every(isPositive)) throw new GraphError(`the kernel ${shapeText(kernel)} is not a size.`);
  if (pads.some((size, side) => size >= kernel[side % 2]!))
    throw new GraphError(`the padding ${shapeText(pads)} must be smaller than the kernel ${shapeText(kernel)}.`);
  const [n, channels, height, width] = inputs[0]!.shape as [number, number, number, number];
  return {
    shape: [n, channels, ...windowOutput([height, width], kernel, strides, pads, [1, 1])],
    type: inputs[0]!.type,
  };
};
export const resize: ShapeRule<OpAttributes['resize']> = (inputs, { mode, coordinates, size }) => {
  checkImages(inputs, ['the image']);
  if (!size.every(isPositive)) throw new GraphError(`${shapeText(size)} is not a size.`);
  if ((mode === 'nearest') !== (coordinates === 'asymmetric'))
    throw new GraphError(`${mode} does not go with ${coordinates} coordinates here.`);
  return { shape: [...inputs[0]!.shape.slice(0, 2), ...size], type: inputs[0]!.type };
};

/** `x [N,C,H,W]`, `grid [N,h,w,2]` of (x, y) in [-1, 1]. */
export const gridSample = (inputs: readonly Typed[]): Typed => {
  checkImages(inputs, ['the image', 'the grid']);
  const [n, channels] = inputs[0]!.shape as [number, number];
  const [gridN, height, width, two] = inputs[1]!.shape as [number, number, number, number];
  if (gridN !== n || two !== 2) throw new GraphError(`the grid must be [${n},height,width,2].`);
  return { shape: [n, channels, height, width], type: inputs[0]!.type };
};
