/**
 * The networks of the rgi engine, run from imported packs. Sessions belong to one owner with a memory budget: they are
 * opened when a stage needs them and the ones used longest ago are closed for the next, so that a swap never holds all
 * networks at once.
 */
import path from 'node:path';
import { InputError, throwIfCancelled } from '#engine/errors.ts';
import { elementCount, type TensorData } from '#engine/tensor/data.ts';
import { candidates, type Fallback } from '#engine/tensor/device.ts';
import { Graph } from '#engine/tensor/graph.ts';
import { openTestedGraph } from '#engine/tensor/graph-session.ts';
import type { ParamResolver } from '#engine/tensor/lowering/lower.ts';
import type { ProviderId } from '#engine/tensor/providers.ts';
import { probeProviders } from '#engine/tensor/self-test.ts';
import { SelfTestCache } from '#engine/tensor/self-test-cache.ts';
import { SessionOwner } from '#engine/tensor/session-owner.ts';
import { type LocatedTensor, locateNetwork } from '#engine/weights/packs.ts';
import { openSafetensors } from '#engine/weights/safetensors.ts';
import type { DeviceId } from '#shared/settings.ts';
import type { StageNetwork } from './graphs.ts';

type Tensors = Readonly<Record<string, TensorData>>;

/** What stages need of the networks. */
export type NetworkRunner = Pick<RgiNetworks, 'run'>;

export interface RgiNetworksOptions {
  /** The folder of packs. */
  readonly packs: string;
  readonly device: DeviceId;
  readonly threads?: number | undefined;
  /** What open sessions may hold together, bytes. Default `SESSION_BUDGET`. */
  readonly budget?: number | undefined;
  /** File that remembers which devices have proven themselves. */
  readonly selfTests?: string | undefined;
  /** A safetensors file whose tensors take the place of those of the rgi network with the same keys: tuned weights. */
  readonly tuned?: string | undefined;
}

/** Enough for the largest network with another one, and with what a run needs beside it far below 6 GB in all. */
export const SESSION_BUDGET = 2_200_000_000;
/** What a session holds for each byte of weights: the file's pages, and copies in the layout that its kernels read. */
const HELD_BY_WEIGHT = 2.4;

export class RgiNetworks implements AsyncDisposable {
  readonly #options: RgiNetworksOptions;
  readonly #owner: SessionOwner;
  readonly #selfTests: SelfTestCache | undefined;
  readonly #fallbacks = new Map<ProviderId, Fallback>();
  /** Bytes of weights by network. */
  readonly #sizes = new Map<string, number>();
  readonly #providers = new Set<ProviderId>();
  #device: Promise<DeviceId> | undefined;

  constructor(options: RgiNetworksOptions) {
    this.#options = options;
    this.#owner = new SessionOwner(options.budget ?? SESSION_BUDGET);
    this.#selfTests = options.selfTests === undefined ? undefined : new SelfTestCache(options.selfTests);
  }

  /** Providers that run networks so far. */
  get providers(): readonly ProviderId[] {
    return [...this.#providers];
  }

  /** What `auto` passed over so far, with the reason of the first time. */
  get fallbacks(): readonly Fallback[] {
    return [...this.#fallbacks.values()];
  }

  /**
   * Runs a network once. A device is tested with the inputs of its first run.
   * @throws MissingPackError naming the pack, InputError when a pack is damaged, CancelledError
   */
  async run(network: StageNetwork, inputs: Tensors, signal?: AbortSignal): Promise<Tensors> {
    throwIfCancelled(signal);
    await using loan = await this.#borrow(network, inputs);
    // Messages that arrived while the session was opened, a cancel among them, come first.
    await new Promise((resolve) => setImmediate(resolve));
    throwIfCancelled(signal);
    const outputs = await loan.session.run(inputs);
    throwIfCancelled(signal);
    return outputs;
  }

  /** Closes what is open; it opens again with the next run. */
  async release(): Promise<void> {
    await this.#owner.closeIdle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owner[Symbol.asyncDispose]();
  }

  async #borrow(network: StageNetwork, inputs: Tensors) {
    const { packs, threads, tuned } = this.#options;
    return this.#owner.borrow({
      key: network.key,
      bytes: Math.round(HELD_BY_WEIGHT * this.#weightBytes(network)),
      open: async () => {
        const graph = new Graph(network.key);
        const outputs = network.build(graph);
        const weights = await locateWeights(network, packs, tuned);
        const { session, provider, fallbacks } = await openTestedGraph(graph, outputs, {
          params: weights.params,
          externalDataFolder: weights.folder,
          device: await this.#deviceToTry(),
          threads,
          // The arena would keep the largest tensors that the session ever saw: gigabytes, for a tenth of the time.
          arena: false,
          goldenInputs: inputs,
          cache: this.#selfTests,
        });
        this.#providers.add(provider);
        for (const fallback of fallbacks) this.#noteFallback(fallback);
        return session;
      },
    });
  }

