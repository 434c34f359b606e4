/**
 * Makes the CPU compute with the rounding of halves. The runtime has no float16 kernels for most operations there: it
 * computes them in float32 and takes casts that meet each other out again, so that nothing would be rounded. A largest
 * of one number has such a kernel, and keeps the casts apart.
 */
import type { OnnxModel, OnnxNode } from '#engine/tensor/onnx/model.ts';

const POSITIONS_OR_BITS = new Set(['Equal', 'Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual', 'ArgMax', 'Shape']);
const FLOAT16_CODE = 10;

/** The model with every float16 result written down as halves before the next node reads it. */
export function roundedHalves(model: OnnxModel): OnnxModel {
  const halves = new Set(model.initializers.filter(({ type }) => type === 'float16').map(({ name }) => name));
  const nodes = model.nodes.flatMap((node): OnnxNode[] => {
    const [output] = node.outputs as [string];
    if (!isHalf(node, halves)) return [node];
    halves.add(output);
    const unrounded = `${output} unrounded`;
    return [
      { ...node, outputs: [unrounded] },
      { op: 'Max', inputs: [unrounded], outputs: [output], name: `rounded/${output}` },
    ];
  });
  return { ...model, nodes };
}

function isHalf({ op, inputs, attributes }: OnnxNode, halves: ReadonlySet<string>): boolean {
  if (op === 'Cast') return attributes?.some(({ name, value }) => name === 'to' && value === FLOAT16_CODE) ?? false;
  if (POSITIONS_OR_BITS.has(op)) return false;
  return inputs.some((input) => halves.has(input));
}
