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

/** Writes every parameter of the graphs once. @param net one of `rgi disc arcface unet lpips` */
export async function writeGoldenFile(net: string, graphs: readonly Graph[]): Promise<GoldenFile> {
  const folder = await mkdtemp(path.join(tmpdir(), 'e4s-golden-'));
  const sources = new Map<string, TensorSource>();
  for (const param of graphs.flatMap((graph) => graph.params())) {
    const { name } = param.attributes;
    const data = async function* (): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(goldenWeight(net, name, param.shape).buffer);
    };
    sources.set(name, { name, dtype: 'F32', shape: param.shape, data });
  }
  await writeSafetensors(path.join(folder, 'weights.safetensors'), [...sources.values()]);
  const file: SafetensorsFile = await openSafetensors(path.join(folder, 'weights.safetensors'));
  return {
    folder,
    resolve: (name) => {
      const tensor = file.tensors.get(name);
      return tensor && { file: 'weights.safetensors', offset: tensor.offset, length: tensor.bytes };
    },
    [Symbol.asyncDispose]: async () => {
      await file[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
