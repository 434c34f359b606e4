/** Where the parameters of a graph come from: given files, or the imported packs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InputError } from '#engine/errors.ts';
import type { Graph } from '#engine/tensor/graph.ts';
import type { ParamResolver } from '#engine/tensor/lowering/lower.ts';
import type { ManifestTensor } from '#engine/weights/manifests.ts';
import { openTensorFile } from '#engine/weights/open.ts';
import { locateNetwork } from '#engine/weights/packs.ts';
import { openSafetensors, type StoredTensor } from '#engine/weights/safetensors.ts';
import { type TensorSource, writeSafetensors } from '#engine/weights/safetensors-writer.ts';
import { explainSelection, type Selection, selectNetwork } from '#engine/weights/select.ts';
import type { TensorEntry, TensorFile } from '#engine/weights/tensor-file.ts';
import type { NetworkWeights } from './definition.ts';

export interface ResolvedWeights extends AsyncDisposable {
  readonly params: ParamResolver;
  /** The folder that the parameters' files are relative to. */
  readonly folder: string;
}

/** Parameters below one prefix of a graph, by their keys without it. */
interface Part {
  readonly prefix: string;
  readonly tensors: ReadonlyMap<string, ManifestTensor>;
}

/**
 * Finds every parameter of a graph. One safetensors file is used where it lies; of checkpoints and several files, what
 * is needed is put into one temporary file, which goes with the result.
 * @param files weights files with upstream keys, with or without a part's prefix; the packs when there are none
 * @throws InputError naming what is missing or wrong, MissingPackError, StorageError, CancelledError
 */
export async function resolveWeights(
  graph: Graph,
  weights: readonly NetworkWeights[],
  files: readonly string[],
  packs: string,
  signal?: AbortSignal,
): Promise<ResolvedWeights> {
  if (files.length === 0) return fromPacks(weights, packs);
  await using opened = new AsyncDisposableFiles();
  for (const file of files) opened.files.push(await openTensorFile(file));
  const found = gather(opened.files, partsOf(graph, weights), graph.name);
  const [only] = opened.files;
  if (opened.files.length === 1 && only?.layout === 'safetensors') {
    const stored = new Map([...found].map(([name, { entry }]) => [name, entry as StoredTensor]));
    return inFile(path.resolve(only.file), stored, async () => undefined);
  }
  return await inTemporaryFile(found, signal);
}

class AsyncDisposableFiles implements AsyncDisposable {
  readonly files: TensorFile[] = [];
  async [Symbol.asyncDispose](): Promise<void> {
    for (const file of this.files) await file[Symbol.asyncDispose]();
  }
}

async function fromPacks(weights: readonly NetworkWeights[], packs: string): Promise<ResolvedWeights> {
  const params = new Map<string, { file: string; offset: number; length: number }>();
  for (const { network, prefix } of weights) {
    for (const [key, { file, offset, bytes }] of await locateNetwork(packs, network)) {
      params.set(`${prefix}${key}`, { file: path.relative(packs, file), offset, length: bytes });
    }
  }
  return { folder: packs, params: (name) => params.get(name), [Symbol.asyncDispose]: async () => undefined };
}

/** What a graph asks for, split by the prefixes that its networks have in it. */
function partsOf(graph: Graph, weights: readonly NetworkWeights[]): Part[] {
  const prefixes = [...new Set(weights.map(({ prefix }) => prefix))].sort((a, b) => b.length - a.length);
  const parts = new Map<string, Map<string, ManifestTensor>>();
  for (const { attributes, shape } of graph.params()) {
    const prefix = prefixes.find((text) => attributes.name.startsWith(text)) ?? '';
    const part = parts.get(prefix) ?? new Map<string, ManifestTensor>();
    part.set(attributes.name.slice(prefix.length), { shape, constant: false });
    parts.set(prefix, part);
  }
  return [...parts].map(([prefix, tensors]) => ({ prefix, tensors }));
}

interface Found {
  readonly file: TensorFile;
  readonly entry: TensorEntry;
}

/** Every parameter by its name in the graph. @throws InputError when one is missing or does not fit */
function gather(files: readonly TensorFile[], parts: readonly Part[], title: string): Map<string, Found> {
  const found = new Map<string, Found>();
  for (const { prefix, tensors } of parts) {
    const missing = new Set(tensors.keys());
    let closest: { file: TensorFile; selection: Selection } | undefined;
    for (const file of files) {
      const selection = selectPart(file, prefix, tensors, title);
      if (selection === undefined) continue;
      if (closest === undefined || selection.share > closest.selection.share) closest = { file, selection };
      for (const [key, entry] of selection.tensors) {
        if (missing.delete(key)) found.set(`${prefix}${key}`, { file, entry });
      }
    }
    if (missing.size === 0) continue;
    const wrong = closest?.selection.wrong ?? [];
    const wrongKeys = [...missing].filter((key) => wrong.some((text) => text.startsWith(`"${key}"`)));
    const reasons = { missing: [...missing].filter((key) => !wrongKeys.includes(key)), wrong };
    throw new InputError(
      `${files.length === 1 ? 'This file does' : 'These files do'} not hold "${title}": ${explainSelection(reasons)}.`,
      { file: closest?.file.file ?? files[0]?.file },
    );
  }
  return found;
}

/** One part in one file, under its own keys or under those of the graph. */
function selectPart(
  file: TensorFile,
  prefix: string,
  tensors: ReadonlyMap<string, ManifestTensor>,
  title: string,
): Selection | undefined {
  const bare = selectNetwork(file, { title, tensors });
  if (prefix === '') return bare;
  const own = selectNetwork(file, { title, tensors }, { renames: [[prefix, '']] });
  return own !== undefined && own.share > (bare?.share ?? 0) ? own : bare;
}

async function inTemporaryFile(
  found: ReadonlyMap<string, Found>,
  signal: AbortSignal | undefined,
): Promise<ResolvedWeights> {
  const folder = await mkdtemp(path.join(tmpdir(), 'e4s-weights-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const file = path.join(folder, 'weights.safetensors');
    const sources = [...found].map(
      ([name, { file: from, entry }]): TensorSource => ({
        name,
        dtype: entry.dtype,
        shape: entry.shape,
        data: () => from.chunks(entry, signal),
      }),
    );
    await writeSafetensors(file, sources, { signal });
    await using written = await openSafetensors(file);
    return inFile(file, written.tensors, remove);
  } catch (error) {
    await remove();
    throw error;
  }
}

function inFile(
  file: string,
  tensors: ReadonlyMap<string, StoredTensor>,
  dispose: () => Promise<void>,
): ResolvedWeights {
  return {
    folder: path.dirname(file),
    params: (name) => {
      const tensor = tensors.get(name);
      return tensor && { file: path.basename(file), offset: tensor.offset, length: tensor.bytes };
    },
    [Symbol.asyncDispose]: dispose,
  };
}
