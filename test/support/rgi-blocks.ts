/** The building blocks of the RGI networks as the official code's small cases name them, ready to run on a provider. */
import { discriminatorBlock, minibatchStddev } from '#engine/networks/discriminator.ts';
import { equalLinear } from '#engine/networks/equalized.ts';
import { irSeUnit } from '#engine/networks/ir-se.ts';
import { normaliseChannels } from '#engine/networks/lpips-alex.ts';
import { type StyledLayer, styledConv, toRgb } from '#engine/networks/mask-guided-generator.ts';
import { modulatedConv2d } from '#engine/networks/modulated-conv.ts';
import type { RegionForm } from '#engine/networks/region-conv.ts';
import { regionCapacities, regionInputs } from '#engine/networks/region-layout.ts';
import { localMlp } from '#engine/networks/region-mlps.ts';
import { regionPool } from '#engine/networks/rgi-encoder.ts';
import { StateDict } from '#engine/networks/state-dict.ts';
import { upfirdn2d, upsampleSkip } from '#engine/networks/upfirdn.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { Graph, type Value } from '#engine/tensor/graph.ts';
import { openGraph } from '#engine/tensor/graph-session.ts';
import { add, mul, rsqrt, square } from '#engine/tensor/ops/elementwise.ts';
import { reduceMean } from '#engine/tensor/ops/reduction.ts';
import { adaptiveAveragePool, resizeBilinear } from '#engine/tensor/ops/spatial.ts';
import type { DeviceId } from '#shared/settings.ts';
import { type BlockCase, blockCases, explicitTensor, oneHotMap } from './golden-tensors.ts';

interface Block {
  readonly graph: Graph;
  readonly keys: StateDict;
  /** A tensor of the case that is data, not a weight. */
  input(name: string): Value;
  /** The label map of the case as one-hot masks. */
  map(form: 'reference' | 'exact', layer: StyledLayer): { oneHot: Value; form: RegionForm };
}

const styled = (size: number, upsample: boolean, masked: boolean): StyledLayer => ({
  kind: 'styled',
  name: 'layer',
  size,
  upsample,
  out: 4,
  styleRow: 0,
  masked,
  noise: 0,
});

const conv = (upsample: boolean) => ({ out: 4, kernel: 3, demodulate: true, upsample }) as const;

/** How each case of blocks.json is built; masked ones in both forms. */
const BUILDERS: Readonly<Record<string, (block: Block, form: 'reference' | 'exact') => Value>> = {
  upfirdn_up2: (b) => upsampleSkip(b.input('x')),
  upfirdn_blur_up: (b) => upfirdn2d(b.input('x'), { pad: [1, 1], gain: 4 }),
  upfirdn_blur_d_conv: (b) => upfirdn2d(b.input('x'), { pad: [2, 2] }),
  upfirdn_blur_d_skip: (b) => upfirdn2d(b.input('x'), { pad: [1, 1] }),
  equal_linear: (b) => equalLinear(b.keys, b.input('x'), 4),
  equal_linear_fused_lrmul001: (b) => equalLinear(b.keys, b.input('x'), 4, { lrMul: 0.01, activation: 'fused' }),
  local_mlp: (b) => localMlp(b.keys, b.input('x'), { hidden: 4, rows: 3, size: 4 }),
  modconv3: (b) => modulatedConv2d(b.keys, b.input('x'), b.input('style'), conv(false)),
  modconv3_up: (b) => modulatedConv2d(b.keys, b.input('x'), b.input('style'), conv(true)),
  modconv1_rgb: (b) =>
    modulatedConv2d(b.keys, b.input('x'), b.input('style'), { out: 3, kernel: 1, demodulate: false, upsample: false }),
  styled_conv_masked_up: (b, form) => {
    const layer = styled(8, true, true);
    return styledConv(b.keys, b.input('x'), b.input('style'), layer, b.map(form, layer), b.input('noise'));
  },
  styled_conv_plain: (b) =>
    styledConv(b.keys, b.input('x'), b.input('style'), styled(4, false, false), undefined, b.input('noise')),
  to_rgb_masked_skip: (b, form) => {
    const layer: StyledLayer = { ...styled(8, false, true), kind: 'rgb', out: 3 };
    return toRgb(b.keys, b.input('x'), b.input('style'), layer, b.map(form, layer), b.input('skip'));
  },
  encoder_unit_proj: (b) =>
    irSeUnit(b.keys, b.input('x'), { index: 0, channels: 16, depth: 32, stride: 2 }, 'instance'),
  encoder_unit_maxpool: (b) =>
    irSeUnit(b.keys, b.input('x'), { index: 0, channels: 16, depth: 16, stride: 2 }, 'instance'),
  arcface_unit_proj: (b) => irSeUnit(b.keys, b.input('x'), { index: 0, channels: 16, depth: 32, stride: 2 }, 'batch'),
  region_pool: (b) => regionPool(b.input('feat'), b.map('reference', styled(16, false, true)).oneHot),
  adaptive_avg_pool_7_to_4: (b) => adaptiveAveragePool(b.input('x'), 4),
  bilinear_8_to_2: (b) => resizeBilinear(b.input('x'), 2),
  bilinear_4_to_8: (b) => resizeBilinear(b.input('x'), 8),
  minibatch_stddev_b8: (b) => minibatchStddev(b.input('x')),
  disc_resblock: (b) => discriminatorBlock(b.keys, b.input('x'), 4),
  pixel_norm: (b) => {
    const x = b.input('x');
    return mul(x, rsqrt(add(reduceMean(square(x), { axes: [1], keepDims: true }), 1e-8)));
  },
  lpips_normalize: (b) => normaliseChannels(b.input('x')),
};

