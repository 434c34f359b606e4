/**
 * Networks run from files to files, as `e4s network run` does it, against the official numbers: one file with every
 * weight of the RGI network under its upstream key, label maps as floats, outputs read back.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NETWORKS } from '#engine/networks/index.ts';
import { runNetwork } from '#engine/networks/run-network.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { networkManifest, type WeightsId } from '#engine/weights/manifests.ts';
import { openSafetensors } from '#engine/weights/safetensors.ts';
import { writeSafetensors } from '#engine/weights/safetensors-writer.ts';
import { expectSamples } from '#test/support/compare-samples.ts';
import { fullReference, goldenImage, goldenLabels, type Samples } from '#test/support/golden-tensors.ts';
import { goldenWeight } from '#test/support/golden-weights.ts';

const samples = (name: string): Samples => fullReference.results[name] as Samples;
let folder: string;
let weights: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-network-run-'));
  weights = await writeWeights('rgi', 'rgi');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Every weight of a network by the rule of the reference. */
async function writeWeights(network: WeightsId, net: string): Promise<string> {
  const file = path.join(folder, `${network}.safetensors`);
  const tensors = [...networkManifest(network).tensors].filter(([, { constant }]) => !constant);
  await writeSafetensors(
    file,
    tensors.map(([name, { shape }]) => ({
      name,
      dtype: 'F32',
      shape,
      data: async function* () {
        yield new Uint8Array(goldenWeight(net, name, shape).buffer);
      },
    })),
  );
  return file;
}

async function run(
  name: string,
  inputs: Record<string, TensorData>,
  file: string,
): Promise<Record<string, TensorData>> {
  const network = NETWORKS.find((row) => row.name === name);
  if (network === undefined) throw new Error(`There is no network ${name}.`);
  const from = path.join(folder, 'in.safetensors');
  const out = path.join(folder, 'out.safetensors');
  await writeSafetensors(
    from,
    Object.entries(inputs).map(([key, { dims, data }]) => ({
      name: key,
      dtype: 'F32',
      shape: dims,
      data: new Uint8Array((data as Float32Array<ArrayBuffer>).buffer),
    })),
  );
  await runNetwork({ network, inputs: from, out, weights: [file], packs: folder, device: 'cpu' });
  await using written = await openSafetensors(out);
  const outputs: Record<string, TensorData> = {};
  for (const { name: key, shape } of written.tensors.values()) {
    const bytes = await written.read(key);
    outputs[key] = { dims: shape, data: new Float32Array(bytes.buffer as ArrayBuffer) };
  }
  return outputs;
}

const image = goldenImage('img:driven');
const labels: TensorData = { dims: [1, 1, 512, 512], data: Float32Array.from(goldenLabels('mask:driven')) };

describe('networks from files to files', () => {
  it('encode, map to style codes and generate as the official code does', async () => {
    const { style_vectors } = await run('rgi-encoder', { image, labels }, weights);
    expectSamples('style vectors', style_vectors!, samples('style_vectors'), 1e-4);
    const { style_codes } = await run('rgi-style-codes', { style_vectors: style_vectors! }, weights);
    expectSamples('style codes', style_codes!, samples('style_codes'), 1e-4);
    for (const name of ['rgi-generator', 'rgi-generator-reference']) {
      const { image: generated } = await run(name, { style_codes: style_codes!, labels }, weights);
      expect(generated?.dims).toEqual([1, 3, 1024, 1024]);
      expectSamples(name, generated!, samples('generated_image'), 1e-4);
    }
  });

  it('tell real from fake as the official discriminator does', async () => {
    const { logits } = await run('discriminator', { image }, await writeWeights('discriminator', 'disc'));
    const [expected = 0] = fullReference.results['disc_b1'] as number[];
    expect(Math.abs(Number(logits?.data[0]) - expected)).toBeLessThan(1e-4 * Math.abs(expected));
  });

  it('give the features of the losses', async () => {
    const features = await run('lpips-alex', { image }, await writeWeights('lpips-alex', 'lpips'));
    expect(Object.keys(features)).toEqual(['feature_0', 'feature_1', 'feature_2', 'feature_3', 'feature_4']);
    const arcface = await run('arcface', { image }, await writeWeights('arcface', 'arcface'));
    const embedding = arcface['feature_4']?.data as Float32Array;
    const length = Math.hypot(...embedding);
    const unit = { dims: [1, 512], data: embedding.map((value) => value / length) };
    expectSamples('embedding', unit, (fullReference.results['arcface_feats_img'] as Samples[])[4]!, 1e-4);
  });
});
