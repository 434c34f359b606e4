import { describe, expect, it } from 'vitest';
import { InputError } from '#engine/errors.ts';
import { readTflite, tfliteConstant } from '#engine/face/models/tflite-reader.ts';
import { recipeBytes } from './sources.ts';

describe('readTflite', () => {
  it('reads the selfie segmentation network', () => {
    const model = readTflite(recipeBytes('person-mask'));
    expect(model.inputs.map((i) => model.tensors[i]!.dims)).toEqual([[1, 256, 256, 3]]);
    expect(model.outputs.map((i) => model.tensors[i]!.dims)).toEqual([[1, 256, 256, 1]]);
    expect(model.operations.filter(({ op }) => op === 3)).toHaveLength(43);
    expect(model.operations.map(({ op }) => op)).toContain('Convolution2DTransposeBias');
  });

  it('names the custom operations of the attention mesh', () => {
    const { operations } = readTflite(recipeBytes('face-mesh'));
    const custom = operations.map(({ op }) => op).filter((op) => typeof op === 'string');
    expect(new Set(custom)).toEqual(
      new Set(['Landmarks2TransformMatrix', 'TransformTensorBilinear', 'TransformLandmarks']),
    );
  });

  it('refuses other files', () => {
    expect(() => readTflite(new Uint8Array(64))).toThrow(InputError);
    expect(() => readTflite(recipeBytes('face-geometry'))).toThrow(/not a TensorFlow Lite/);
  });
});

describe('tfliteConstant', () => {
  const tensor = { name: 't', dims: [2] };

  it('reads floats, halves and integers', () => {
    const bytes = (array: ArrayBufferView<ArrayBuffer>) => new Uint8Array(array.buffer);
    expect(tfliteConstant({ ...tensor, type: 0, bytes: bytes(Float32Array.of(1.5, -2)) })).toEqual(
      Float32Array.of(1.5, -2),
    );
    expect(tfliteConstant({ ...tensor, type: 1, bytes: bytes(Uint16Array.of(0x3c00, 0xc000)) })).toEqual(
      Float32Array.of(1, -2),
    );
    expect(tfliteConstant({ ...tensor, type: 2, bytes: bytes(Int32Array.of(3, -4)) })).toEqual(Int32Array.of(3, -4));
  });

  it('knows computed tensors and refuses other element types', () => {
    expect(tfliteConstant({ ...tensor, type: 0, bytes: undefined })).toBeUndefined();
    expect(() => tfliteConstant({ ...tensor, type: 9, bytes: new Uint8Array(2) })).toThrow(/element type 9/);
  });
});
