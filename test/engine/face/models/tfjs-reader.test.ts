import { describe, expect, it } from 'vitest';
import { readTfjs } from '#engine/face/models/tfjs-reader.ts';
import { sourceBytes } from './sources.ts';

const json = sourceBytes('blazefaceTopology');
const weights = sourceBytes('blazefaceWeights');

const edited = (edit: (model: Record<string, unknown>) => void): Uint8Array => {
  const model = JSON.parse(new TextDecoder().decode(json)) as Record<string, unknown>;
  edit(model);
  return new TextEncoder().encode(JSON.stringify(model));
};

describe('readTfjs', () => {
  const model = readTfjs(json, weights);

  it('orders nodes after their inputs', () => {
    const seen = new Set(model.constants.keys());
    for (const node of model.nodes) {
      for (const input of node.inputs) expect(seen, `${node.name} reads ${input}`).toContain(input);
      seen.add(node.name);
    }
    expect(model.nodes).toHaveLength(145);
  });

  it('decodes attributes', () => {
    const first = model.nodes.find((node) => node.op === '_FusedConv2D')!;
    expect(first.text('padding')).toBe('SAME');
    expect(first.texts('fused_ops')).toEqual(['BiasAdd', 'Relu']);
    expect(first.ints('strides')).toEqual([1, 2, 2, 1]);
    expect(first.text('absent')).toBeUndefined();
  });

  it('names the outputs', () => {
    expect([...model.outputs.keys()].sort()).toEqual(['Identity', 'Identity_1', 'Identity_2', 'Identity_3']);
  });

  it('refuses weights that do not fit and models that are none', () => {
    expect(() => readTfjs(json, weights.subarray(4))).toThrow(/The weights end inside/);
    expect(() => readTfjs(json, new Uint8Array(weights.length + 4))).toThrow(/fill \d+ of \d+ bytes/);
    expect(() => readTfjs(new TextEncoder().encode('{}'), weights)).toThrow(/not a TensorFlow.js graph model/);
    expect(() =>
      readTfjs(
        edited((model) => {
          model['format'] = 'layers-model';
        }),
        weights,
      ),
    ).toThrow(/format/);
  });
});
