/**
 * Lowerings of windows and resampling.
 *
 * Forms that the WebGPU provider got wrong in released versions, and that are avoided here by construction:
 * - `Conv` and `ConvTranspose` with `auto_pad=SAME_UPPER` and a stride above 1 computed their own padding
 *   (onnxruntime #26734): padding is always explicit, four numbers.
 * - `Conv` whose input channels are a multiple of 3 but not of 4, more than 3 of them, is wrong by the size of its
 *   values (6 → 8 channels, 3×3, on software Vulkan with onnxruntime 1.30; related: onnxruntime #29651): such images
 *   and weights get zero channels up to a multiple of 4. The discriminator's 513 channels are one of these.
 * - `ConvTranspose` guessed missing attributes of one length from another (onnxruntime #23403): strides, dilations,
 *   kernel and output padding are always written with two numbers.
 * - `MaxPool` with its second output is claimed and then refused at run time: the gradient compares instead.
 * - `Slice` with a negative step: `flip` gathers instead.
 * - `Resize` with symbolic or one-dimensional scales: always four static sizes.
 */
import type { Value } from '../graph.ts';
import type { ConvolutionAttributes, OpAttributes, WindowAttributes } from '../ops/attributes.ts';
import { nearestSource } from '../resampling.ts';
import { flag, float, int, ints, type LoweringRule, type NodeWriter, string } from './rule.ts';

function convolution(attributes: ConvolutionAttributes, kernel: readonly number[]) {
  return [
    ints('dilations', attributes.dilations),
    int('group', attributes.groups),
    ints('kernel_shape', kernel),
    ints('pads', attributes.pads),
    ints('strides', attributes.strides),
  ];
}

export const conv2d: LoweringRule<ConvolutionAttributes> = (writer, operands, attributes, value) => {
  const [image, weight] = value.inputs as readonly [Value, Value];
  const channels = image.shape[1]!;
  const missing = attributes.groups === 1 && isMisreadCount(channels) ? 4 - (channels % 4) : 0;
  const inputs = missing === 0 ? operands : operands.map((name) => padChannels(writer, name, missing));
  return writer.node('Conv', inputs, convolution(attributes, weight.shape.slice(2)));
};

/** Channel counts that the WebGPU provider reads three at a time, wrongly. */
const isMisreadCount = (channels: number): boolean => channels > 3 && channels % 3 === 0 && channels % 4 !== 0;

/** Zero channels behind the given ones, of an image as of a weight: the sum over channels stays the same. */
function padChannels(writer: NodeWriter, name: string, count: number): string {
  const amounts = writer.ints([0, 0, 0, 0, 0, count, 0, 0]);
  return writer.node('Pad', [name, amounts, writer.float(0)], [string('mode', 'constant')]);
}

export const convTranspose2d: LoweringRule<OpAttributes['convTranspose2d']> = (writer, operands, attributes, value) =>
  writer.node('ConvTranspose', operands, [
    ...convolution(attributes, value.inputs[1]!.shape.slice(2)),
    ints('output_padding', attributes.outputPads),
  ]);

const windowAttributes = ({ kernel, strides, pads }: WindowAttributes) => [
  int('ceil_mode', 0),
  ints('kernel_shape', kernel),
  ints('pads', pads),
  ints('strides', strides),
];

export const maxPool: LoweringRule<WindowAttributes> = (writer, operands, attributes) =>
  writer.node('MaxPool', operands, windowAttributes(attributes));

export const averagePool: LoweringRule<WindowAttributes> = (writer, operands, attributes) =>
  writer.node('AveragePool', operands, [...windowAttributes(attributes), int('count_include_pad', 1)]);

/**
 * The runtime divides positions by a float32 scale, so that whole ratios other than powers of two can fall below the
 * integer they mean (9 → 3 reads 0, 2, 5). Such ratios are two gathers with exact positions.
 */
export const resize: LoweringRule<OpAttributes['resize']> = (writer, operands, { mode, coordinates, size }, value) => {
  const [n, channels, ...from] = value.inputs[0]!.shape as [number, number, number, number];
  const exact = size.every((to, axis) => to % from[axis]! === 0 || Number.isInteger(Math.log2(from[axis]! / to)));
  if (mode === 'nearest' && !exact) {
    const rows = writer.node('Gather', [operands[0]!, writer.ints(nearestSource(from[0]!, size[0]))], [int('axis', 2)]);
    return writer.node('Gather', [rows, writer.ints(nearestSource(from[1]!, size[1]))], [int('axis', 3)]);
  }
  return writer.node(
    'Resize',
    [operands[0]!, '', '', writer.ints([n, channels, ...size])],
    [
      string('coordinate_transformation_mode', coordinates),
      string('mode', mode),
      ...(mode === 'nearest' ? [string('nearest_mode', 'floor')] : []),
    ],
  );
};

export const gridSample: LoweringRule<OpAttributes['gridSample']> = (writer, operands, { padding, alignCorners }) =>
  writer.node('GridSample', operands, [
    flag('align_corners', alignCorners),
    string('mode', 'linear'),
    string('padding_mode', padding),
  ]);

/** The runtime wants the slope aligned with the channels. */
export const prelu: LoweringRule<unknown> = (writer, [x, slope], _, value) => {
  const [image, slopes] = value.inputs;
  const dims = [slopes!.shape[0]!, ...image!.shape.slice(2).map(() => 1)];
  return writer.node('PRelu', [x!, writer.node('Reshape', [slope!, writer.ints(dims)])]);
};

export const leakyRelu: LoweringRule<{ slope: number }> = (writer, operands, { slope }) =>
  writer.node('LeakyRelu', operands, [float('alpha', slope)]);