/** Regions of the label maps in the cases. */
const REGIONS: Readonly<Record<string, number>> = { region_pool: 4 };
const MASKED = new Set(['styled_conv_masked_up', 'to_rgb_masked_skip']);
const DATA_INPUTS = new Set(['x', 'style', 'noise', 'skip', 'feat', 'label']);

/** Every case with the forms that it has. */
export const blockRuns: readonly { readonly block: BlockCase; readonly form: RegionForm['kind'] }[] =
  blockCases.flatMap((block) =>
    MASKED.has(block.name)
      ? [
          { block, form: 'reference' as const },
          { block, form: 'exact' as const },
        ]
      : [{ block, form: 'reference' as const }],
  );

export const builtBlocks = (): string[] => Object.keys(BUILDERS);

/** The largest difference of a case from its official output, relative to the largest value there. */
export async function blockError(block: BlockCase, form: RegionForm['kind'], device: DeviceId): Promise<number> {
  const graph = new Graph(block.name);
  const feeds: Record<string, TensorData> = {};
  const label = block.inputs['label'];
  const labels = label && Uint8Array.from(label.data!);
  const regions = REGIONS[block.name] ?? 3;
  const size = label?.shape[2] ?? 0;
  const output = BUILDERS[block.name]!(
    {
      graph,
      keys: new StateDict(graph),
      input: (name) => {
        feeds[name] = explicitTensor(block.inputs[name]!);
        return graph.input(name, block.inputs[name]!.shape);
      },
      map: (kind, layer) => {
        feeds['oneHot'] = oneHotMap(labels!, size, regions);
        const oneHot = graph.input('oneHot', [1, regions, size, size]);
        if (kind === 'reference') return { oneHot, form: { kind } };
        const capacities = regionCapacities(labels!, size, [layer], regions);
        if (layer.kind === 'styled') Object.assign(feeds, regionInputs(labels!, size, [layer], capacities));
        return { oneHot, form: { kind, capacities } };
      },
    },
    form,
  );
  for (const [name, tensor] of Object.entries(block.inputs))
    if (!DATA_INPUTS.has(name)) feeds[name] = explicitTensor(tensor);
  await using session = await openGraph(graph, { y: output }, { device });
  const { y } = await session.run(
    Object.fromEntries(Object.entries(feeds).filter(([name]) => session.inputNames.includes(name))),
  );
  const expected = explicitTensor(Object.values(block.outputs)[0]!);
  if (y!.dims.join() !== expected.dims.join()) return Number.POSITIVE_INFINITY;
  const wanted = Array.from(expected.data as Float32Array);
  const scale = Math.max(...wanted.map(Math.abs));
  return Math.max(...wanted.map((value, i) => Math.abs(value - Number(y!.data[i])))) / scale;
}
