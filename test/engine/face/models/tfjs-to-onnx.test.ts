import { describe, expect, it } from 'vitest';
import { tfjsToOnnx } from '#engine/face/models/tfjs-to-onnx.ts';
import { encodeOnnx } from '#engine/tensor/onnx/encode.ts';
import { openSession } from '#engine/tensor/sessions.ts';
import reference from '#test/reference/face/blazeface-tfjs.json' with { type: 'json' };
import { sourceBytes } from './sources.ts';

const json = sourceBytes('blazefaceTopology');
const weights = sourceBytes('blazefaceWeights');

/** The reference's input, channels first. */
function referenceInput(): Float32Array {
  const data = new Float32Array(3 * 256 * 256);
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < 256; y++) {
      for (let x = 0; x < 256; x++) {
        data[(c * 256 + y) * 256 + x] = Math.sin(y * 0.11 + c) * Math.cos(x * 0.07 - c * 0.5);
      }
    }
  }
  return data;
}

describe('tfjsToOnnx', () => {
  it('computes what TensorFlow.js computes', async () => {
    const bytes = encodeOnnx(tfjsToOnnx('blazeface', json, weights));
    await using session = await openSession(bytes, { name: 'blazeface' });
    const outputs = await session.run({ input: { dims: [1, 3, 256, 256], data: referenceInput() } });
    for (const [name, { shape, samples }] of Object.entries(reference.outputs)) {
      const output = outputs[name]!;
      expect(output.dims).toEqual(shape);
      samples.forEach((expected, j) => {
        const actual = Number(output.data[Math.floor((j * output.data.length) / samples.length)]);
        // Two float32 convolution orders, values up to 1000: a relative 1e-5 leaves no room for a wrong weight or pad.
        expect(Math.abs(actual - expected), `${name}[${j}] ${actual} for ${expected}`).toBeLessThan(
          1e-5 * Math.abs(expected) + 2e-4,
        );
      });
    }
  });

  it.each([
    ['"op":"MaxPool"', '"op":"AvgPool"', /operation AvgPool/],
    // "VkFMSUQ=" is VALID, "RVhQTElDSVQ=" EXPLICIT, "U0FNRQ==" SAME.
    ['"padding":{"s":"U0FNRQ=="}', '"padding":{"s":"RVhQTElDSVQ="}', /padding EXPLICIT/],
    // "UmVsdQ==" is Relu, "RWx1" Elu.
    ['"UmVsdQ=="', '"RWx1"', /fused operation Elu/],
  ])('refuses what it has no rule for: %s → %s', (from, to, message) => {
    const text = new TextDecoder().decode(json).replaceAll(': ', ':');
    const compact = JSON.stringify(JSON.parse(text));
    expect(compact).toContain(from);
    const changed = new TextEncoder().encode(compact.replaceAll(from, to));
    expect(() => tfjsToOnnx('blazeface', changed, weights)).toThrow(message);
  });
});
