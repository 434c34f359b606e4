/**
 * The official numbers of single networks with synthetic weights (`test/reference/networks`), and runs to hold against
 * them: weights, inputs and outputs travel through files, as with `e4s network run`.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import type { NetworkDefinition, NetworkWeights } from '#engine/networks/definition.ts';
import { NETWORKS } from '#engine/networks/index.ts';
import { runNetwork } from '#engine/networks/run-network.ts';
import { elementCount, type TensorData } from '#engine/tensor/data.ts';
import { networkManifest } from '#engine/weights/manifests.ts';
import { openSafetensors } from '#engine/weights/safetensors.ts';
import { type TensorSource, writeSafetensors } from '#engine/weights/safetensors-writer.ts';
import { goldenUnits } from './golden-tensors.ts';
import { type SynthesisRule, type SyntheticNetwork, syntheticWeight } from './synthetic-weights.ts';

/** What the reference keeps of a large tensor: its moments, and values at flat indices floor(j·N/48) and floor(j·N/509). */
export interface ReferenceTensor {
  readonly shape: readonly number[];
  readonly mean: number;
  readonly std: number;
  readonly samples: readonly number[];
  readonly extra_samples?: readonly number[];
}

/** How the weights are made: of one network, or by `<network>/` where several make one reference. */
export interface ReferenceRules {
  readonly rules: readonly SynthesisRule[] | Readonly<Record<string, readonly SynthesisRule[]>>;
}

/** The reference of one network; that of several differs in its rules alone. */
export interface NetworkReference extends ReferenceRules {
  readonly network: string;
  readonly rules: readonly SynthesisRule[];
  readonly outputs: Readonly<Record<string, ReferenceTensor>>;
}

/** @param name of a file in `test/reference/networks` @returns `Extra` types what is no large tensor */
export function networkReference<Extra = unknown>(name: string): NetworkReference & Extra {
  const file = new URL(`../reference/networks/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as NetworkReference & Extra;
}

/** Uniform numbers of [low, high). @param tag as the reference names it, for example `input:bisenet` */
export function uniformTensor(tag: string, dims: readonly number[], low: number, high: number): TensorData {
  return { dims, data: Float32Array.from(goldenUnits(tag, elementCount(dims)), (u) => low + (high - low) * u) };
}

export function networkNamed(name: string): NetworkDefinition {
  const network = NETWORKS.find((row) => row.name === name);
  if (network === undefined) throw new RangeError(`There is no network ${name}.`);
  return network;
}

/** Every weight of a network by the rules, under its key behind the prefix. */
function weightSources({ network, prefix }: NetworkWeights, reference: ReferenceRules): TensorSource[] {
  const { tensors } = networkManifest(network);
  const shapes = new Map([...tensors].map(([key, { shape }]) => [key, shape]));
  const { rules: given } = reference;
  const rules = 'length' in given ? (given as readonly SynthesisRule[]) : given[`${network}/`];
  if (rules === undefined) throw new RangeError(`There are no rules for ${network}.`);
  const synthetic: SyntheticNetwork = { network, rules, shapes };
  return [...shapes].flatMap(([key, shape]): TensorSource[] => {
    const mode = rules.find(([pattern]) => new RegExp(pattern).test(key))?.[1];
    if (mode === 'keep') return [];
    const data = async function* (): AsyncGenerator<Uint8Array> {
      const values = syntheticWeight(synthetic, key);
      if (values !== undefined) yield new Uint8Array(values.buffer);
    };
    return [{ name: `${prefix}${key}`, dtype: 'F32', shape, data }];
  });
}

/** A folder with the synthetic weights of one network, which runs it on any inputs. */
export class ReferenceRun implements AsyncDisposable {
  readonly #folder: string;
  readonly #network: NetworkDefinition;

  private constructor(folder: string, network: NetworkDefinition) {
    this.#folder = folder;
    this.#network = network;
  }

  static async open(network: NetworkDefinition, reference: ReferenceRules): Promise<ReferenceRun> {
    const folder = await mkdtemp(path.join(tmpdir(), 'e4s-reference-'));
    const sources = network.weights.flatMap((row) => weightSources(row, reference));
    await writeSafetensors(path.join(folder, 'weights.safetensors'), sources);
    return new ReferenceRun(folder, network);
  }

  /** The outputs for these inputs, on the CPU. */
  async run(inputs: Readonly<Record<string, TensorData>>): Promise<Record<string, TensorData>> {
    const [weights, given, out] = ['weights', 'in', 'out'].map((name) =>
      path.join(this.#folder, `${name}.safetensors`),
    ) as [string, string, string];
    await writeSafetensors(
      given,
      Object.entries(inputs).map(([name, { dims, data }]) => ({
        name,
        dtype: 'F32',
        shape: dims,
        data: new Uint8Array((data as Float32Array<ArrayBuffer>).buffer),
      })),
    );
    await runNetwork({
      network: this.#network,
      inputs: given,
      out,
      weights: [weights],
      packs: this.#folder,
      device: 'cpu',
    });
    await using written = await openSafetensors(out);
    const outputs: Record<string, TensorData> = {};
    for (const { name, shape, dtype } of written.tensors.values()) {
      const { buffer } = await written.read(name);
      const data = dtype === 'I64' ? new BigInt64Array(buffer as ArrayBuffer) : new Float32Array(buffer as ArrayBuffer);
      outputs[name] = { dims: shape, data };
    }
    return outputs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Shape, moments and every kept value, to `tolerance` times the standard deviation of the reference. */
export function expectReference(
  name: string,
  tensor: TensorData | undefined,
  expected: ReferenceTensor | undefined,
  tolerance = 1e-3,
): void {
  if (tensor === undefined || expected === undefined) throw new RangeError(`There is no tensor ${name}.`);
  expect(tensor.dims, name).toEqual(expected.shape);
  const data = tensor.data as Float32Array;
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  const std = Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length);
  const off = [expected.samples, expected.extra_samples ?? []].flatMap((values) =>
    values.map((value, j) => Math.abs((data[Math.floor((j * data.length) / values.length)] as number) - value)),
  );
  const worst = { mean: Math.abs(mean - expected.mean), std: Math.abs(std - expected.std), values: Math.max(...off) };
  for (const [what, difference] of Object.entries(worst))
    expect(difference / expected.std, `${name}: ${what}`).toBeLessThan(tolerance);
}
