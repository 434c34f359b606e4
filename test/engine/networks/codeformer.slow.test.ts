/** CodeFormer against the official numbers. */
import { expect, it } from 'vitest';
import {
  expectReference,
  networkNamed,
  networkReference,
  ReferenceRun,
  uniformTensor,
} from '#test/support/network-reference.ts';

const reference = networkReference<{ outputs: { code_index: { values: readonly number[] } } }>('codeformer');

it('gives the features, the codes and the restored face', async () => {
  await using weights = await ReferenceRun.open(networkNamed('codeformer'), reference);
  const outputs = await weights.run({
    x: uniformTensor('input:codeformer', [1, 3, 512, 512], -1, 1),
    w: { dims: [1], data: Float32Array.of(0.8) },
    adain: { dims: [1], data: Float32Array.of(1) },
  });
  expect(Array.from(outputs['code_index']?.data ?? [], Number)).toEqual(reference.outputs.code_index.values);
  for (const name of ['lq_feat', 'logits', 'y']) expectReference(name, outputs[name], reference.outputs[name]);
});
