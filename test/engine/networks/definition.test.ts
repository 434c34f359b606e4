/** What a network takes. */
import { describe, expect, it } from 'vitest';
import { checkNetworkInputs, type NetworkDefinition } from '#engine/networks/definition.ts';
import type { TensorData } from '#engine/tensor/data.ts';

const network: NetworkDefinition = {
  name: 'some-network',
  summary: '',
  inputs: {
    x: { shape: ['N', 3, 2], note: '' },
    strength: { shape: [1], note: '', optional: true },
    scale: { shape: [], note: '', optional: true },
  },
  outputs: {},
  weights: [],
  prepare: () => {
    throw new Error('It is not run.');
  },
};
const floats = (...dims: number[]): TensorData => ({
  dims,
  data: new Float32Array(dims.reduce((product, size) => product * size, 1)),
});

describe('the inputs of a network', () => {
  it('fit by name and size, and optional ones may be left out', () => {
    expect(checkNetworkInputs(network, { x: floats(2, 3, 2) })).toEqual({ x: floats(2, 3, 2) });
  });

  it('get the noted rank when axes of one in front are missing or too many', () => {
    const given = { x: floats(3, 2), strength: floats(), scale: floats(1, 1) };
    const dims = Object.entries(checkNetworkInputs(network, given)).map(([name, tensor]) => [name, tensor.dims]);
    expect(Object.fromEntries(dims)).toEqual({ x: [1, 3, 2], strength: [1], scale: [] });
  });

  it('become float32 when they are integers', () => {
    const x = { dims: [1, 3, 2], data: BigInt64Array.of(1n, 2n, 3n, -4n, 5n, 6n) };
    expect(checkNetworkInputs(network, { x })['x']?.data).toEqual(Float32Array.of(1, 2, 3, -4, 5, 6));
  });

  it.each<[string, Record<string, TensorData>, RegExp]>([
    ['one is missing', {}, /misses its input "x" \[N,3,2\]/],
    ['one has no such name', { x: floats(1, 3, 2), y: floats(1) }, /no input "y"; it has x, strength, scale/],
    ['a size differs', { x: floats(1, 2, 3) }, /"x" of some-network must be \[N,3,2\], not \[1,2,3\]/],
    ['axes in front are not one', { x: floats(2, 1, 3, 2) }, /must be \[N,3,2\], not \[2,1,3,2\]/],
    ['it is empty', { x: floats(0, 3, 2) }, /not \[0,3,2\]/],
    ['it is not finite', { x: { dims: [3, 2], data: Float32Array.of(0, 0, Number.NaN, 0, 0, 0) } }, /NaN at element 2/],
  ])('are refused when %s', (_, given, message) => {
    expect(() => checkNetworkInputs(network, given)).toThrow(message);
  });
});
