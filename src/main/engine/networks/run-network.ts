/** One network on given tensors: tensors and weights from files, outputs into a file. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InputError, throwIfCancelled, UsageError } from '#engine/errors.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import type { Graph } from '#engine/tensor/graph.ts';
import { openGraph } from '#engine/tensor/graph-session.ts';
import type { ParamResolver } from '#engine/tensor/lowering/lower.ts';
import { convertSelection } from '#engine/weights/convert.ts';
import type { Dtype } from '#engine/weights/dtypes.ts';
import type { NetworkManifest } from '#engine/weights/manifests.ts';
import { openTensorFile } from '#engine/weights/open.ts';
import { locateNetwork } from '#engine/weights/packs.ts';
import { openSafetensors, type StoredTensor } from '#engine/weights/safetensors.ts';
import { type TensorSource, writeSafetensors } from '#engine/weights/safetensors-writer.ts';
import { explainSelection, isComplete, selectNetwork } from '#engine/weights/select.ts';
import type { DeviceId } from '#shared/settings.ts';
import { checkNetworkInputs, type NetworkDefinition } from './definition.ts';

export interface NetworkRun {
  readonly network: NetworkDefinition;
  /** A safetensors file whose tensors are named like the network's inputs. */
  readonly inputs: string;
  readonly out: string;
  /** Any weights file with upstream keys; the imported packs when absent. */
  readonly weights?: string | undefined;
  /** The folder of packs. */
  readonly packs: string;
  readonly device: DeviceId;
  readonly saveGradients?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface NetworkResult {
  readonly outputs: Readonly<Record<string, { readonly dims: readonly number[] }>>;
  /** Building the graph, opening it, and the run itself. */
  readonly milliseconds: { readonly build: number; readonly open: number; readonly run: number };
}

/**
 * Runs a network once and writes its outputs as safetensors.
 * @throws InputError naming the file and the tensor, MissingPackError, StorageError, CancelledError
 */
export async function runNetwork(request: NetworkRun): Promise<NetworkResult> {
  const { network, signal } = request;
  const given = await readTensors(request.inputs);
  try {
    checkNetworkInputs(network, given);
  } catch (error) {
    throw error instanceof InputError ? new InputError(error.message, { file: request.inputs, cause: error }) : error;
  }
  const began = performance.now();
  const { graph, outputs, feeds } = network.prepare(given, { saveGradients: request.saveGradients ?? false });
  const built = performance.now();
  await using weights = await resolveWeights(request, graph);
  throwIfCancelled(signal);
  await using session = await openGraph(graph, outputs, {
    params: weights.params,
    externalDataFolder: weights.folder,
    device: request.device,
  });
  throwIfCancelled(signal);
  const opened = performance.now();
  const found = await session.run(feeds);
  const ended = performance.now();
  throwIfCancelled(signal);
  await writeSafetensors(request.out, Object.entries(found).map(toSource), {
    metadata: { network: network.name },
    signal,
  });
  return {
    outputs: Object.fromEntries(Object.entries(found).map(([name, { dims }]) => [name, { dims }])),
    milliseconds: { build: built - began, open: opened - built, run: ended - opened },
  };
}

/** Element types that travel between files and graphs. */
const ARRAYS = {
  F32: Float32Array,
  I64: BigInt64Array,
  I32: Int32Array,
  U8: Uint8Array,
} as const satisfies Partial<Record<Dtype, unknown>>;

async function readTensors(file: string): Promise<Record<string, TensorData>> {
  await using opened = await openSafetensors(file);
  const tensors: Record<string, TensorData> = {};
  for (const { name, dtype, shape } of opened.tensors.values()) {
    if (!Object.hasOwn(ARRAYS, dtype))
      throw new InputError(`The tensor "${name}" is ${dtype}; F32 is needed.`, { file });
    const bytes = await opened.read(name);
    tensors[name] = { dims: shape, data: new ARRAYS[dtype as keyof typeof ARRAYS](bytes.buffer as ArrayBuffer) };
  }
  return tensors;
}

function toSource([name, { dims, data }]: [string, TensorData]): TensorSource {
  const dtype = (Object.keys(ARRAYS) as (keyof typeof ARRAYS)[]).find((key) => data instanceof ARRAYS[key]);
  if (dtype === undefined) throw new UsageError(`The output "${name}" has a type that no file holds.`);
  return { name, dtype, shape: dims, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

interface ResolvedWeights extends AsyncDisposable {
  readonly params: ParamResolver;
  /** The folder that the parameters' files are relative to. */
  readonly folder: string;
}

async function resolveWeights(request: NetworkRun, graph: Graph): Promise<ResolvedWeights> {
  if (request.weights === undefined) return fromPacks(request.packs, request.network);
  return fromFile(request.weights, wantedBy(graph), request.signal);
}

const nothingToDo = async (): Promise<void> => undefined;

async function fromPacks(packs: string, network: NetworkDefinition): Promise<ResolvedWeights> {
  const located = await Promise.all(network.weights.map((id) => locateNetwork(packs, id)));
  const tensors = new Map(located.flatMap((map) => [...map]));
  return {
    folder: packs,
    params: (name) => {
      const tensor = tensors.get(name);
      return tensor && { file: path.relative(packs, tensor.file), offset: tensor.offset, length: tensor.bytes };
    },
    [Symbol.asyncDispose]: nothingToDo,
  };
}

/** The parameters of a graph as a manifest: what it asks for is what a file must hold. */
function wantedBy(graph: Graph): NetworkManifest {
  const tensors = graph.params().map(({ attributes, shape }) => [attributes.name, { shape, constant: false }] as const);
  return { title: graph.name, tensors: new Map(tensors) };
}

/** A safetensors file is used where it lies; a checkpoint is converted for the time of the run. */
async function fromFile(
  file: string,
  wanted: NetworkManifest,
  signal: AbortSignal | undefined,
): Promise<ResolvedWeights> {
  await using opened = await openTensorFile(file);
  const selection = selectNetwork(opened, wanted);
  if (selection === undefined) throw new InputError('There are no tensors in this file.', { file });
  if (!isComplete(selection)) {
    throw new InputError(`This file does not hold "${wanted.title}": ${explainSelection(selection)}.`, { file });
  }
  if (opened.layout === 'safetensors') {
    const tensors = selection.tensors as ReadonlyMap<string, StoredTensor>;
    return at(path.resolve(file), (name) => tensors.get(name), nothingToDo);
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'e4s-weights-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const converted = path.join(folder, 'weights.safetensors');
    await convertSelection(opened, selection, wanted.title, converted, { signal });
    await using result = await openSafetensors(converted);
    const { tensors } = result;
    return at(converted, (name) => tensors.get(name), remove);
  } catch (error) {
    await remove();
    throw error;
  }
}

function at(
  file: string,
  find: (name: string) => StoredTensor | undefined,
  dispose: () => Promise<void>,
): ResolvedWeights {
  return {
    folder: path.dirname(file),
    params: (name) => {
      const tensor = find(name);
      return tensor && { file: path.basename(file), offset: tensor.offset, length: tensor.bytes };
    },
    [Symbol.asyncDispose]: dispose,
  };
}
