/** The masked product against what it stands for: one correlation for each region, pixel by pixel. */
import { describe, expect, it } from 'vitest';
import { correlatedColors } from '#engine/networks/region-correlation.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { Graph } from '#engine/tensor/graph.ts';
import { openGraph } from '#engine/tensor/graph-session.ts';
import { goldenUnits } from '#test/support/golden-tensors.ts';

const CHANNELS = 5;
const TEMPERATURE = 4;

/** A region number of each pixel, 0 for none. */
type RegionMap = readonly number[];

const numbers = (tag: string, channels: number, pixels: number): Float64Array =>
  goldenUnits(tag, channels * pixels).map((u) => 2 * u - 1);
const tensor = (channels: number, pixels: number, data: ArrayLike<number>): TensorData => ({
  dims: [1, channels, pixels],
  data: Float32Array.from(data),
});

async function correlated(own: RegionMap, target: RegionMap): Promise<number[]> {
  const pixels = own.length;
  const regions = Math.max(...own, ...target);
  const masks = (map: RegionMap): TensorData =>
    tensor(
      regions,
      pixels,
      Array.from({ length: regions * pixels }, (_, at) => (map[at % pixels] === Math.floor(at / pixels) + 1 ? 1 : 0)),
    );
  const feeds = {
    ownFeatures: tensor(CHANNELS, pixels, numbers('own', CHANNELS, pixels)),
    ownRegions: masks(own),
    targetFeatures: tensor(CHANNELS, pixels, numbers('target', CHANNELS, pixels)),
    targetRegions: masks(target),
    colors: tensor(3, pixels, numbers('colors', 3, pixels)),
  };
  const graph = new Graph('correlation');
  const value = (name: keyof typeof feeds) => graph.input(name, feeds[name].dims);
  const result = correlatedColors(
    { features: value('ownFeatures'), regions: value('ownRegions') },
    { features: value('targetFeatures'), regions: value('targetRegions') },
    value('colors'),
    graph.constant(TEMPERATURE),
  );
  await using session = await openGraph(graph, { result });
  return Array.from((await session.run(feeds))['result']?.data ?? [], Number);
}

/** The same by the book: region by region, with the target's features blanked where the picture has another region. */
function expected(own: RegionMap, target: RegionMap): number[] {
  const pixels = own.length;
  const [mine, theirs, colors] = [
    numbers('own', CHANNELS, pixels),
    numbers('target', CHANNELS, pixels),
    numbers('colors', 3, pixels),
  ];
  const column = (features: Float64Array, pixel: number): number[] => {
    const values = Array.from({ length: CHANNELS }, (_, channel) => features[channel * pixels + pixel]!);
    const mean = values.reduce((sum, v) => sum + v, 0) / CHANNELS;
    const centred = values.map((v) => v - mean);
    const length = Math.max(Math.hypot(...centred), 1e-8);
    return centred.map((v) => v / length);
  };
  const out = new Array<number>(3 * pixels).fill(0);
  for (let i = 0; i < pixels; i++) {
    const region = own[i]!;
    const others = target.flatMap((label, j) => (region > 0 && label === region ? [j] : []));
    const query = column(mine, i);
    const weights = others.map((j) => {
      const key = own[j] === region ? column(theirs, j) : [];
      return Math.exp(TEMPERATURE * key.reduce((sum, v, at) => sum + v * query[at]!, 0));
    });
    const total = weights.reduce((sum, v) => sum + v, 0);
    others.forEach((j, at) => {
      for (let c = 0; c < 3; c++) out[c * pixels + i]! += (weights[at]! / total) * colors[c * pixels + j]!;
    });
  }
  return out;
}

const labels = (tag: string, pixels: number, regions: number): number[] =>
  [...goldenUnits(tag, pixels)].map((u) => Math.floor(u * (regions + 1)));

describe('colours correlated within regions', () => {
  const cases: Readonly<Record<string, readonly [RegionMap, RegionMap]>> = {
    'regions that overlap in part': [labels('a', 60, 3), labels('b', 60, 3)],
    'more pixels than are done at once': [labels('c', 1100, 4), labels('d', 1100, 4)],
    'a region of one pixel': [
      [1, 2, 2, 0],
      [2, 1, 2, 2],
    ],
    'a region that the target lacks': [
      [1, 2, 3, 3],
      [1, 1, 3, 0],
    ],
    'no region in common': [
      [1, 1, 0, 0],
      [0, 2, 2, 2],
    ],
  };
  it.each(Object.entries(cases))('are what the regions give one by one: %s', async (_, [own, target]) => {
    const found = await correlated(own, target);
    expected(own, target).forEach((value, at) => {
      expect(found[at]).toBeCloseTo(value, 5);
    });
  });
});
