/** Which engine swaps: the one that was asked for, or the best one that can. */
import type { FaceAnalyser } from '#engine/face/faces.ts';
import { findHome } from '#engine/files/home.ts';
import { loadSettings } from '#engine/files/settings-store.ts';
import { listPacks } from '#engine/weights/packs.ts';
import type { DeviceId, EngineId, SwapSettings } from '#shared/settings.ts';
import { type ClassicStages, createClassicStages } from './classic/classic-stages.ts';
import type { EngineStages, SwappedPair } from './engine-stages.ts';
import { openRgi, type RgiContext, rgiUnavailable } from './rgi/context.ts';
import type { EncodedFace } from './rgi/frame-preparation.ts';
import { type RgiReadiness, rgiReadiness, weightsOf } from './rgi/readiness.ts';
import { createRgiStages, parsed, type RgiStages } from './rgi/rgi-stages.ts';
import { type PairExtras, type PairSide, readPair, runPair } from './run-pair.ts';
import type { StageRunner } from './stage-runner.ts';

/** An engine with its types closed in. */
export interface Engine {
  readonly id: EngineId;
  /** Side of every crop, where the engine works at one size only. */
  readonly cropSize: number | undefined;
  /** @throws UsageError for several sources where the engine takes one */
  run(
    target: PairSide,
    source: PairSide,
    settings: SwapSettings,
    runner: StageRunner,
    extras: PairExtras,
  ): Promise<SwappedPair>;
  /** For an engine with style vectors: both faces of a pair as the encoder knows them. */
  readonly encode?: (target: PairSide, source: PairSide, runner: StageRunner) => Promise<EncodedPair>;
  /** Closes its sessions until they are needed again. */
  readonly rest?: () => Promise<void>;
}

/** The faces of a pair with labels and style vectors; the source driven by the target. */
export interface EncodedPair {
  readonly target: EncodedFace;
  readonly driven: EncodedFace;
}

export interface EnginesOptions {
  readonly threads?: number | undefined;
  /** Where the networks of the rgi engine run; asked for with every swap. Default: what the saved settings say. */
  readonly device?: (() => Promise<DeviceId>) | undefined;
}

const closed = <Face, Driven, Exchanged, Generated, Recolored, Source>(
  stages: EngineStages<Face, Driven, Exchanged, Generated, Recolored, Source>,
): Engine => ({
  id: stages.id,
  cropSize: stages.cropSize,
  run: (target, source, settings, runner, extras) => runPair(stages, target, source, settings, runner, extras),
});

const closedRgi = (stages: RgiStages, context: RgiContext): Engine => ({
  ...closed(stages),
  async encode(target, source, runner) {
    const pair = await readPair(stages, target, source, runner);
    return { target: pair.target, driven: parsed(pair.driven) };
  },
  rest: () => context.networks.release(),
});

/** Sessions that nobody used for so long are closed: they hold gigabytes. */
const IDLE_MS = 120_000;

/** The device that the saved settings name. */
export const savedDevice = async (): Promise<DeviceId> => (await loadSettings(findHome())).value.device;

interface OpenRgi {
  /** The packs and the device that it was opened with. */
  readonly key: string;
  readonly context: RgiContext;
  readonly engine: Engine;
}

/** What results of the rgi engine depend on besides pictures and settings. */
const rgiKey = (readiness: RgiReadiness, device: DeviceId): string => JSON.stringify([device, weightsOf(readiness)]);

/**
 * The choice of an engine: `auto` is rgi where its packs are there, else classic.
 * @returns what rgi is ready for where it is the choice, else undefined
 * @throws MissingPackError when rgi is asked for and cannot run
 */
export async function chooseEngine(wanted: SwapSettings['engine'], packs: string): Promise<RgiReadiness | undefined> {
  if (wanted === 'classic') return undefined;
  const readiness = rgiReadiness(await listPacks(packs));
  if (readiness.ready) return readiness;
  if (wanted === 'rgi') throw rgiUnavailable(readiness);
  return undefined;
}

export class Engines implements AsyncDisposable {
  readonly #analyser: FaceAnalyser;
  readonly #options: EnginesOptions;
  readonly #onRgiChanged: () => void;
  #classic: ClassicStages | undefined;
  #rgi: OpenRgi | undefined;
  #idle: NodeJS.Timeout | undefined;

  /** @param onRgiChanged what the rgi engine made so far is not what it would make now */
  constructor(analyser: FaceAnalyser, options: EnginesOptions, onRgiChanged: () => void) {
    this.#analyser = analyser;
    this.#options = options;
    this.#onRgiChanged = onRgiChanged;
  }

  get classicStages(): ClassicStages {
    this.#classic ??= createClassicStages(this.#analyser);
    return this.#classic;
  }

  /** The engine for a swap. @throws MissingPackError as `chooseEngine` */
  async choose(wanted: SwapSettings['engine']): Promise<Engine> {
    const rgi = await chooseEngine(wanted, findHome().packs);
    return rgi ? (await this.#openRgi(rgi)).engine : closed(this.classicStages);
  }

  /** For a swap: once it is over, sessions may be closed after a while, unless another swap comes first. */
  restAfterwards(): Disposable {
    clearTimeout(this.#idle);
    return { [Symbol.dispose]: () => this.#rest() };
  }

  #rest(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      // A session that cannot be closed is no concern of whoever swapped last.
      this.#rgi?.context.networks.release().catch((error: unknown) => console.error(error));
    }, IDLE_MS);
    this.#idle.unref();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#idle);
    await this.#rgi?.context[Symbol.asyncDispose]();
    this.#rgi = undefined;
  }

  async #openRgi(readiness: RgiReadiness): Promise<OpenRgi> {
    const { threads, device: ask = savedDevice } = this.#options;
    const device = await ask();
    const key = rgiKey(readiness, device);
    if (this.#rgi?.key === key) return this.#rgi;
    await this.#rgi?.context[Symbol.asyncDispose]();
    if (this.#rgi) this.#onRgiChanged();
    const context = await openRgi({ device, threads });
    this.#rgi = { key, context, engine: closedRgi(createRgiStages(context), context) };
    return this.#rgi;
  }
}
