/** Face-vid2vid against the official numbers with synthetic weights: the chain, and its networks one by one. */
import { describe, expect, it } from 'vitest';
import type { TensorData } from '#engine/tensor/data.ts';
import { linearWeights } from '#engine/tensor/resampling.ts';
import {
  expectReference,
  networkNamed,
  networkReference,
  ReferenceRun,
  type ReferenceTensor,
  uniformTensor,
} from '#test/support/network-reference.ts';

const SIZE = 256;
const CELLS = 16;

/** The reference's faces: 16×16 numbers of a hash, enlarged so that the corners stay corners. */
function smoothFace(tag: string): TensorData {
  const { data: noise } = uniformTensor(tag, [1, 3, SIZE, SIZE], 0, 1);
  const weights = linearWeights(CELLS, SIZE, true);
  const step = SIZE / CELLS;
  const cell = (channel: number, row: number, column: number): number =>
    Number(noise[(channel * SIZE + row * step) * SIZE + column * step]);
  const weight = (at: number, index: number): number => weights[at * CELLS + index] ?? 0;
  const data = new Float32Array(3 * SIZE * SIZE);
  const cells = Array.from({ length: CELLS }, (_, index) => index);
  for (let channel = 0; channel < 3; channel++) {
    const wide = cells.map((row) =>
      Float64Array.from({ length: SIZE }, (_, x) =>
        cells.reduce((sum, column) => sum + weight(x, column) * cell(channel, row, column), 0),
      ),
    );
    for (let y = 0; y < SIZE; y++)
      for (let x = 0; x < SIZE; x++)
        data[(channel * SIZE + y) * SIZE + x] = wide.reduce(
          (sum, row, index) => sum + weight(y, index) * (row[x] ?? 0),
          0,
        );
  }
  return { dims: [1, 3, SIZE, SIZE], data };
}

const reference = networkReference('facevid2vid');
const source = smoothFace('input:v2v-source');
const driving = smoothFace('input:v2v-driving');

function expectOutput(name: string, tensor: TensorData | undefined): void {
  const expected = reference.outputs[name] as ReferenceTensor | { readonly values: readonly number[] };
  if (!('values' in expected)) {
    expectReference(name, tensor, expected);
    return;
  }
  expect(tensor?.dims, name).toEqual([expected.values.length]);
  for (const [index, value] of expected.values.entries()) expect(tensor?.data[index], name).toBeCloseTo(value, 3);
}

/** A tensor that the reference keeps whole. */
function wholeTensor(name: string): TensorData {
  const { shape, samples } = reference.outputs[name] as ReferenceTensor;
  expect(samples.length, name).toBe(shape.reduce((product, size) => product * size, 1));
  return { dims: shape, data: Float32Array.from(samples) };
}

async function runAlone(name: string, inputs: Record<string, TensorData>): Promise<Record<string, TensorData>> {
  await using run = await ReferenceRun.open(networkNamed(name), reference);
  return await run.run(inputs);
}

describe('face-vid2vid', () => {
  it('gives the official numbers from two faces to the driven face', async () => {
    const outputs = await runAlone('facevid2vid', { source, driving });
    expect(Object.keys(outputs).toSorted()).toEqual(Object.keys(reference.outputs).toSorted());
    for (const name of Object.keys(reference.outputs)) expectOutput(name, outputs[name]);
  });

  it('finds keypoints, pose and expression by its networks alone', async () => {
    const { kp_canonical } = await runAlone('facevid2vid-kp-detector', { source });
    expectOutput('kp_canonical', kp_canonical);
    const { yaw_logits, t, exp } = await runAlone('facevid2vid-he-estimator', { source });
    expectOutput('he_source_yaw_logits', yaw_logits);
    expectOutput('he_source_t', t);
    expectOutput('he_source_exp', exp);
  });

  it('moves a face by given keypoints', async () => {
    const [kp_source, kp_driving] = ['kp_source', 'kp_driving'].map(wholeTensor) as [TensorData, TensorData];
    const outputs = await runAlone('facevid2vid-generator', { source, kp_source, kp_driving });
    for (const name of ['dense_mask', 'deformation', 'occlusion', 'prediction']) expectOutput(name, outputs[name]);
  });
});
