/** Losses and the PTI step run from files to files, as `e4s network run` does it, against the official numbers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NETWORKS } from '#engine/networks/index.ts';
import { runNetwork } from '#engine/networks/run-network.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { TRAINING_NETWORKS } from '#engine/tuning/networks.ts';
import { networkManifest, type WeightsId } from '#engine/weights/manifests.ts';
import { openSafetensors } from '#engine/weights/safetensors.ts';
import { writeSafetensors } from '#engine/weights/safetensors-writer.ts';
import { fullReference, goldenImage, goldenLabels, type Samples } from '#test/support/golden-tensors.ts';
import { goldenWeight } from '#test/support/golden-weights.ts';

const { results } = fullReference;
const LOSS_NETWORKS = { arcface: 'arcface', 'parsing-unet': 'unet', 'lpips-alex': 'lpips' } as const;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'e4s-training-run-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Every weight of some networks in one file, under upstream's keys. */
async function writeWeights(name: string, nets: Readonly<Partial<Record<WeightsId, string>>>): Promise<string> {
  const file = path.join(folder, name);
  const tensors = Object.entries(nets).flatMap(([network, net]) =>
    [...networkManifest(network as WeightsId).tensors]
      .filter(([, { constant }]) => !constant)
      .map(([key, { shape }]) => ({
        name: key,
        dtype: 'F32' as const,
        shape,
        data: async function* () {
          yield new Uint8Array(goldenWeight(net, key, shape).buffer);
        },
      })),
  );
  await writeSafetensors(file, tensors);
  return file;
}

/** Runs a network and returns the tensors it wrote. */
async function run(
  name: string,
  inputs: Readonly<Record<string, TensorData>>,
  weights: readonly string[],
  saveGradients = false,
): Promise<Map<string, TensorData>> {
  const network = [...NETWORKS, ...TRAINING_NETWORKS].find((row) => row.name === name);
  if (network === undefined) throw new Error(`There is no network ${name}.`);
  const from = path.join(folder, `${name}-in.safetensors`);
  const out = path.join(folder, `${name}-out.safetensors`);
  await writeSafetensors(
    from,
    Object.entries(inputs).map(([key, { dims, data }]) => ({
      name: key,
      dtype: 'F32',
      shape: dims,
      data: new Uint8Array((data as Float32Array<ArrayBuffer>).buffer),
    })),
  );
  await runNetwork({ network, inputs: from, out, weights, packs: folder, device: 'cpu', saveGradients });
  await using written = await openSafetensors(out);
  const found = new Map<string, TensorData>();
  for (const { name: key, shape } of written.tensors.values()) {
    found.set(key, { dims: shape, data: new Float32Array((await written.read(key)).buffer as ArrayBuffer) });
  }
  return found;
}

interface Losses {
  readonly l2: number;
  readonly lpips_scales: readonly number[];
  readonly id: number;
  readonly parsing: number;
  readonly total: number;
}

function expectLosses(found: ReadonlyMap<string, TensorData>, prefix: string, expected: Losses): void {
  const lpips = expected.lpips_scales.reduce((sum, value) => sum + value, 0);
  const { l2: mse, id, parsing, total } = expected;
  for (const [term, value] of Object.entries({ mse, lpips, id, parsing, total })) {
    expect(Math.abs(Number(found.get(prefix + term)?.data[0]) - value) / value, prefix + term).toBeLessThan(1e-4);
  }
}

describe('training networks from files to files', () => {
  it('give every term of the loss', async () => {
    const weights = await writeWeights('losses.safetensors', LOSS_NETWORKS);
    const pictures = { reconstruction: goldenImage('img:driven'), target: goldenImage('img:other') };
    const found = await run('rgi-losses', pictures, [weights]);
    expectLosses(found, '', results['losses_img_vs_other'] as Losses);
  });

  it('give the losses and gradients of a step of personal tuning', async () => {
    const rgi = await writeWeights('rgi.safetensors', { rgi: 'rgi' });
    const losses = await writeWeights('losses.safetensors', LOSS_NETWORKS);
    const image = goldenImage('img:driven');
    const labels = { dims: [1, 1, 512, 512], data: Float32Array.from(goldenLabels('mask:driven')) };
    const encoded = await run('rgi-encoder', { image, labels }, [rgi]);
    const style_vectors = encoded.get('style_vectors') as TensorData;
    const inputs = { image, recolored: goldenImage('img:other'), labels, style_vectors };
    const found = await run('rgi-pti-step', inputs, [rgi, losses], true);
    expectLosses(found, 'driven.', results['pti_loss_driven'] as Losses);
    expectLosses(found, 'recolored.', results['pti_loss_recolor'] as Losses);
    const total = results['pti_loss_total'] as number;
    expect(Math.abs(Number(found.get('loss')?.data[0]) - total) / total).toBeLessThan(1e-4);

    const gradients = Object.entries(results['pti_grads'] as Record<string, Samples>);
    expect(gradients.length).toBeGreaterThan(10);
    for (const [key, expected] of gradients) {
      const gradient = found.get(key)?.data as Float32Array;
      // Regions without a pixel have gradients of zero, which stay zero.
      const scale = expected.l2 / Math.sqrt(gradient.length) || 1;
      const off = expected.sample_value.map((value, at) => Math.abs(gradient[expected.sample_index[at] ?? 0]! - value));
      expect(Math.max(...off) / scale, key).toBeLessThan(1e-2);
    }
  });
});
