/** Pose and keypoints against the official numbers: from angles to a rotation, from canonical to moved keypoints. */
import { describe, expect, it } from 'vitest';
import { expectedDegrees, rotationMatrix, transformKeypoints } from '#engine/networks/head-pose-estimator.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { Graph } from '#engine/tensor/graph.ts';
import { openGraph } from '#engine/tensor/graph-session.ts';
import { select, unsqueeze } from '#engine/tensor/ops/layout.ts';
import { networkReference, type ReferenceTensor } from '#test/support/network-reference.ts';

const reference = networkReference<{ outputs: { degrees_source_yaw_pitch_roll: { values: readonly number[] } } }>(
  'facevid2vid',
);

/** A tensor that the reference keeps whole. */
const whole = (name: string): TensorData => {
  const { shape, samples } = reference.outputs[name] as ReferenceTensor;
  return { dims: shape, data: Float32Array.from(samples) };
};

function expectNear(found: TensorData | undefined, expected: TensorData, tolerance: number): void {
  expect(found?.dims).toEqual(expected.dims);
  for (const [index, value] of [...(expected.data as Float32Array)].entries())
    expect(Math.abs(Number(found?.data[index]) - value), `element ${index}`).toBeLessThan(tolerance);
}

describe('head pose', () => {
  it('turns by pitch, yaw and roll with the pi of the checkpoint', async () => {
    const graph = new Graph('rotation');
    const degrees = graph.input('degrees', [1, 3]);
    const [yaw, pitch, roll] = [0, 1, 2].map((axis) => unsqueeze(select(degrees, 1, axis), 1));
    await using session = await openGraph(graph, { rotation: rotationMatrix(yaw!, pitch!, roll!) });
    const data = Float32Array.from(reference.outputs.degrees_source_yaw_pitch_roll.values);
    const { rotation } = await session.run({ degrees: { dims: [1, 3], data } });
    // With the true pi the difference is 2e-4.
    expectNear(rotation, whole('rotation_source'), 2e-6);
  });

  it('moves keypoints by rotation, translation and expression', async () => {
    const graph = new Graph('keypoints');
    const names = {
      points: 'kp_canonical',
      rotation: 'rotation_source',
      t: 'he_source_t',
      exp: 'he_source_exp',
    } as const;
    const given = (name: keyof typeof names) => graph.input(name, whole(names[name]).dims);
    const moved = transformKeypoints(given('points'), given('rotation'), { t: given('t'), exp: given('exp') });
    await using session = await openGraph(graph, { moved });
    const feeds = Object.fromEntries(Object.entries(names).map(([name, from]) => [name, whole(from)]));
    expectNear((await session.run(feeds))['moved'], whole('kp_source'), 2e-6);
  });

  it('reads the expected angle from bins of three degrees', async () => {
    const graph = new Graph('degrees');
    await using session = await openGraph(graph, { degrees: expectedDegrees(graph.input('logits', [2, 66])) });
    const logits = new Float32Array(132).fill(-100);
    logits[33] = 100;
    logits[66] = 100;
    logits[66 + 65] = 100;
    const { degrees } = await session.run({ logits: { dims: [2, 66], data: logits } });
    expect([0, 1].map((sample) => Number(degrees?.data[sample]))).toEqual([0, -1.5]);
  });
});
