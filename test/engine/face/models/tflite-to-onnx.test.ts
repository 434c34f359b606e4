import { Builder } from 'flatbuffers';
import { describe, expect, it } from 'vitest';
import { tfliteToOnnx } from '#engine/face/models/tflite-to-onnx.ts';
import { encodeOnnx } from '#engine/tensor/onnx/encode.ts';
import { openSession } from '#engine/tensor/sessions.ts';
import { recipeBytes } from './sources.ts';

interface Operation {
  /** Code below 127, or a custom operation's name. */
  readonly op: number | string;
  /** Constants beside the picture: int32 tensors. */
  readonly constants?: readonly (readonly number[])[];
  readonly outputDims: readonly number[];
}

/** A TFLite file of one operation on a picture [1, 4, 4, 1], written by flatbuffers' own builder. */
function tinyModel({ op, constants = [], outputDims }: Operation): Uint8Array {
  const b = new Builder(1024);
  const vector = (offsets: readonly number[]): number => {
    b.startVector(4, offsets.length, 4);
    for (const offset of [...offsets].reverse()) b.addOffset(offset);
    return b.endVector();
  };
  const int32s = (values: readonly number[]): number => {
    b.startVector(4, values.length, 4);
    for (const value of [...values].reverse()) b.addInt32(value);
    return b.endVector();
  };
  const table = (fields: readonly (readonly ['offset' | 'int32' | 'int8', number] | undefined)[]): number => {
    b.startObject(fields.length);
    fields.forEach((field, i) => {
      if (field === undefined) return;
      const [kind, value] = field;
      if (kind === 'offset') b.addFieldOffset(i, value, 0);
      else if (kind === 'int32') b.addFieldInt32(i, value, 0);
      else b.addFieldInt8(i, value, 0);
    });
    return b.endObject();
  };
  const bytesOf = (values: readonly number[]): number => {
    b.startVector(1, 4 * values.length, 4);
    for (const byte of new Uint8Array(Int32Array.from(values).buffer).reverse()) b.addInt8(byte);
    return b.endVector();
  };

  const buffers = vector([table([]), ...constants.map((values) => table([['offset', bytesOf(values)]]))]);
  const tensor = (name: string, dims: readonly number[], type: number, buffer: number): number => {
    const shape = int32s(dims);
    const label = b.createString(name);
    return table([
      ['offset', shape],
      ['int8', type],
      ['int32', buffer],
      ['offset', label],
    ]);
  };
  const INT32 = 2;
  const tensors = vector([
    tensor('in', [1, 4, 4, 1], 0, 0),
    tensor('out', outputDims, 0, 0),
    ...constants.map((values, i) => tensor(`c${i}`, [values.length], INT32, i + 1)),
  ]);
  const inputs = int32s([0, ...constants.map((_, i) => i + 2)]);
  const outputs = int32s([1]);
  const operators = vector([
    table([
      ['int32', 0],
      ['offset', inputs],
      ['offset', outputs],
    ]),
  ]);
  const graphInputs = int32s([0]);
  const graphOutputs = int32s([1]);
  const graphs = vector([
    table([
      ['offset', tensors],
      ['offset', graphInputs],
      ['offset', graphOutputs],
      ['offset', operators],
    ]),
  ]);
  const CUSTOM = 32;
  const custom = typeof op === 'string' ? b.createString(op) : undefined;
  const codes = vector([
    table([
      ['int8', typeof op === 'string' ? CUSTOM : op],
      custom === undefined ? undefined : (['offset', custom] as const),
    ]),
  ]);
  b.finish(table([['int32', 3], ['offset', codes], ['offset', graphs], undefined, ['offset', buffers]]), 'TFL3');
  return b.asUint8Array();
}

describe('tfliteToOnnx', () => {
  it.each([
    [9, 'operation 9'],
    ['SomebodysOwn', 'operation SomebodysOwn'],
  ])('refuses operation %s', (op, message) => {
    expect(() => tfliteToOnnx('tiny', tinyModel({ op, outputDims: [1, 4, 4, 1] }))).toThrow(
      `The model tiny uses ${message}, which the converter does not know.`,
    );
  });

  it('refuses a slice that leaves values out', () => {
    const slice = {
      op: 45,
      constants: [
        [0, 0, 0, 0],
        [1, 2, 4, 1],
        [1, 1, 1, 1],
      ],
    };
    expect(() => tfliteToOnnx('tiny', tinyModel({ ...slice, outputDims: [1, 2, 4, 1] }))).toThrow(/strided slice/);
    expect(() => tfliteToOnnx('tiny', tinyModel({ ...slice, outputDims: [1, 4, 4, 1] }))).not.toThrow();
  });

  it('converts what it knows', async () => {
    const RESIZE_BILINEAR = 23;
    const model = tinyModel({ op: RESIZE_BILINEAR, constants: [[8, 8]], outputDims: [1, 8, 8, 1] });
    await using session = await openSession(encodeOnnx(tfliteToOnnx('tiny', model)), { name: 'tiny' });
    const data = Float32Array.from({ length: 16 }, (_, i) => i % 4);
    const { out } = await session.run({ in: { dims: [1, 1, 4, 4], data } });
    // Neither aligned corners nor half pixels: output x lies at x / 2 of the input.
    expect(Array.from((out!.data as Float32Array).subarray(0, 8))).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3, 3]);
  });

  it('keeps names and shapes of the attention mesh', () => {
    const model = tfliteToOnnx('face-mesh', recipeBytes('face-mesh'));
    expect(model.inputs).toEqual([{ name: 'input_1', type: 'float32', dims: [1, 3, 192, 192] }]);
    expect(model.outputs.map(({ name, dims }) => [name, dims.at(-1)])).toEqual([
      ['output_mesh_identity', 1404],
      ['output_lips', 160],
      ['output_left_eye', 142],
      ['output_right_eye', 142],
      ['output_left_iris', 10],
      ['output_right_iris', 10],
      ['conv_faceflag', 1],
    ]);
  });
});
