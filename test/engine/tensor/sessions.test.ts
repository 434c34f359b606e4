import { describe, expect, it } from 'vitest';
import { InputError, UsageError } from '#engine/errors.ts';
import { floats } from '#engine/tensor/data.ts';
import { encodeOnnx } from '#engine/tensor/onnx/encode.ts';
import type { OnnxModel } from '#engine/tensor/onnx/model.ts';
import { openSession } from '#engine/tensor/sessions.ts';

const model: OnnxModel = {
  name: 'sum',
  opset: 20,
  inputs: [
    { name: 'a', type: 'float32', dims: [2, 2] },
    { name: 'b', type: 'float32', dims: [2] },
  ],
  outputs: [
    { name: 'sum', type: 'float32', dims: [2, 2] },
    { name: 'product', type: 'float32', dims: [2, 2] },
  ],
  nodes: [
    { op: 'Add', inputs: ['a', 'b'], outputs: ['sum'] },
    { op: 'Mul', inputs: ['a', 'b'], outputs: ['product'] },
  ],
  initializers: [],
};
const a = floats([2, 2], [1, 2, 3, 4]);
const b = floats([2], [10, 20]);

describe('openSession', () => {
  it('runs a model given as bytes and returns all or the asked outputs', async () => {
    await using session = await openSession(encodeOnnx(model), { name: 'sum' });
    expect(session.inputNames).toEqual(['a', 'b']);
    const all = await session.run({ a, b });
    expect(all['sum']).toEqual(floats([2, 2], [11, 22, 13, 24]));
    expect(all['product']).toEqual(floats([2, 2], [10, 40, 30, 80]));
    expect(Object.keys(await session.run({ a, b }, ['product']))).toEqual(['product']);
  });

  it('names the input that is missing, unknown, of the wrong shape or of the wrong type', async () => {
    await using session = await openSession(encodeOnnx(model), { name: 'sum' });
    await expect(session.run({ a })).rejects.toThrow('sum misses its input "b"');
    await expect(session.run({ a, b, c: b })).rejects.toThrow('no input "c"');
    await expect(session.run({ a, b: a })).rejects.toThrow('input "b" of sum has the shape [2], but [2,2] was given');
    await expect(session.run({ a, b: { dims: [2], data: new Int32Array(2) } })).rejects.toThrow(
      'input "b" of sum is float32, but int32 was given',
    );
    await expect(session.run({ a, b: { dims: [2], data: new Float32Array(3) } })).rejects.toThrow('carries 3 elements');
    await expect(session.run({ a, b }, ['difference'])).rejects.toThrow('no output "difference"');
  });

  it('refuses bytes that are no model, a file that is not there, and a closed session', async () => {
    await expect(openSession(new Uint8Array([1, 2, 3]), { name: 'junk' })).rejects.toThrow(InputError);
    await expect(openSession('/nowhere/model.onnx', { name: 'absent' })).rejects.toThrow('absent is not there');
    await expect(openSession(encodeOnnx(model), { name: 'sum', threads: 0 })).rejects.toThrow(UsageError);
    const session = await openSession(encodeOnnx(model), { name: 'sum' });
    await session[Symbol.asyncDispose]();
    await expect(session.run({ a, b })).rejects.toThrow('is closed');
  });
});