  /** `auto` becomes `cpu` where no other provider works at all: they would be tried again for every network. */
  #deviceToTry(): Promise<DeviceId> {
    this.#device ??= (async () => {
      const { device } = this.#options;
      if (device !== 'auto') return device;
      const probes = await probeProviders(candidates(device).filter((id) => id !== 'cpu'));
      if (probes.some(({ selfTest }) => selfTest === 'passed')) return device;
      for (const { id, reason = 'it does not work' } of probes) this.#noteFallback({ provider: id, reason });
      return 'cpu';
    })();
    return this.#device;
  }

  #noteFallback(fallback: Fallback): void {
    if (!this.#fallbacks.has(fallback.provider)) this.#fallbacks.set(fallback.provider, fallback);
  }

  #weightBytes(network: StageNetwork): number {
    const known = this.#sizes.get(network.key);
    if (known !== undefined) return known;
    const graph = new Graph(network.key);
    network.build(graph);
    const bytes = graph.params().reduce((sum, { shape }) => sum + 4 * elementCount(shape), 0);
    this.#sizes.set(network.key, bytes);
    return bytes;
  }
}

interface StageWeights {
  readonly params: ParamResolver;
  readonly folder: string;
}

/** Where the weights of a network lie, those that were tuned in their own file. */
async function locateWeights(
  { weights }: StageNetwork,
  packs: string,
  tuned: string | undefined,
): Promise<StageWeights> {
  const located = new Map<string, LocatedTensor>();
  for (const { network, prefix } of weights) {
    const own = await locateNetwork(packs, network);
    const moved = network === 'rgi' && tuned !== undefined ? await tunedTensors(tuned, own) : undefined;
    for (const [key, tensor] of own) located.set(`${prefix}${key}`, moved?.get(key) ?? tensor);
  }
  const folder = commonFolder([path.resolve(packs), ...(tuned === undefined ? [] : [path.resolve(tuned)])]);
  return {
    folder,
    params: (name) => {
      const tensor = located.get(name);
      return tensor && { file: path.relative(folder, tensor.file), offset: tensor.offset, length: tensor.bytes };
    },
  };
}

/** The tensors of a tuning that the network has too. @throws InputError when one does not fit, or none is there */
async function tunedTensors(
  file: string,
  own: ReadonlyMap<string, LocatedTensor>,
): Promise<ReadonlyMap<string, LocatedTensor>> {
  await using opened = await openSafetensors(file);
  const found = new Map<string, LocatedTensor>();
  for (const tensor of opened.tensors.values()) {
    const base = own.get(tensor.name);
    if (base === undefined) continue;
    if (tensor.dtype !== base.dtype || tensor.shape.join() !== base.shape.join())
      throw new InputError(`"${tensor.name}" does not have the size that the network has.`, { file });
    found.set(tensor.name, { ...tensor, file: path.resolve(file) });
  }
  if (found.size === 0) throw new InputError('This file holds no tuned weights.', { file });
  return found;
}

/** The deepest folder that holds all of these. @throws InputError when they lie on different drives */
function commonFolder([first, ...others]: readonly string[]): string {
  let folder = first!;
  for (const other of others) {
    while (!isInside(other, folder)) {
      const above = path.dirname(folder);
      if (above === folder)
        throw new InputError('Tuned weights must lie on the drive of the model packs.', { file: other });
      folder = above;
    }
  }
  return folder;
}

function isInside(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return !path.isAbsolute(relative) && relative !== '..' && !relative.startsWith(`..${path.sep}`);
}
