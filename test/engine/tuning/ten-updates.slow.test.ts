/**
 * Ten updates of the literal schedule against the same ten made by PyTorch from the formulas, region by region
 * (`test/reference/tuning/make.py`): every term of the loss to 1e-2. The same updates with the features of the targets
 * kept on disk are held against those without.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TensorData } from '#engine/tensor/data.ts';
import type { ParamResolver } from '#engine/tensor/lowering/lower.ts';
import { ptiForward } from '#engine/tuning/pti-step.ts';
import { afterUpdate, nextUpdate, planStages, SCHEDULE_START } from '#engine/tuning/schedule.ts';
import { FeatureStore } from '#engine/tuning/target-features.ts';
import { trainedTensors } from '#engine/tuning/trainable.ts';
import { Tuner } from '#engine/tuning/tuner.ts';
import type { TuningFrame } from '#engine/tuning/tuning-frames.ts';
import { freshState } from '#engine/tuning/tuning-run.ts';
import { goldenTensor, goldenUnits } from '#test/support/golden-tensors.ts';
import { goldenWeight, writeTrainingFile } from '#test/support/golden-weights.ts';
import reference from '../../reference/tuning/ten-updates.json' with { type: 'json' };

const { size, frames: count, passes, learning_rate: rate, recolor_lambda: recolorLambda } = reference.meta;
const MAP = 512;

/** Blocks of an eighth of the side, with fine noise. */
function picture(name: string): TensorData {
  const low = goldenTensor(name, [1, 3, 8, 8]).data as Float32Array;
  const high = goldenTensor(`${name}:hi`, [1, 3, size, size], 0.1).data as Float32Array;
  const block = size / 8;
  const data = high.map((value, at) => {
    const [channel, y, x] = [Math.floor(at / size ** 2), Math.floor(at / size) % size, at % size];
    return Math.fround(0.8 * low[channel * 64 + Math.floor(y / block) * 8 + Math.floor(x / block)]!) + value;
  });
  return { dims: [1, 3, size, size], data };
}

function frame(index: number): TuningFrame {
  const units = goldenUnits(`mask:${index}`, 64);
  const labels = Uint8Array.from({ length: MAP * MAP }, (_, at) => {
    const [y, x] = [Math.floor(at / MAP), at % MAP];
    return Math.floor(12 * units[Math.floor(y / 64) * 8 + Math.floor(x / 64)]!);
  });
  return {
    driven: picture(`driven:${index}`),
    recolored: picture(`recolored:${index}`),
    labels,
    vectors: goldenTensor(`vectors:${index}`, [1, 12, 1280], 0.3),
  };
}

let folder: string;
let weights: Awaited<ReturnType<typeof writeTrainingFile>>;
let start: Record<string, TensorData>;
const clip = Array.from({ length: count }, (_, index) => frame(index));

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-ten-'));
  weights = await writeTrainingFile(ptiForward({ form: { kind: 'reference' }, size }).graph, new Set());
  start = Object.fromEntries(
    [...trainedTensors(size)].map(([name, dims]) => [name, { dims, data: goldenWeight('rgi', name, dims) }]),
  );
});
afterAll(async () => {
  await weights[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** As `make.py` damps the residual branches of the identity network. */
const params: ParamResolver = (name, shape, type) =>
  /^arcface:body\..*res_layer\.4\.weight$/.test(name)
    ? goldenTensor(name, shape, 0.05, 0.2)
    : weights.resolve(name, shape, type);

/** The losses of the literal schedule, and norms of some tensors after it. */
async function literal(keepFeatures: boolean) {
  await using tuner = await Tuner.open({
    frames: { count, read: async (index) => clip[index]! },
    params,
    folder: weights.folder,
    state: freshState(start),
    base: start,
    size,
    coarseSize: size / 2,
    recolorLambda,
    features: new FeatureStore(path.join(folder, 'features'), 'F32'),
  });
  const plan = planStages({ schedule: 'literal', frames: count, keyFrames: [], passes, coarse: false });
  const stages = plan.map((stage) => ({ ...stage, keepFeatures }));
  const updates: Record<string, number>[] = [];
  if (keepFeatures) await tuner.prepare('full', [...clip.keys()]);
  let state = SCHEDULE_START;
  for (let next = nextUpdate(stages, state); next !== undefined; next = nextUpdate(stages, state)) {
    const { losses } = await tuner.update(next, rate * next.rate);
    updates.push({ ...losses });
    state = afterUpdate(stages, state, { loss: losses['loss']!, likeness: 1 });
  }
  const { tensors } = await tuner.state();
  const norms = Object.fromEntries(
    Object.keys(reference.norms).map((key) => {
      const data = tensors[key]!.data as Float32Array;
      return [key, Math.sqrt(data.reduce((sum, value) => sum + value * value, 0))];
    }),
  );
  return { updates, norms };
}

it('equals ten updates of an independent implementation, and itself with kept features', async () => {
  expect(Object.keys(start)).toHaveLength(reference.meta.tuned);
  const { updates, norms } = await literal(false);
  expect(updates).toHaveLength(10);
  reference.updates.forEach((expected, update) => {
    for (const [term, value] of Object.entries(expected))
      expect(
        Math.abs(updates[update]![term]! - value) / Math.abs(value),
        `${term} of update ${update + 1}`,
      ).toBeLessThan(1e-2);
  });
  for (const [key, [norm]] of Object.entries(reference.norms))
    expect(Math.abs(norms[key]! - norm!) / norm!, key).toBeLessThan(1e-5);
  // The losses fell: the updates did something.
  expect(updates[8]!['loss']).toBeLessThan(updates[0]!['loss']!);

  const kept = await literal(true);
  kept.updates.forEach((losses, update) => {
    expect(Math.abs(losses['loss']! - updates[update]!['loss']!) / updates[update]!['loss']!).toBeLessThan(1e-3);
  });
});
