/**
 * Weights that mean nothing, for measuring time and memory without a checkpoint: pseudo-random numbers of the size that
 * the network was initialised with, in a temporary safetensors file that the models point into.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Graph } from '#engine/tensor/graph.ts';
import type { ParamResolver } from '#engine/tensor/lowering/lower.ts';
import { openSafetensors } from '#engine/weights/safetensors.ts';
import { type TensorSource, writeSafetensors } from '#engine/weights/safetensors-writer.ts';

export interface SyntheticWeights extends AsyncDisposable {
  readonly folder: string;
  /** Numbers of one tensor, for those that are inputs. */
  readonly values: (name: string, shape: readonly number[]) => Float32Array;
  readonly resolve: ParamResolver;
}

/** First match counts: centre and half width of a uniform distribution. */
const RULES: readonly (readonly [key: RegExp, centre: number, half: number])[] = [
  // Residual branches of the identity network stay small: with large ones its features are noise, and nothing can be tuned.
  [/^arcface:body\.\d+\.res_layer\.4\.weight$/, 0.2, 0.05],
  [/running_var$/, 1, 0.1],
  [/running_mean$/, 0, 0.1],
  [/modulation\.bias$/, 1, 0.1],
  [/noise\.weight$/, 0, 0.1],
  [/noises\.|latent_avg$|input\.input$/, 0, 1],
  [/(input_layer|res_layer)\.2\.weight$/, 0.25, 0.05],
  [/lin\.\d+\.1\.weight$/, 0.1, 0.1],
  [/bias$/, 0, 0.1],
  // Equalised layers hold raw weights of variance 1.
  [/^(G|MLPs)\b.*weight$/, 0, Math.sqrt(3)],
];

/** Centre and half width of a uniform distribution. */
export interface Distribution {
  readonly centre: number;
  readonly half: number;
}

export function usualDistribution(name: string, shape: readonly number[]): Distribution {
  const rule = RULES.find(([key]) => key.test(name));
  if (rule !== undefined) return { centre: rule[1], half: rule[2] };
  const fanIn = shape.slice(1).reduce((product, size) => product * size, 1);
  return { centre: shape.length === 1 ? 1 : 0, half: Math.sqrt(3 / fanIn) };
}

/** Numbers of a tensor, always the same for its name. */
export function syntheticNumbers(
  name: string,
  shape: readonly number[],
  { centre, half } = usualDistribution(name, shape),
): Float32Array {
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
  let state = 2166136261;
  for (const letter of name) state = Math.imul(state ^ (letter.codePointAt(0) as number), 16777619) >>> 0;
  state ||= 1;
  for (let index = 0; index < data.length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    data[index] = centre + half * ((state >>> 0) / 2 ** 31 - 1);
  }
  return data;
}

/** Writes the weights of the graphs, without those named in `given`, which become inputs. */
export async function syntheticWeights(
  graphs: readonly Graph[],
  given: ReadonlySet<string> = new Set(),
): Promise<SyntheticWeights> {
  const folder = await mkdtemp(path.join(tmpdir(), 'e4s-bench-'));
  const sources = new Map<string, TensorSource>();
  for (const param of graphs.flatMap((graph) => graph.params())) {
    const { name } = param.attributes;
    if (given.has(name)) continue;
    const data = async function* (): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(syntheticNumbers(name, param.shape).buffer);
    };
    sources.set(name, { name, dtype: 'F32', shape: param.shape, data });
  }
  const file = path.join(folder, 'weights.safetensors');
  await writeSafetensors(file, [...sources.values()]);
  await using opened = await openSafetensors(file);
  const { tensors } = opened;
  return {
    folder,
    values: syntheticNumbers,
    resolve: (name) => {
      if (given.has(name)) return 'input';
      const tensor = tensors.get(name);
      return tensor && { file: 'weights.safetensors', offset: tensor.offset, length: tensor.bytes };
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
