/** One network on given tensors: tensors and weights from files, outputs into a file. */
import { InputError, throwIfCancelled, UsageError } from '#engine/errors.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import type { Fallback } from '#engine/tensor/device.ts';
import { openTestedGraph } from '#engine/tensor/graph-session.ts';
import type { ProviderId } from '#engine/tensor/providers.ts';
import { SelfTestCache } from '#engine/tensor/self-test-cache.ts';
import type { Dtype } from '#engine/weights/dtypes.ts';
import { openSafetensors } from '#engine/weights/safetensors.ts';
import { type TensorSource, writeSafetensors } from '#engine/weights/safetensors-writer.ts';
import type { DeviceId } from '#shared/settings.ts';
import { checkNetworkInputs, type NetworkDefinition } from './definition.ts';
import { resolveWeights } from './resolve-weights.ts';

export interface NetworkRun {
  readonly network: NetworkDefinition;
  /** A safetensors file whose tensors are named like the network's inputs. */
  readonly inputs: string;
  readonly out: string;
  /** Weights files of any layout with upstream keys; the imported packs when there are none. */
  readonly weights: readonly string[];
  /** The folder of packs. */
  readonly packs: string;
  readonly device: DeviceId;
  /** File that remembers which devices have proven themselves; without it they prove themselves on every run. */
  readonly selfTests?: string | undefined;
  readonly saveGradients?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface NetworkResult {
  /** What ran it, and what `auto` passed over, with reasons. */
  readonly provider: ProviderId;
  readonly fallbacks: readonly Fallback[];
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
  const read = await readTensors(request.inputs);
  let given: Readonly<Record<string, TensorData>>;
  try {
    given = checkNetworkInputs(network, read);
  } catch (error) {
    throw error instanceof InputError ? new InputError(error.message, { file: request.inputs, cause: error }) : error;
  }
  const began = performance.now();
  const { graph, outputs, feeds } = network.prepare(given, { saveGradients: request.saveGradients ?? false });
  const built = performance.now();
  await using weights = await resolveWeights(graph, network.weights, request.weights, request.packs, signal);
  throwIfCancelled(signal);
  // Outputs are named apart inside the model: gradients carry the names of their weights.
  const inner = Object.fromEntries(Object.entries(outputs).map(([name, value]) => [`${RESULT_PREFIX}${name}`, value]));
  const { session, provider, fallbacks } = await openTestedGraph(graph, inner, {
    params: weights.params,
    externalDataFolder: weights.folder,
    device: request.device,
    // The given tensors are valid in every way that matters to the graph, such as positions that do not repeat.
    goldenInputs: feeds,
    cache: request.selfTests === undefined ? undefined : new SelfTestCache(request.selfTests),
  });
  await using running = session;
  throwIfCancelled(signal);
  const opened = performance.now();
  const results = Object.entries(await running.run(feeds));
  const found = Object.fromEntries(results.map(([name, tensor]) => [name.slice(RESULT_PREFIX.length), tensor]));
  const ended = performance.now();
  throwIfCancelled(signal);
  await writeSafetensors(request.out, Object.entries(found).map(toSource), {
    metadata: { network: network.name },
    signal,
  });
  return {
    provider,
    fallbacks,
    outputs: Object.fromEntries(Object.entries(found).map(([name, { dims }]) => [name, { dims }])),
    milliseconds: { build: built - began, open: opened - built, run: ended - opened },
  };
}

const RESULT_PREFIX = 'result:';

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
