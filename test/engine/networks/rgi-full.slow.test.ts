/**
 * The full-size RGI networks against the official code's numbers, on synthetic weights: 1e-4 relative, as the reference
 * states for itself.
 */
import { describe, expect, it } from 'vitest';
import { arcfaceFeatures, arcfaceInput } from '#engine/networks/arcface.ts';
import { discriminator } from '#engine/networks/discriminator.ts';
import { lpipsFeatures } from '#engine/networks/lpips-alex.ts';
import { maskedLayers, maskGuidedGenerator } from '#engine/networks/mask-guided-generator.ts';
import { parsingFeatures, parsingLogits } from '#engine/networks/parsing-unet.ts';
import { regionCapacities, regionInputs } from '#engine/networks/region-layout.ts';
import { regionStyleCodes } from '#engine/networks/region-mlps.ts';
import { rgiEncoder } from '#engine/networks/rgi-encoder.ts';
import { StateDict } from '#engine/networks/state-dict.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { Graph, type Value } from '#engine/tensor/graph.ts';
import { openGraph } from '#engine/tensor/graph-session.ts';
import { div, sqrt, square } from '#engine/tensor/ops/elementwise.ts';
import { flatten } from '#engine/tensor/ops/layout.ts';
import { reduceSum } from '#engine/tensor/ops/reduction.ts';
import { adaptiveAveragePool, resizeBilinear } from '#engine/tensor/ops/spatial.ts';
import { expectSamples } from '#test/support/compare-samples.ts';
import { fullReference, goldenImage, goldenLabels, oneHotMap, type Samples } from '#test/support/golden-tensors.ts';
import { writeGoldenFile } from '#test/support/golden-weights.ts';

const { results } = fullReference;
const samples = (name: string): Samples => results[name] as Samples;
const LABEL_SIZE = 512;

async function run(
  net: string,
  graph: Graph,
  outputs: Record<string, Value>,
  feeds: Record<string, TensorData>,
): Promise<Record<string, TensorData>> {
  await using weights = await writeGoldenFile(net, [graph]);
  await using session = await openGraph(graph, outputs, {
    params: weights.resolve,
    externalDataFolder: weights.folder,
  });
  return await session.run(feeds);
}

const driven = goldenImage('img:driven');
const labels = goldenLabels('mask:driven');
const oneHot = oneHotMap(labels, LABEL_SIZE, 12);

describe('the synthetic inputs', () => {
  it('are those of the reference', () => {
    const histogram = Array.from({ length: 12 }, (_, label) => labels.filter((l) => l === label).length);
    expect(histogram).toEqual(results['label_hist']);
    expectSamples('image', driven, samples('image_input'), 1e-6);
  });
});

describe('encoder and region MLPs', () => {
  const build = (): { graph: Graph; vectors: Value; codes: Value; small: Value } => {
    const graph = new Graph('rgi-style');
    const image = graph.input('image', [1, 3, 1024, 1024]);
    const masks = graph.input('oneHot', [1, 12, LABEL_SIZE, LABEL_SIZE]);
    const keys = new StateDict(graph);
    const vectors = rgiEncoder(keys.under('encoder'), image, masks);
    return { graph, vectors, codes: regionStyleCodes(keys, vectors), small: resizeBilinear(image, 256) };
  };

  it('give the official style vectors and codes', async () => {
    const { graph, vectors, codes, small } = build();
    const found = await run('rgi', graph, { vectors, codes, small }, { image: driven, oneHot });
    expectSamples('encoder input', found['small']!, samples('encoder_input_256'), 1e-5);
    expectSamples('style vectors', found['vectors']!, samples('style_vectors'), 1e-4);
    expectSamples('style codes', found['codes']!, samples('style_codes'), 1e-4);
  });

  it('give zeros for regions without a pixel', async () => {
    const { graph, vectors } = build();
    const without = labels.map((label) => (label === 9 || label === 11 ? 6 : label));
    const found = await run('rgi', graph, { vectors }, { image: driven, oneHot: oneHotMap(without, LABEL_SIZE, 12) });
    expectSamples('style vectors', found['vectors']!, samples('style_vectors_absent_9_11'), 1e-4);
  });
});

