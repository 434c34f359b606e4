/** The re-colouring network against the official numbers, with the target's features as they are and mirrored. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TensorData } from '#engine/tensor/data.ts';
import { Graph } from '#engine/tensor/graph.ts';
import { openGraph } from '#engine/tensor/graph-session.ts';
import { resizeBilinear } from '#engine/tensor/ops/spatial.ts';
import {
  expectReference,
  networkNamed,
  networkReference,
  ReferenceRun,
  uniformTensor,
} from '#test/support/network-reference.ts';

type Counts = Readonly<Record<string, number>>;
const reference = networkReference<{ inputs: { label_counts_a: Counts; label_counts_t: Counts } }>('recolor-blender');

/** Ellipses of a face: label, centre, radii. */
const ELLIPSES = [
  [17, 0, -20, 80, 95],
  [14, 0, 95, 40, 40],
  [1, 0, 0, 62, 80],
  [7, -64, 0, 8, 18],
  [8, 64, 0, 8, 18],
  [2, -26, -30, 16, 4],
  [3, 26, -30, 16, 4],
  [4, -26, -15, 12, 6],
  [5, 26, -15, 12, 6],
  [10, 0, 10, 10, 24],
  [12, 0, 44, 24, 6],
  [13, 0, 54, 22, 6],
  [11, 0, 49, 18, 3],
] as const;
const SIZE = 256;

function labelMap(cx: number, cy: number, scale: number): TensorData & { data: Float32Array } {
  const data = new Float32Array(SIZE * SIZE);
  for (const [label, dx, dy, rx, ry] of ELLIPSES)
    for (let y = 0; y < SIZE; y++)
      for (let x = 0; x < SIZE; x++) {
        const [u, v] = [(x - cx - dx * scale) / (rx * scale), (y - cy - dy * scale) / (ry * scale)];
        if (u * u + v * v <= 1) data[y * SIZE + x] = label;
      }
  return { dims: [1, 1, SIZE, SIZE], data };
}

function countsOf({ data }: TensorData): Counts {
  const counts: Record<string, number> = {};
  for (const label of data) counts[String(label)] = (counts[String(label)] ?? 0) + 1;
  return counts;
}

/** Every eighth pixel of noise, enlarged again, corners on corners, and normalised. */
async function picture(tag: string): Promise<TensorData> {
  const noise = uniformTensor(tag, [1, 3, SIZE, SIZE], 0, 1).data;
  const few = Float32Array.from({ length: 3 * 32 * 32 }, (_, at) => {
    const [channel, y, x] = [Math.floor(at / 1024), Math.floor(at / 32) % 32, at % 32];
    return Number(noise[(channel * SIZE + 8 * y) * SIZE + 8 * x]);
  });
  const graph = new Graph('enlarge');
  const outputs = { large: resizeBilinear(graph.input('few', [1, 3, 32, 32]), [SIZE, SIZE], true) };
  await using session = await openGraph(graph, outputs);
  const large = (await session.run({ few: { dims: [1, 3, 32, 32], data: few } }))['large'] as TensorData;
  const [mean, std] = [
    [0.485, 0.456, 0.406],
    [0.229, 0.224, 0.225],
  ] as const;
  const channel = (at: number): number => Math.floor(at / SIZE ** 2);
  const data = (large.data as Float32Array).map((v, at) => (v - mean[channel(at)]!) / std[channel(at)]!);
  return { dims: large.dims, data };
}

describe('the re-colouring network', () => {
  let weights: ReferenceRun;
  let pictures: { img_a: TensorData; img_t: TensorData };
  const mask_a = labelMap(128, 128, 1);
  beforeAll(async () => {
    weights = await ReferenceRun.open(networkNamed('recolor-blender'), reference);
    pictures = { img_a: await picture('input:blender-a'), img_t: await picture('input:blender-t') };
  });
  afterAll(() => weights[Symbol.asyncDispose]());

  it('gives the features, the packages and the picture, plain and mirrored', async () => {
    const mask_t = labelMap(120, 134, 0.9);
    expect(countsOf(mask_a)).toEqual(reference.inputs.label_counts_a);
    expect(countsOf(mask_t)).toEqual(reference.inputs.label_counts_t);
    const outputs = await weights.run({ ...pictures, mask_a, mask_t });
    for (const name of ['fpn_a', 'packages_no_flip', 'y_no_flip'])
      expectReference(name, outputs[name], reference.outputs[name]);
    expect(outputs['y']).toEqual(outputs['y_no_flip']);
    const flip = { dims: [1], data: Float32Array.of(1) };
    const flipped = await weights.run({ ...pictures, mask_a, mask_t, flip });
    for (const name of ['packages_flip', 'y_flip']) expectReference(name, flipped[name], reference.outputs[name]);
  });

  it('takes no colours when the faces have the ring around them alone in common', async () => {
    // One pixel of skin, which the features' coarser grid passes over, with a ring that it does not.
    const speck = { dims: mask_a.dims, data: new Float32Array(SIZE * SIZE) };
    speck.data[129 * SIZE + 129] = 1;
    const outputs = await weights.run({ ...pictures, mask_a, mask_t: speck });
    const [numbers, colors] = ['packages', 'y'].map((name) => outputs[name]?.data as Float32Array) as [
      Float32Array,
      Float32Array,
    ];
    const area = SIZE * SIZE;
    expect(numbers.subarray(0, 6 * area).every((value) => value === 0)).toBe(true);
    const head = mask_a.data.filter((label) => label !== 0 && label !== 14).length;
    expect(numbers.subarray(6 * area, 7 * area).reduce((total, value) => total + value, 0)).toBe(head);
    expect(colors.every((value) => Number.isFinite(value))).toBe(true);
  });
});
