/** Volumes against their definitions, voxel by voxel. */
import { describe, expect, it } from 'vitest';
import { StateDict } from '#engine/networks/state-dict.ts';
import { sampleVolume, shiftVolume } from '#engine/networks/volume-sampling.ts';
import { imageOfVolume, volumeConv, volumeOfImage } from '#engine/networks/volumes.ts';
import { elementCount, type TensorData } from '#engine/tensor/data.ts';
import { Graph, type Value } from '#engine/tensor/graph.ts';
import { openGraph } from '#engine/tensor/graph-session.ts';
import { goldenTensor } from '#test/support/golden-tensors.ts';

/** One function of given tensors. */
async function run(
  feeds: Readonly<Record<string, TensorData>>,
  build: (values: Readonly<Record<string, Value>>, graph: Graph) => Value,
  inputs: readonly string[] = Object.keys(feeds),
): Promise<TensorData> {
  const graph = new Graph('volumes');
  const values = Object.fromEntries(inputs.map((name) => [name, graph.input(name, feeds[name]!.dims)]));
  await using session = await openGraph(graph, { y: build(values, graph) });
  const { y } = await session.run(feeds);
  return y!;
}

/** The element at these positions; 0 outside. */
function at({ dims, data }: TensorData, ...positions: readonly number[]): number {
  if (positions.some((position, axis) => position < 0 || position >= dims[axis]!)) return 0;
  return Number(data[positions.reduce((flat, position, axis) => flat * dims[axis]! + position, 0)]);
}

/** `f` at every position, and the largest difference from a tensor. */
function worst(tensor: TensorData, f: (...positions: number[]) => number): number {
  const { dims, data } = tensor;
  let largest = 0;
  for (let flat = 0; flat < elementCount(dims); flat++) {
    const positions: number[] = [];
    for (let axis = dims.length - 1, rest = flat; axis >= 0; rest = Math.floor(rest / dims[axis]!), axis--)
      positions.unshift(rest % dims[axis]!);
    largest = Math.max(largest, Math.abs(f(...positions) - Number(data[flat])));
  }
  return largest;
}

/** Trilinear, zeros outside. @param place x, y, z as grid coordinates */
function trilinear(volume: TensorData, channel: number, place: readonly [number, number, number]): number {
  const [depth, , height, width] = volume.dims as [number, number, number, number];
  const [x, y, z] = [width, height, depth].map((size, axis) => ((place[axis]! + 1) * size - 1) / 2) as [
    number,
    number,
    number,
  ];
  let sum = 0;
  for (const k of [Math.floor(z), Math.floor(z) + 1])
    for (const j of [Math.floor(y), Math.floor(y) + 1])
      for (const i of [Math.floor(x), Math.floor(x) + 1])
        sum += (1 - Math.abs(x - i)) * (1 - Math.abs(y - j)) * (1 - Math.abs(z - k)) * at(volume, k, channel, j, i);
  return sum;
}

const volume = goldenTensor('volume', [4, 3, 5, 6]);
const identity = (index: number, size: number): number => (2 * index) / (size - 1) - 1;

describe('volumes', () => {
  it.each([1, 3] as const)('convolve over depth, height and width (kernel %i)', async (kernel) => {
    const weight = goldenTensor('weight', [2, 3, kernel, kernel, kernel]);
    const bias = goldenTensor('bias', [2]);
    const y = await run(
      { x: volume, weight, bias },
      ({ x }, graph) => volumeConv(new StateDict(graph), x!, 2, kernel),
      ['x'],
    );
    expect(y.dims).toEqual([4, 2, 5, 6]);
    const radius = (kernel - 1) / 2;
    const taps = Array.from({ length: kernel }, (_, index) => index);
    const expected = (d: number, out: number, h: number, w: number): number => {
      let sum = at(bias, out);
      for (const c of [0, 1, 2])
        for (const k of taps)
          for (const j of taps)
            for (const i of taps)
              sum += at(weight, out, c, k, j, i) * at(volume, d + k - radius, c, h + j - radius, w + i - radius);
      return sum;
    };
    expect(worst(y, expected)).toBeLessThan(1e-5);
  });

  it('are channels times depth of an image, depth running faster', async () => {
    const image = goldenTensor('image', [1, 6, 2, 3]);
    const y = await run({ image }, ({ image: x }) => volumeOfImage(x!, 2));
    expect(y.dims).toEqual([2, 3, 2, 3]);
    expect(worst(y, (d, c, h, w) => at(image, 0, c * 2 + d, h, w))).toBe(0);
    const back = await run({ image }, ({ image: x }) => imageOfVolume(volumeOfImage(x!, 2)));
    expect(back).toEqual(image);
  });

  it('are read at any places, half of them outside', async () => {
    const grid = goldenTensor('grid', [3, 4, 5, 3], 2);
    const y = await run({ volume, grid }, ({ volume: x, grid: places }) => sampleVolume(x!, places!));
    expect(y.dims).toEqual([3, 3, 4, 5]);
    const place = (d: number, h: number, w: number) =>
      [0, 1, 2].map((axis) => at(grid, d, h, w, axis)) as [number, number, number];
    expect(worst(y, (d, c, h, w) => trilinear(volume, c, place(d, h, w)))).toBeLessThan(1e-5);
  });

  it('are read at the identity grid plus shifts', async () => {
    const shifts = goldenTensor('shifts', [3, 3], 0.8);
    const y = await run({ volume, shifts }, ({ volume: x, shifts: by }) => shiftVolume(x!, by!));
    expect(y.dims).toEqual([3, 4, 3, 5, 6]);
    const expected = (k: number, d: number, c: number, h: number, w: number): number =>
      trilinear(volume, c, [
        identity(w, 6) + at(shifts, k, 0),
        identity(h, 5) + at(shifts, k, 1),
        identity(d, 4) + at(shifts, k, 2),
      ]);
    expect(worst(y, expected)).toBeLessThan(1e-5);
  });
});
