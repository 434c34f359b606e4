/** The inpainting network against the official numbers. */
import { expect, it } from 'vitest';
import { INPAINTER_NOISE_SIZES } from '#engine/networks/inpainter.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import {
  expectReference,
  networkNamed,
  networkReference,
  ReferenceRun,
  uniformTensor,
} from '#test/support/network-reference.ts';
import type { SynthesisRule } from '#test/support/synthetic-weights.ts';

const reference = networkReference('inpainting-gcfsr');
const network = networkNamed('inpainting-gcfsr');

/** The fourth channel becomes the hole, which is cut out of the other three. */
function holed(): { x: TensorData; cond: TensorData } {
  const { dims, data } = uniformTensor('input:inpaint', [1, 4, 256, 256], 0, 1);
  const values = data as Float32Array;
  const area = 256 * 256;
  let holes = 0;
  for (let at = 0; at < area; at++) {
    const hole = values[3 * area + at]! > 0.8 ? 1 : 0;
    holes += hole;
    for (let channel = 0; channel < 3; channel++) values[channel * area + at]! *= 1 - hole;
    values[3 * area + at] = hole;
  }
  return { x: { dims, data }, cond: { dims: [1], data: Float32Array.of(holes / area) } };
}

it('gives the style codes and the picture', async () => {
  await using weights = await ReferenceRun.open(network, reference);
  const inputs = holed();
  expect(inputs.cond.data[0]).toBeCloseTo(0.200393677, 8);
  const { latent, y } = await weights.run(inputs);
  expectReference('latent', latent, reference.outputs['latent']);
  expectReference('y', y, reference.outputs['y']);
});

it('adds given noise with the strength of the layer', async () => {
  const rules = reference.rules as readonly SynthesisRule[];
  const strength: SynthesisRule = ['style_conv(1|s\\.\\d)\\.weight$', 'const', 0, 0.5];
  await using noisy = await ReferenceRun.open(network, { ...reference, rules: [strength, ...rules] });
  // Noise of ones before the activation of the layers that enlarge is as much more bias.
  const more: SynthesisRule = ['style_convs\\.[0246]\\.activate\\.bias$', 'uniform', 0.2, 0.5];
  await using biased = await ReferenceRun.open(network, { ...reference, rules: [more, ...rules] });
  const inputs = holed();
  const ones = [1, 3, 5, 7].map((layer): [string, TensorData] => {
    const size = INPAINTER_NOISE_SIZES[layer]!;
    return [`noise_${layer}`, { dims: [1, 1, size, size], data: new Float32Array(size * size).fill(1) }];
  });
  const { y } = await noisy.run({ ...inputs, ...Object.fromEntries(ones) });
  const { y: expected } = await biased.run(inputs);
  const off = Array.from((y as TensorData).data as Float32Array, (value, at) =>
    Math.abs(value - Number(expected?.data[at])),
  );
  const std = reference.outputs['y']?.std ?? 0;
  expect(off.reduce((most, value) => (value > most ? value : most), 0) / std).toBeLessThan(1e-4);
  expect(() => expectReference('y', y, reference.outputs['y'], 0.01)).toThrow();
});
