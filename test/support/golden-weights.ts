/** Synthetic weights as files: what a graph asks for, written where ONNX external data can point at it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Graph } from '#engine/tensor/graph.ts';
import type { ParamResolver } from '#engine/tensor/lowering/lower.ts';
import { openSafetensors, type SafetensorsFile } from '#engine/weights/safetensors.ts';
import { type TensorSource, writeSafetensors } from '#engine/weights/safetensors-writer.ts';
import { fullReference, goldenTensor } from './golden-tensors.ts';

/** A weight of one of the reference networks, by the rule of `full.json`. */
export function goldenWeight(net: string, key: string, shape: readonly number[]): Float32Array {
  const rule = fullReference.tensors[net]?.[key];
  if (rule === undefined) throw new RangeError(`no rule for ${net}:${key}`);
  return goldenTensor(`${net}:${key}`, shape, rule[0], rule[1]).data as Float32Array;
}

/** A temporary safetensors file with the weights that a graph asks for. */
export interface GoldenFile extends AsyncDisposable {
  readonly folder: string;
  readonly resolve: ParamResolver;
}

/** Reference network and key behind a parameter of a training graph. */
function origin(name: string): readonly [net: string, key: string] {
  const prefix = /^(lpips|arcface|parsing):/.exec(name)?.[1];
  if (prefix === undefined) return ['rgi', name];
  return [prefix === 'parsing' ? 'unet' : prefix, name.slice(prefix.length + 1)];
}

/** Writes the weights of a graph once. @param net one of `rgi disc arcface unet lpips` */
export const writeGoldenFile = (net: string, graphs: readonly Graph[]): Promise<GoldenFile> =>
  writeFile(graphs, (name) => [net, name], new Set());

/** Writes the frozen weights of a training graph; those in `given` become inputs. */
export const writeTrainingFile = (graph: Graph, given: ReadonlySet<string>): Promise<GoldenFile> =>
  writeFile([graph], origin, given);

async function writeFile(
  graphs: readonly Graph[],
  originOf: typeof origin,
  given: ReadonlySet<string>,
): Promise<GoldenFile> {
  const folder = await mkdtemp(path.join(tmpdir(), 'e4s-golden-'));
  const sources = new Map<string, TensorSource>();
  for (const param of graphs.flatMap((graph) => graph.params())) {
    const { name } = param.attributes;
    if (given.has(name)) continue;
    const data = async function* (): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(goldenWeight(...originOf(name), param.shape).buffer);
    };
    sources.set(name, { name, dtype: 'F32', shape: param.shape, data });
  }
  await writeSafetensors(path.join(folder, 'weights.safetensors'), [...sources.values()]);
  const file: SafetensorsFile = await openSafetensors(path.join(folder, 'weights.safetensors'));
  return {
    folder,
    resolve: (name) => {
      if (given.has(name)) return 'input';
      const tensor = file.tensors.get(name);
      return tensor && { file: 'weights.safetensors', offset: tensor.offset, length: tensor.bytes };
    },
    [Symbol.asyncDispose]: async () => {
      await file[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
