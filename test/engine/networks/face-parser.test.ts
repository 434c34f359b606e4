/** The face parser against the official numbers. */
import { expect, it } from 'vitest';
import { parserHeads } from '#engine/networks/face-parser.ts';
import { StateDict } from '#engine/networks/state-dict.ts';
import { Graph } from '#engine/tensor/graph.ts';
import { resizeBilinear } from '#engine/tensor/ops/spatial.ts';
import {
  expectReference,
  networkNamed,
  networkReference,
  ReferenceRun,
  uniformTensor,
} from '#test/support/network-reference.ts';

const reference = networkReference<{ outputs: { argmax_hist: { counts: number[] } } }>('face-parsing-bisenet');
const HEADS = ['out', 'out16', 'out32'] as const;
const parser = networkNamed('face-parsing-bisenet');
const x = uniformTensor('input:bisenet', [1, 3, 128, 128], -2, 2);

it('gives the logits of all three heads and the labels', async () => {
  await using weights = await ReferenceRun.open(parser, reference);
  const outputs = await weights.run({ x });
  for (const name of HEADS) {
    const expected = reference.outputs[name];
    expectReference(name, outputs[name], expected && { ...expected, extra_samples: [] });
  }
  expect([...(outputs['argmax_hist']?.data ?? [])]).toEqual(reference.outputs.argmax_hist.counts);
});

/**
 * The reference's extra samples (unlike its moments, its other samples, its labels, and the official network) belong to
 * an enlargement with half-pixel centres. They hold for the heads before the enlargement all the same.
 */
it('has the heads that the extra samples were made from', async () => {
  const halfPixel = {
    ...parser,
    prepare: () => {
      const graph = new Graph('parser-heads');
      const heads = parserHeads(new StateDict(graph), graph.input('x', x.dims));
      const outputs = Object.fromEntries(HEADS.map((name) => [name, resizeBilinear(heads[name], [128, 128])]));
      return { graph, outputs, feeds: { x } };
    },
  };
  await using weights = await ReferenceRun.open(halfPixel, reference);
  const outputs = await weights.run({ x });
  for (const name of HEADS) {
    const data = outputs[name]?.data as Float32Array;
    const { extra_samples = [], std = 0 } = reference.outputs[name] ?? {};
    expect(extra_samples).toHaveLength(509);
    const off = extra_samples.map((value, j) => Math.abs(data[Math.floor((j * data.length) / 509)]! - value));
    expect(Math.max(...off) / std, name).toBeLessThan(1e-3);
  }
});
