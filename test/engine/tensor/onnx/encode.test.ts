import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeOnnx } from '#engine/tensor/onnx/encode.ts';
import type { OnnxInitializer, OnnxModel } from '#engine/tensor/onnx/model.ts';

const WEIGHTS = Float32Array.of(1, -2, 0.5, 3, 0.25, -1);

/** y = relu(x · w + b), x [2, 3], w [3, 2], with a reshape whose target is an int64 constant. */
function tinyModel(weights: OnnxInitializer['data']): OnnxModel {
  return {
    name: 'tiny',
    opset: 17,
    inputs: [{ name: 'x', type: 'float32', dims: [2, 3] }],
    outputs: [{ name: 'y', type: 'float32', dims: [4] }],
    nodes: [
      {
        op: 'Gemm',
        inputs: ['x', 'w', 'b'],
        outputs: ['product'],
        attributes: [
          { name: 'alpha', kind: 'float', value: 2 },
          { name: 'transB', kind: 'int', value: 0 },
        ],
      },
      { op: 'Relu', inputs: ['product'], outputs: ['positive'] },
      { op: 'Reshape', inputs: ['positive', 'shape'], outputs: ['y'] },
    ],
    initializers: [
      { name: 'w', type: 'float32', dims: [3, 2], data: weights },
      { name: 'b', type: 'float32', dims: [2], data: Float32Array.of(0.5, -0.5) },
      { name: 'shape', type: 'int64', dims: [1], data: BigInt64Array.of(-1n) },
    ],
  };
}

const X = Float32Array.of(1, 2, 3, -1, 0, 2);
/** 2 · x · w + b by hand, negatives cut. */
const EXPECTED = [6, 1.5, 0, 0];

async function runTiny(model: Uint8Array | string): Promise<number[]> {
  const session =
    typeof model === 'string' ? await ort.InferenceSession.create(model) : await ort.InferenceSession.create(model);
  const { y } = await session.run({ x: new ort.Tensor('float32', X, [2, 3]) });
  await session.release();
  return Array.from(y?.data as Float32Array);
}

describe('encodeOnnx', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'e4s-encode-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('writes a model that onnxruntime runs', async () => {
    expect(await runTiny(encodeOnnx(tinyModel(WEIGHTS)))).toEqual(EXPECTED);
  });

  it('points initializers into a file beside the model', async () => {
    const bytes = new Uint8Array(16 + WEIGHTS.byteLength);
    bytes.fill(0xff, 0, 16);
    bytes.set(new Uint8Array(WEIGHTS.buffer), 16);
    await writeFile(path.join(folder, 'weights.bin'), bytes);
    const model = tinyModel({ file: 'weights.bin', offset: 16, length: WEIGHTS.byteLength });
    const file = path.join(folder, 'tiny.onnx');
    await writeFile(file, encodeOnnx(model));
    expect(await runTiny(file)).toEqual(EXPECTED);
  });

  it('writes every attribute kind and further operator sets', async () => {
    const model: OnnxModel = {
      name: 'attributes',
      opset: 17,
      domains: [{ domain: 'com.microsoft', version: 1 }],
      inputs: [{ name: 'x', type: 'float32', dims: [1, 1, 2, 2] }],
      outputs: [{ name: 'y', type: 'float32', dims: [1, 1, 4, 4] }],
      nodes: [
        {
          op: 'Upsample',
          inputs: ['x'],
          outputs: ['large'],
          attributes: [
            { name: 'mode', kind: 'string', value: 'nearest' },
            { name: 'scales', kind: 'floats', value: [1, 1, 2, 2] },
          ],
        },
        {
          op: 'Transpose',
          inputs: ['large'],
          outputs: ['turned'],
          attributes: [{ name: 'perm', kind: 'ints', value: [0, 1, 3, 2] }],
        },
        { op: 'FusedMatMul', domain: 'com.microsoft', inputs: ['turned', 'eye'], outputs: ['y'] },
      ],
      initializers: [
        {
          name: 'eye',
          type: 'float32',
          dims: [4, 4],
          data: Float32Array.from({ length: 16 }, (_, i) => (i % 5 === 0 ? 1 : 0)),
        },
      ],
    };
    // `Upsample` left the default set after 9: opset 7 is the last where scales are an attribute.
    const session = await ort.InferenceSession.create(encodeOnnx({ ...model, opset: 7 }));
    const { y } = await session.run({ x: new ort.Tensor('float32', Float32Array.of(1, 2, 3, 4), [1, 1, 2, 2]) });
    expect(Array.from(y?.data as Float32Array)).toEqual([1, 1, 3, 3, 1, 1, 3, 3, 2, 2, 4, 4, 2, 2, 4, 4]);
    await session.release();
  });

  it('is deterministic', () => {
    expect(encodeOnnx(tinyModel(WEIGHTS))).toEqual(encodeOnnx(tinyModel(WEIGHTS)));
  });

  it('refuses constants whose bytes do not fit their shape', () => {
    expect(() => encodeOnnx(tinyModel(WEIGHTS.subarray(1)))).toThrow(/"w": 20 bytes for float32 \[3, 2\]/);
    expect(() => encodeOnnx(tinyModel({ file: 'w', offset: 0, length: 4 }))).toThrow(RangeError);
  });
});
