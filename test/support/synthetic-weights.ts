/**
 * Synthetic weights of the networks outside the RGI core. Every number is a hash of its tensor's name and index
 * (`goldenUnits`); how it is scaled, the first rule says whose pattern is found in the key.
 */
import { goldenUnits } from './golden-tensors.ts';

export const MODES = ['uniform', 'fanin', 'const', 'keep', 'su', 'sv'] as const;

/**
 * `uniform`: offset + scale · (u - 0.5); `fanin`: the same with scale / √(elements per output channel); `const`: offset;
 * `keep`: the network's own constant; `su`, `sv`: the vectors of spectral normalisation.
 */
export type SynthesisRule = readonly [pattern: string, mode: (typeof MODES)[number], scale: number, offset: number];

export interface SyntheticNetwork {
  readonly network: string;
  readonly rules: readonly SynthesisRule[];
  /** Shapes by key; needed for the vectors of spectral normalisation, which depend on their weight. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

/**
 * One tensor in float32, computed in float64; undefined where the rule is `keep`.
 * @throws RangeError when no rule fits the key
 */
export function syntheticWeight(net: SyntheticNetwork, key: string): Float32Array | undefined {
  const values = synthesise(net, key);
  return values && Float32Array.from(values);
}

function synthesise(net: SyntheticNetwork, key: string): Float64Array | undefined {
  const shape = net.shapes.get(key);
  const rule = net.rules.find(([pattern]) => new RegExp(pattern).test(key));
  if (shape === undefined || rule === undefined) throw new RangeError(`There is no rule for ${net.network}/${key}.`);
  const [, mode, scale, offset] = rule;
  const count = shape.reduce((product, size) => product * size, 1);
  const units = (): Float64Array => goldenUnits(`${net.network}/${key}`, count);
  switch (mode) {
    case 'uniform':
      return units().map((u) => offset + scale * (u - 0.5));
    case 'fanin': {
      const width = shape.slice(1).reduce((product, size) => product * size, 1);
      return units().map((u) => offset + (scale / Math.sqrt(width)) * (u - 0.5));
    }
    case 'const':
      return new Float64Array(count).fill(offset);
    case 'keep':
      return undefined;
    case 'su':
    case 'sv':
      return spectralVectors(net, key.replace(/_[uv]$/, ''))[mode];
  }
}

/** One step of power iteration from a start that is a hash too: v = normalise(Wᵀu0), u = normalise(Wv). */
function spectralVectors(net: SyntheticNetwork, key: string): { su: Float64Array; sv: Float64Array } {
  const weight = synthesise(net, `${key}_orig`);
  const rows = net.shapes.get(`${key}_orig`)?.[0];
  if (weight === undefined || rows === undefined) throw new RangeError(`There is no weight for ${key}.`);
  const columns = weight.length / rows;
  const start = normalise(goldenUnits(`${net.network}/${key}_u`, rows).map((u) => u - 0.5));
  const sv = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      sv[column] = sv[column]! + weight[row * columns + column]! * start[row]!;
    }
  }
  normalise(sv);
  const su = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    let sum = 0;
    for (let column = 0; column < columns; column++) sum += weight[row * columns + column]! * sv[column]!;
    su[row] = sum;
  }
  return { su: normalise(su), sv };
}

/** Scales a vector in place to length 1. */
function normalise(vector: Float64Array): Float64Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  for (let index = 0; index < vector.length; index++) vector[index] = vector[index]! / length;
  return vector;
}
