/** The exact region convolution against the literal one-convolution-per-region form, on a face-like label map. */
import { describe, expect, it } from 'vitest';
import { type RegionForm, regionModulatedConv2d } from '#engine/networks/region-conv.ts';
import { type RegionLayer, regionCapacities, regionInputs, usesPatches } from '#engine/networks/region-layout.ts';
import { StateDict } from '#engine/networks/state-dict.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { Graph } from '#engine/tensor/graph.ts';
import { openGraph } from '#engine/tensor/graph-session.ts';
import { goldenTensor, oneHotMap } from '#test/support/golden-tensors.ts';
import { drawnFaceLabels } from '../../../bench/drawn-labels.ts';

const MAP_SIZE = 128;
const CHANNELS = 6;
const OUT = 5;
const REGIONS = 12;
const labels = drawnFaceLabels(MAP_SIZE);

async function run(layer: RegionLayer, kernel: 1 | 3, kind: RegionForm['kind']): Promise<Float32Array> {
  const graph = new Graph(`${kind} ${layer.size}`);
  const side = layer.upsample ? layer.size / 2 : layer.size;
  const capacities = regionCapacities(labels, MAP_SIZE, [layer], REGIONS);
  const output = regionModulatedConv2d(
    new StateDict(graph),
    graph.input('x', [1, CHANNELS, side, side]),
    graph.input('styles', [1, REGIONS, 512]),
    {
      oneHot: graph.input('oneHot', [1, REGIONS, MAP_SIZE, MAP_SIZE]),
      form: kind === 'reference' ? { kind } : { kind, capacities },
    },
    layer,
    { out: OUT, kernel, demodulate: kernel === 3, upsample: layer.upsample },
  );
  await using session = await openGraph(graph, { y: output });
  const feeds: Record<string, TensorData> = {
    x: goldenTensor('x', [1, CHANNELS, side, side]),
    styles: goldenTensor('styles', [1, REGIONS, 512]),
    oneHot: oneHotMap(labels, MAP_SIZE, REGIONS),
    weight: goldenTensor('weight', [1, OUT, CHANNELS, kernel, kernel]),
    'modulation.weight': goldenTensor('modulation.weight', [CHANNELS, 512]),
    'modulation.bias': goldenTensor('modulation.bias', [CHANNELS], 0.1, 1),
    ...regionInputs(labels, MAP_SIZE, [layer], capacities),
  };
  const { y } = await session.run(
    Object.fromEntries(Object.entries(feeds).filter(([name]) => session.inputNames.includes(name))),
  );
  return y!.data as Float32Array;
}

describe('the exact region convolution', () => {
  it.each([
    { size: 8, upsample: false },
    { size: 16, upsample: true },
    { size: 32, upsample: false },
    { size: 32, upsample: true },
    { size: 64, upsample: false },
    { size: 64, upsample: true },
    { size: 128, upsample: true },
  ])('equals the sum over regions at $size (upsample $upsample)', async ({ size, upsample }) => {
    const layer: RegionLayer = { name: 'layer', size, upsample };
    const [reference, exact] = [await run(layer, 3, 'reference'), await run(layer, 3, 'exact')];
    const scale = Math.max(...reference.map(Math.abs));
    const worst = Math.max(...reference.map((value, i) => Math.abs(value - exact[i]!)));
    expect(scale).toBeGreaterThan(0.1);
    expect(worst / scale).toBeLessThan(1e-5);
  });

  it('equals it for 1×1 kernels, which have no borders', async () => {
    const layer: RegionLayer = { name: 'layer', size: 32, upsample: false };
    const [reference, exact] = [await run(layer, 1, 'reference'), await run(layer, 1, 'exact')];
    const worst = Math.max(...reference.map((value, i) => Math.abs(value - exact[i]!)));
    expect(worst).toBeLessThan(1e-5 * Math.max(...reference.map(Math.abs)));
  });
});

describe('region layout', () => {
  const layer: RegionLayer = { name: 'layer', size: 64, upsample: false };
  const capacities = regionCapacities(labels, MAP_SIZE, [layer], REGIONS);

  it('lists only a part of the taps of large maps and none of small ones', () => {
    expect(usesPatches({ name: 'small', size: 16, upsample: false })).toBe(true);
    expect(usesPatches(layer)).toBe(false);
    expect(capacities.layers.get('layer')!.room).toBeLessThan(64 * 64 * 0.2);
  });

  it('refuses labels that are no region', () => {
    const wrong = labels.slice();
    wrong[77] = 12;
    expect(() => regionInputs(wrong, MAP_SIZE, [layer], capacities)).toThrow(/holds 12; regions are 0 to 11/);
  });

  it('refuses a label map whose borders do not fit', () => {
    const busy = labels.map((_, i) => (Math.floor(i / 2) + Math.floor(i / MAP_SIZE / 2)) % 2);
    expect(() => regionInputs(busy, MAP_SIZE, [layer], capacities)).toThrow(/has room for \d+ border pixels/);
  });

  it('refuses a map of another size', () => {
    expect(() => regionInputs(labels.subarray(1), MAP_SIZE, [layer], capacities)).toThrow(
      /has 16384 labels, not 16383/,
    );
  });
});
