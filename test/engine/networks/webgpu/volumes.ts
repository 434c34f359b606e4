/** What face-vid2vid makes of planes, gathers and products, on the CPU and on the WebGPU provider; prints where they differ. */
import { spadeBlock } from '#engine/networks/spade.ts';
import { StateDict } from '#engine/networks/state-dict.ts';
import { sampleVolume, shiftVolume } from '#engine/networks/volume-sampling.ts';
import { imageOfVolume, volumeConv, volumeOfImage } from '#engine/networks/volumes.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { Graph, type Value } from '#engine/tensor/graph.ts';
import { openGraph } from '#engine/tensor/graph-session.ts';
import { add } from '#engine/tensor/ops/elementwise.ts';
import { difference } from '#engine/tensor/self-test.ts';
import { goldenTensor } from '#test/support/golden-tensors.ts';

const volume = goldenTensor('volume', [4, 3, 5, 6]);
const inputs: Readonly<Record<string, TensorData>> = {
  volume,
  grid: goldenTensor('grid', [3, 4, 5, 3], 2),
  shifts: goldenTensor('shifts', [3, 3], 0.8),
  image: goldenTensor('image', [1, 8, 6, 4]),
  map: goldenTensor('map', [1, 5, 3, 2]),
};

const graph = new Graph('volumes');
const given = Object.fromEntries(
  Object.entries(inputs).map(([name, { dims }]) => [name, graph.input(name, dims)]),
) as Record<string, Value>;
const keys = new StateDict(graph);
const asVolume = volumeOfImage(given['image']!, 4);
const outputs: Record<string, Value> = {
  convolution: volumeConv(keys.under('conv'), given['volume']!, 5, 3),
  sample: sampleVolume(given['volume']!, given['grid']!),
  shift: shiftVolume(given['volume']!, given['shifts']!),
  planes: add(imageOfVolume(volumeConv(keys.under('planes'), asVolume, 2, 3)), 1),
  spade: spadeBlock(keys.under('spade'), given['image']!, given['map']!, 6, 'zeros'),
};
const weights = Object.fromEntries(
  graph.params().map(({ attributes, shape }) => [attributes.name, goldenTensor(attributes.name, shape, 0.5)]),
);

const [expected, actual] = await Promise.all(
  (['cpu', 'webgpu'] as const).map(async (device) => {
    const params = (name: string): TensorData | undefined => weights[name];
    await using session = await openGraph(graph, outputs, { device, threads: 1, params });
    return await session.run(inputs);
  }),
);
const differences = Object.keys(outputs)
  .map((name) => difference(name, expected![name]!, actual![name]!, 1e-4))
  .filter((reason) => reason !== undefined);
console.log(JSON.stringify({ outputs: Object.keys(outputs).length, differences }));
