/**
 * One PTI update and one style-vector update at 1024² against the official numbers: losses 1e-4, gradients 1e-2 of
 * their root mean square, weights after the step wherever the gradient is well above rounding.
 */
import { describe, expect, it } from 'vitest';
import { maskedLayers, maskGuidedGenerator } from '#engine/networks/mask-guided-generator.ts';
import { regionCapacities, regionInputs } from '#engine/networks/region-layout.ts';
import { regionStyleCodes } from '#engine/networks/region-mlps.ts';
import { rgiEncoder } from '#engine/networks/rgi-encoder.ts';
import { StateDict } from '#engine/networks/state-dict.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { Graph, type Value } from '#engine/tensor/graph.ts';
import { openGraph } from '#engine/tensor/graph-session.ts';
import { adamInputs, momentNames, updatedName } from '#engine/tuning/adam.ts';
import { erodedFaceLabels } from '#engine/tuning/eroded-labels.ts';
import { foregroundMask, ptiStep, type TrainingStep } from '#engine/tuning/pti-step.ts';
import { styleVectorStep } from '#engine/tuning/style-vector-step.ts';
import { expectSamples } from '#test/support/compare-samples.ts';
import { fullReference, goldenImage, goldenLabels, oneHotMap, type Samples } from '#test/support/golden-tensors.ts';
import { goldenWeight, writeTrainingFile } from '#test/support/golden-weights.ts';

const { results } = fullReference;
const SIZE = 512;
const driven = goldenImage('img:driven');
const other = goldenImage('img:other');
const labels = goldenLabels('mask:driven');
const eroded = erodedFaceLabels(labels, SIZE);

const zeros = (shape: readonly number[]): TensorData => ({
  dims: shape,
  data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
});

/** Region inputs and masks of a label map, with the capacities they need. */
function regionsOf(map: Uint8Array) {
  const layers = maskedLayers();
  const capacities = regionCapacities(map, SIZE, layers, 12);
  return {
    capacities,
    feeds: { oneHot: oneHotMap(map, SIZE, 12), ...regionInputs(map, SIZE, layers, capacities) },
  };
}

/** Runs a step: trained tensors and zero moments as inputs, everything else from a file. */
async function runStep(
  step: TrainingStep,
  outputs: Record<string, Value>,
  feeds: Record<string, TensorData>,
  start: Readonly<Record<string, TensorData>>,
): Promise<Record<string, TensorData>> {
  await using weights = await writeTrainingFile(step.graph, new Set(Object.keys(start)));
  await using session = await openGraph(step.graph, outputs, {
    params: weights.resolve,
    externalDataFolder: weights.folder,
  });
  const all: Record<string, TensorData> = { ...feeds, ...start };
  for (const [name, tensor] of Object.entries(start))
    for (const moment of Object.values(momentNames(name))) all[moment] = zeros(tensor.dims);
  return await session.run(
    Object.fromEntries(Object.entries(all).filter(([name]) => session.inputNames.includes(name))),
  );
}

async function styleVectors(): Promise<TensorData> {
  const graph = new Graph('vectors');
  const vectors = rgiEncoder(
    new StateDict(graph, 'encoder.'),
    graph.input('image', [1, 3, 1024, 1024]),
    graph.input('oneHot', [1, 12, SIZE, SIZE]),
  );
  await using weights = await writeTrainingFile(graph, new Set());
  await using session = await openGraph(
    graph,
    { vectors },
    {
      params: weights.resolve,
      externalDataFolder: weights.folder,
    },
  );
  return (await session.run({ image: driven, oneHot: oneHotMap(labels, SIZE, 12) }))['vectors']!;
}

type Losses = Readonly<{ l2: number; lpips_scales: number[]; id: number; parsing: number; total: number }>;

function expectLosses(name: string, found: Record<string, TensorData>, expected: Losses): void {
  const lpips = expected.lpips_scales.reduce((sum, value) => sum + value, 0);
  for (const [term, value] of Object.entries({ ...expected, mse: expected.l2, lpips })) {
    const given = found[`${name}.${term}`];
    if (given === undefined || typeof value !== 'number') continue;
    expect(Math.abs(Number(given.data[0]) - value) / value, `${name}.${term}`).toBeLessThan(1e-4);
  }
  expect(found[`${name}.total`]).toBeDefined();
}