describe('the mask-guided generator at 1024²', () => {
  const build = (form: 'reference' | 'exact'): { graph: Graph; image: Value } => {
    const graph = new Graph(`rgi-generator-${form}`);
    const keys = new StateDict(graph);
    const codes = graph.input('codes', [1, 12, 18, 512]);
    const masks = graph.input('oneHot', [1, 12, LABEL_SIZE, LABEL_SIZE]);
    const capacities = regionCapacities(labels, LABEL_SIZE, maskedLayers(), 12);
    const map = { oneHot: masks, form: form === 'exact' ? { kind: form, capacities } : { kind: form } } as const;
    return { graph, image: maskGuidedGenerator(keys.under('G'), codes, map) };
  };

  const codesOf = async (): Promise<TensorData> => {
    const graph = new Graph('rgi-style');
    const vectors = rgiEncoder(
      new StateDict(graph, 'encoder.'),
      graph.input('image', [1, 3, 1024, 1024]),
      graph.input('oneHot', [1, 12, LABEL_SIZE, LABEL_SIZE]),
    );
    const codes = regionStyleCodes(new StateDict(graph), vectors);
    return (await run('rgi', graph, { codes }, { image: driven, oneHot }))['codes']!;
  };

  it('gives the official picture, literally and with the exact region convolution', async () => {
    const codes = await codesOf();
    const layers = maskedLayers();
    const borders = regionInputs(labels, LABEL_SIZE, layers, regionCapacities(labels, LABEL_SIZE, layers, 12));
    const pictures = new Map<string, Float32Array>();
    for (const form of ['reference', 'exact'] as const) {
      const { graph, image } = build(form);
      const feeds = { codes, oneHot, ...(form === 'exact' ? borders : {}) };
      const found = (await run('rgi', graph, { image }, feeds))['image']!;
      expectSamples(form, found, samples('generated_image'), 1e-4);
      pictures.set(form, found.data as Float32Array);
    }
    const reference = pictures.get('reference')!;
    const exact = pictures.get('exact')!;
    let worst = 0;
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = 0; i < reference.length; i++) {
      worst = Math.max(worst, Math.abs(reference[i]! - exact[i]!));
      low = Math.min(low, reference[i]!);
      high = Math.max(high, reference[i]!);
    }
    expect(worst / (high - low)).toBeLessThan(1e-4);
  });
});

describe('the discriminator', () => {
  it.each([
    { batch: 1, expected: results['disc_b1'] as number[] },
    { batch: 2, expected: results['disc_b2'] as number[] },
  ])('gives the official logits for a batch of $batch', async ({ batch, expected }) => {
    const graph = new Graph('disc');
    const logits = discriminator(new StateDict(graph), graph.input('image', [batch, 3, 1024, 1024]));
    const both = new Float32Array(batch * driven.data.length);
    [driven, goldenImage('img:other')].slice(0, batch).forEach((image, index) => {
      both.set(image.data as Float32Array, index * image.data.length);
    });
    const found = await run('disc', graph, { logits }, { image: { dims: [batch, 3, 1024, 1024], data: both } });
    expected.forEach((value, index) => {
      expect(Math.abs(Number(found['logits']!.data[index]) - value)).toBeLessThan(1e-4 * Math.abs(value));
    });
  });
});

/** Features as the reference lists them: flattened and l2-normalised. */
const normalised = (features: readonly Value[]): Record<string, Value> =>
  Object.fromEntries(
    features.map((feature, index) => {
      const flat = flatten(feature);
      return [`f${index}`, div(flat, sqrt(reduceSum(square(flat), { axes: [1], keepDims: true })))];
    }),
  );

describe('the loss networks', () => {
  it('ArcFace gives the official features', async () => {
    const graph = new Graph('arcface');
    const face = arcfaceInput(graph.input('image', [1, 3, 1024, 1024]));
    const outputs = normalised(arcfaceFeatures(new StateDict(graph), face));
    const found = await run('arcface', graph, outputs, { image: driven });
    (results['arcface_feats_img'] as Samples[]).forEach((expected, index) => {
      expectSamples(`feature ${index}`, found[`f${index}`]!, expected, 1e-4);
    });
  });

  it('the parsing U-Net gives the official features and logits', async () => {
    const graph = new Graph('unet');
    const image = adaptiveAveragePool(graph.input('image', [1, 3, 1024, 1024]), 512);
    const keys = new StateDict(graph);
    const outputs = { ...normalised(parsingFeatures(keys, image)), logits: parsingLogits(keys, image) };
    const found = await run('unet', graph, outputs, { image: driven });
    (results['unet_feats_img'] as Samples[]).forEach((expected, index) => {
      expectSamples(`feature ${index}`, found[`f${index}`]!, expected, 1e-4);
    });
    expectSamples('logits', found['logits']!, samples('unet_logits_img'), 1e-4);
  });

  it('LPIPS gives the official features at 256²', async () => {
    const graph = new Graph('lpips');
    const image = adaptiveAveragePool(graph.input('image', [1, 3, 1024, 1024]), 256);
    const features = lpipsFeatures(new StateDict(graph), image);
    const outputs = Object.fromEntries(features.map((feature, index) => [`f${index}`, feature]));
    const found = await run('lpips', graph, outputs, { image: driven });
    (results['lpips_feats_img256'] as Samples[]).forEach((expected, index) => {
      expectSamples(`feature ${index}`, found[`f${index}`]!, expected, 1e-4);
    });
  });
});
