/**
 * The synthetic tensors that the reference numbers of `test/reference/rgi` were made with: every tensor is a hash of
 * its name, so weights, pictures and label maps need no files. The rule stands in `full.json`, `meta`.
 */
import type { TensorData } from '#engine/tensor/data.ts';
import blocks from '../reference/rgi/blocks.json' with { type: 'json' };
import full from '../reference/rgi/full.json' with { type: 'json' };

/** u(name, i) in [0, 1): FNV-1a of the name, then an integer hash of the seed and the index. */
export function goldenUnits(name: string, count: number): Float64Array {
  let seed = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) seed = Math.imul(seed ^ byte, 0x01000193) >>> 0;
  const units = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    let x = (seed + Math.imul(index, 0x9e3779b9)) >>> 0;
    x ^= x >>> 16;
    x = Math.imul(x, 0x7feb352d);
    x ^= x >>> 15;
    x = Math.imul(x, 0x846ca68b);
    x ^= x >>> 16;
    units[index] = (x >>> 0) / 2 ** 32;
  }
  return units;
}

/** `offset + scale · (2u - 1)` for every element. */
export function goldenTensor(name: string, dims: readonly number[], scale = 1, offset = 0): TensorData {
  const count = dims.reduce((product, size) => product * size, 1);
  return { dims, data: Float32Array.from(goldenUnits(name, count), (u) => offset + scale * (2 * u - 1)) };
}

/** A picture of 16×16 blocks with fine noise: `[1,3,1024,1024]`. */
export function goldenImage(name: string): TensorData {
  const low = goldenTensor(name, [1, 3, 64, 64]).data as Float32Array;
  const high = goldenTensor(`${name}:hi`, [1, 3, 1024, 1024], 0.1).data as Float32Array;
  const data = new Float32Array(high.length);
  for (let channel = 0, at = 0; channel < 3; channel++)
    for (let y = 0; y < 1024; y++)
      for (let x = 0; x < 1024; x++, at++)
        data[at] = Math.fround(0.8 * low[channel * 4096 + (y >> 4) * 64 + (x >> 4)]!) + high[at]!;
  return { dims: [1, 3, 1024, 1024], data };
}

/** A 512×512 label map of 16×16 blocks with labels 0..11. */
export function goldenLabels(name: string): Uint8Array {
  const units = goldenUnits(name, 256);
  const labels = new Uint8Array(512 * 512);
  for (let y = 0; y < 512; y++)
    for (let x = 0; x < 512; x++) labels[y * 512 + x] = Math.floor(12 * units[(y >> 5) * 16 + (x >> 5)]!);
  return labels;
}

/** `[1,regions,size,size]` ones and zeros of a square label map. */
export function oneHotMap(labels: Uint8Array, size: number, regions: number): TensorData {
  const data = new Float32Array(regions * size * size);
  labels.forEach((label, at) => {
    data[label * size * size + at] = 1;
  });
  return { dims: [1, regions, size, size], data };
}

export interface ExplicitTensor {
  readonly shape: readonly number[];
  readonly data?: readonly number[];
  readonly synth?: { readonly name: string; readonly scale: number; readonly offset: number };
}

export interface BlockCase {
  readonly name: string;
  readonly note: string;
  readonly inputs: Readonly<Record<string, ExplicitTensor>>;
  readonly outputs: Readonly<Record<string, ExplicitTensor>>;
}

/** Summary of a large tensor: moments, and values at the flat indices `sample_index`. */
export interface Samples {
  readonly shape?: readonly number[];
  readonly mean?: number;
  readonly std?: number;
  readonly l2: number;
  readonly absmax?: number;
  readonly sample_index: readonly number[];
  readonly sample_value: readonly number[];
  /** Values at flat indices floor(j·N/509). */
  readonly extra_samples?: readonly number[];
}

export const blockCases = (blocks as unknown as { cases: BlockCase[] }).cases;

export const fullReference = full as unknown as {
  readonly results: Readonly<Record<string, unknown>>;
  readonly tensors: Readonly<Record<string, Readonly<Record<string, readonly [scale: number, offset: number]>>>>;
};

export function explicitTensor({ shape, data, synth }: ExplicitTensor): TensorData {
  if (synth !== undefined) return goldenTensor(synth.name, shape, synth.scale, synth.offset);
  return { dims: shape, data: Float32Array.from(data!) };
}