describe('one PTI update at 1024²', () => {
  it('equals the official one', { timeout: 900_000 }, async () => {
    const histogram = Array.from({ length: 12 }, (_, label) => eroded.filter((l) => l === label).length);
    expect(histogram).toEqual(results['eroded_label_hist']);
    const { capacities, feeds } = regionsOf(eroded);
    const step = ptiStep({ form: { kind: 'exact', capacities }, recompute: true });
    expect(step.trained).toHaveLength(138);

    const gradients = results['pti_grads'] as Record<string, Samples>;
    const after = results['pti_params_after_step'] as Record<string, Samples>;
    const outputs: Record<string, Value> = {
      foreground: foregroundMask(step.graph.input('oneHot', [1, 12, 512, 512]), 1024),
    };
    for (const [name, value] of Object.entries(step.outputs)) if (!/^next\.adam\./.test(name)) outputs[name] = value;
    for (const key of Object.keys(gradients)) outputs[`gradient.${key}`] = step.gradients[key]!;
    const start: Record<string, TensorData> = {};
    for (const param of step.graph.params()) {
      const { name } = param.attributes;
      if (step.trained.includes(name))
        start[name] = { dims: param.shape, data: goldenWeight('rgi', name, param.shape) };
    }
    const vectors = await styleVectors();
    const found = await runStep(
      step,
      outputs,
      {
        ...feeds,
        vectors,
        driven,
        recolored: other,
        recolorLambda: { dims: [], data: Float32Array.of(5) },
        ...adamInputs(1, 1e-3),
      },
      start,
    );
    expectSamples('foreground', found['foreground']!, results['fg_mask'] as Samples, 1e-6);
    expectSamples('reconstruction', found['reconstruction']!, results['pti_recon_before'] as Samples, 1e-4);
    expectLosses('driven', found, results['pti_loss_driven'] as Losses);
    expectLosses('recolored', found, results['pti_loss_recolor'] as Losses);
    const total = results['pti_loss_total'] as number;
    expect(Math.abs(Number(found['loss']!.data[0]) - total) / total).toBeLessThan(1e-4);
    for (const [key, expected] of Object.entries(gradients)) {
      if (expected.l2 > 0) expectSamples(`gradient of ${key}`, found[`gradient.${key}`]!, expected, 1e-2);
    }
    for (const [key, expected] of Object.entries(after)) {
      const moved = found[updatedName(key)];
      // What is frozen has no output: it cannot move.
      if (moved === undefined) continue;
      const gradient = found[`gradient.${key}`]?.data as Float32Array | undefined;
      expected.sample_index.forEach((at, k) => {
        const clear = gradient === undefined || Math.abs(gradient[at]!) > 1e-6;
        if (clear)
          expect(Math.abs(Number(moved.data[at]) - expected.sample_value[k]!), `${key}[${at}]`).toBeLessThan(2e-5);
      });
    }
    await expectPictureAfter(found, vectors, feeds, capacities);
  });
});

/** The picture that the moved weights make. */
async function expectPictureAfter(
  found: Record<string, TensorData>,
  vectors: TensorData,
  feeds: Record<string, TensorData>,
  capacities: ReturnType<typeof regionCapacities>,
): Promise<void> {
  const graph = new Graph('after');
  const keys = new StateDict(graph);
  const map = { oneHot: graph.input('oneHot', [1, 12, SIZE, SIZE]), form: { kind: 'exact', capacities } } as const;
  const codes = regionStyleCodes(keys, graph.input('vectors', [1, 12, 1280]));
  const image = maskGuidedGenerator(keys.under('G'), codes, map);
  const moved = new Map(Object.entries(found).filter(([name]) => name.startsWith('next.')));
  await using weights = await writeTrainingFile(graph, new Set([...moved.keys()].map((name) => name.slice(5))));
  await using session = await openGraph(
    graph,
    { image },
    { params: weights.resolve, externalDataFolder: weights.folder },
  );
  const all: Record<string, TensorData> = { ...feeds, vectors };
  for (const [name, tensor] of moved) all[name.slice(5)] = tensor;
  const picture = (
    await session.run(Object.fromEntries(Object.entries(all).filter(([name]) => session.inputNames.includes(name))))
  )['image']!;
  // Adam's first step moves each weight by its gradient's sign, which rounding decides where the gradient is nearly zero.
  expectSamples('picture after the step', picture, results['pti_recon_after'] as Samples, 2e-2);
}

describe('one style-vector update at 1024²', () => {
  it('equals the official one', { timeout: 900_000 }, async () => {
    const { capacities, feeds } = regionsOf(labels);
    const step = styleVectorStep({ form: { kind: 'exact', capacities } });
    expect(step.trained).toEqual(['vectors']);
    const vectors = await styleVectors();
    const found = await runStep(
      step,
      { ...step.outputs, gradient: step.gradients['vectors']! },
      { ...feeds, image: driven, ...adamInputs(1, 1e-2) },
      { vectors },
    );
    expectLosses('image', found, results['opt_loss'] as Losses);
    expectSamples('gradient', found['gradient']!, results['opt_grad'] as Samples, 1e-2);
    expectSamples('vectors after', found['next.vectors']!, results['opt_vectors_after'] as Samples, 1e-3);
  });
});
