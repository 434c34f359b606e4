/**
 * The machine behind tuning a clip: it holds the state, opens the graph that an update needs, prepares the features of
 * the targets, and renders what the weights of the moment make of a frame. Which update comes next is not its business.
 */
import type { RegionForm } from '#engine/networks/region-conv.ts';
import type { RegionCapacities } from '#engine/networks/region-layout.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import type { Graph, Value } from '#engine/tensor/graph.ts';
import { openGraph } from '#engine/tensor/graph-session.ts';
import type { ParamResolver } from '#engine/tensor/lowering/lower.ts';
import type { TensorSession } from '#engine/tensor/sessions.ts';
import type { DeviceId } from '#shared/settings.ts';
import { coarseDetail } from './coarse-detail.ts';
import { KeptTensors, type NamedTensors } from './kept-tensors.ts';
import {
  HalfOverflowError,
  type Numbers,
  type OnNotice,
  type Precision,
  PrecisionChoice,
  type PrecisionWish,
} from './precision.ts';
import { type PtiStepOptions, ptiEvaluation, ptiStep } from './pti-step.ts';
import type { NextUpdate, TuningScale } from './schedule.ts';
import { type FeatureStore, targetFeatures } from './target-features.ts';
import { isTunable } from './trainable.ts';
import { checkFrame, clipRegions, frameInputs, type TuningFrame, type TuningFrames } from './tuning-frames.ts';
import type { Evaluation, TuningMachine } from './tuning-loop.ts';
import { TuningRun, type TuningState, type UpdateReport } from './tuning-run.ts';

export interface TunerOptions {
  readonly frames: TuningFrames;
  /** Where the frozen weights are; trained ones come from the state. */
  readonly params: ParamResolver;
  readonly folder?: string | undefined;
  /** Every trained tensor with its moments. */
  readonly state: TuningState;
  /** The trained weights that the coarse scale takes as the truth about what it leaves out: those tuning began with. */
  readonly base: NamedTensors;
  /** Side of the pictures, and of the generator's output. */
  readonly size: number;
  /** Side at coarse scale. */
  readonly coarseSize: number;
  readonly recolorLambda: number;
  readonly features: FeatureStore;
  readonly device?: DeviceId | undefined;
  /** How masked layers are computed; `reference` and features per target are upstream's way, for measurements. */
  readonly form?: RegionForm['kind'] | undefined;
  readonly featuresPerTarget?: boolean | undefined;
  /** Default `auto`. */
  readonly precision?: PrecisionWish | undefined;
  /** Hears which precision is used and why, where the provider leaves a choice. */
  readonly onNotice?: OnNotice | undefined;
}

/** Up to this side freed memory is kept from update to update. */
const ARENA_SIZE = 256;
/** Room for frame inputs and features that are used again and again. */
const KEPT_BYTES = 1e9;

/** Opened networks that make the features of a frame. */
interface FeatureMaker extends AsyncDisposable {
  make(frame: TuningFrame): Promise<NamedTensors>;
}

const scalar = (value: number): TensorData => ({ dims: [], data: Float32Array.of(value) });

export class Tuner implements TuningMachine, AsyncDisposable {
  readonly #options: Omit<TunerOptions, 'state'>;
  readonly #forms: Readonly<Record<TuningScale, RegionForm>>;
  /** Regions that no frame has. */
  readonly #absent: readonly number[];
  readonly #precision: PrecisionChoice;
  readonly #kept = new KeptTensors(KEPT_BYTES);
  /** Tensors that the open run does not train, and all of them while no run is open. */
  #state: TuningState;
  #open: { readonly key: string; readonly run: TuningRun } | undefined;
  #evaluation: TensorSession | undefined;

  private constructor(
    { state, ...options }: TunerOptions,
    forms: Readonly<Record<TuningScale, RegionForm>>,
    absent: readonly number[],
    precision: PrecisionChoice,
  ) {
    this.#options = options;
    this.#precision = precision;
    this.#forms = forms;
    this.#absent = absent;
    this.#state = state;
  }

  /** Reads the label maps of all frames. @throws UsageError when a frame does not fit */
  static async open(options: TunerOptions): Promise<Tuner> {
    const { frames, size, coarseSize, precision: wish = 'auto', device, onNotice, state } = options;
    checkFrame(0, await frames.read(0), size);
    const precision = await PrecisionChoice.open({ wish, device, decided: state.precision, onNotice });
    if (options.form === 'reference')
      return new Tuner(options, { full: { kind: 'reference' }, coarse: { kind: 'reference' } }, [], precision);
    const { capacities, absent } = await clipRegions(frames, [size, coarseSize]);
    const [full, coarse] = capacities;
    const exact = (capacities: RegionCapacities | undefined): RegionForm => ({
      kind: 'exact',
      capacities: capacities as RegionCapacities,
    });
    return new Tuner(options, { full: exact(full), coarse: exact(coarse) }, absent, precision);
  }

  get updates(): number {
    return this.#open?.run.updates ?? this.#state.updates;
  }

  /**
   * Makes the features that a stage needs, as far as they are not on disk.
   * @param onFrame called before each frame @throws StorageError when they cannot be written
   */
  async prepare(scale: TuningScale, frames: readonly number[], onFrame?: (done: number) => void): Promise<void> {
    const size = this.#sizeAt(scale);
    const { features, frames: clip } = this.#options;
    let maker: FeatureMaker | undefined;
    try {
      for (const [done, index] of frames.entries()) {
        onFrame?.(done);
        const frame = await clip.read(index);
        checkFrame(index, frame, this.#options.size);
        if (await features.has(index, size, frame)) continue;
        maker ??= await this.#featureMaker(scale);
        await features.write(index, size, frame, await maker.make(frame));
      }
    } finally {
      await maker?.[Symbol.asyncDispose]();
    }
  }

  /**
   * One update.
   * @param keep gets the state before the update, once it is known to be good
   * @throws DivergedError, and what reading a frame throws; the state is then the one before
   */
  async update(
    { stage, frame }: Pick<NextUpdate, 'stage' | 'frame'>,
    learningRate: number,
    keep?: (state: TuningState) => Promise<void>,
  ): Promise<UpdateReport> {
    const found = await this.#updated({ stage, frame }, learningRate, keep);
    if (!(found instanceof HalfOverflowError)) return found;
    await this.#precision.overflowed(graphKey(stage), found);
    const again = await this.#updated({ stage, frame }, learningRate, keep);
    if (again instanceof HalfOverflowError) throw again;
    return again;
  }

  async #updated(
    { stage, frame }: Pick<NextUpdate, 'stage' | 'frame'>,
    learningRate: number,
    keep?: (state: TuningState) => Promise<void>,
  ): Promise<UpdateReport | HalfOverflowError> {
    const precision = this.#precision.of(graphKey(stage)) ?? (await this.#choosePrecision({ stage, frame }));
    const run = await this.#runFor(stage, precision);
    try {
      const { update, losses } = await run.update(
        await this.#allInputs({ stage, frame }),
        learningRate,
        keep && (async (_loss, state) => keep(this.#whole(await state()))),
      );
      return { update, losses };
    } catch (error) {
      if (error instanceof HalfOverflowError) return error;
      throw error;
    }
  }

  /** Looks at an update in both precisions before one of them makes it. */
  async #choosePrecision(next: Pick<NextUpdate, 'stage' | 'frame'>): Promise<Precision> {
    const look = async (precision: 'compared' | 'half'): Promise<Numbers> =>
      (await this.#runFor(next.stage, precision)).look(await this.#allInputs(next));
    const graph = graphKey(next.stage);
    const full = await look('compared');
    // Kernels that are missing show when the graph is opened or run; full precision has just been seen to work.
    const half = await look('half').then(
      (numbers) => ({ numbers }),
      (error: unknown) => ({ error }),
    );
    if ('error' in half) return await this.#precision.refused(graph, half.error);
    return await this.#precision.decide(graph, full, half.numbers);
  }

  async #allInputs({ stage, frame }: Pick<NextUpdate, 'stage' | 'frame'>): Promise<NamedTensors> {
    const inputs = await this.#inputs(stage.scale, frame);
    const targets = stage.keepFeatures ? await this.#features(stage.scale, frame) : await this.#pictures(frame);
    return { ...inputs, ...targets, ...this.#scalars(stage.scale) };
  }

  /** The full loss and the picture of a frame as the weights stand, at full size, without an update. */
  async evaluate(frame: number): Promise<Evaluation> {
    this.#evaluation ??= await this.#openEvaluation();
    const weights = this.#open === undefined ? weightsOf(this.#state) : await this.#open.run.weights();
    const inputs = {
      ...weightsOf(this.#state),
      ...weights,
      ...(await this.#inputs('full', frame)),
      ...(await this.#pictures(frame)),
      ...this.#scalars('full'),
    };
    const { reconstruction, ...found } = await this.#evaluation.run(only(inputs, this.#evaluation.inputNames));
    const losses = Object.fromEntries(Object.entries(found).map(([name, { data }]) => [name, Number(data[0])]));
    return { losses, reconstruction: reconstruction as TensorData };
  }

  /** Weights and moments as they stand, copied. */
  async state(): Promise<TuningState> {
    return this.#whole(this.#open === undefined ? this.#state : await this.#open.run.state());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const [run, evaluation] = [this.#open?.run, this.#evaluation];
    this.#open = undefined;
    this.#evaluation = undefined;
    await run?.[Symbol.asyncDispose]();
    await evaluation?.[Symbol.asyncDispose]();
  }

  #sizeAt(scale: TuningScale): number {
    return scale === 'full' ? this.#options.size : this.#options.coarseSize;
  }

  #whole(state: TuningState): TuningState {
    const precision = this.#precision.decided;
    const tensors = { ...this.#state.tensors, ...state.tensors };
    return { updates: state.updates, tensors, ...(precision === undefined ? {} : { precision }) };
  }

  #stepOptions(scale: TuningScale): PtiStepOptions {
    return {
      form: this.#forms[scale],
      size: this.#sizeAt(scale),
      detail: scale === 'coarse',
      featuresPerTarget: this.#options.featuresPerTarget ?? false,
      absent: this.#absent,
    };
  }

  #scalars(scale: TuningScale): NamedTensors {
    const lambda = { recolorLambda: scalar(this.#options.recolorLambda) };
    if (!this.#options.featuresPerTarget || scale === 'coarse') return lambda;
    return { ...lambda, 'driven.one': scalar(1), 'recolored.one': scalar(1) };
  }

  /** The run whose graph fits; the one that was open hands its state on. */
  async #runFor(stage: NextUpdate['stage'], precision: NonNullable<PtiStepOptions['precision']>): Promise<TuningRun> {
    const { scale, keepFeatures } = stage;
    const key = `${graphKey(stage)} ${precision}`;
    if (this.#open?.key === key) return this.#open.run;
    const { params, folder, device } = this.#options;
    if (this.#open !== undefined) {
      this.#state = await this.state();
      await this.#open.run[Symbol.asyncDispose]();
      this.#open = undefined;
      this.#kept.clear();
    }
    const options = {
      ...this.#stepOptions(scale),
      precision,
      targets: keepFeatures ? 'features' : 'pictures',
    } as const;
    const step = ptiStep(scale === 'coarse' ? { ...options, featuresPerTarget: false } : options);
    const arena = this.#sizeAt(scale) <= ARENA_SIZE;
    const run = await TuningRun.open({ step, params, externalDataFolder: folder, state: this.#state, device, arena });
    this.#open = { key, run };
    // The run holds these now; gigabytes should not lie about twice.
    const { updates, tensors } = this.#state;
    const others = Object.entries(tensors).filter(([name]) => !run.holds(name));
    this.#state = { updates, tensors: Object.fromEntries(others) };
    return run;
  }

  async #openEvaluation(): Promise<TensorSession> {
    const { graph, outputs } = ptiEvaluation({ ...this.#stepOptions('full'), featuresPerTarget: false });
    return await this.#session(graph, outputs);
  }

  /** A session that takes the trained weights with every run. */
  #session(graph: Graph, outputs: Readonly<Record<string, Value>>): Promise<TensorSession> {
    const { params, folder, device } = this.#options;
    return openGraph(graph, outputs, {
      params: (name, shape, type) => (isTunable(name) ? 'input' : params(name, shape, type)),
      externalDataFolder: folder,
      device,
      arena: false,
    });
  }

  async #featureMaker(scale: TuningScale): Promise<FeatureMaker> {
    const { size, coarseSize, base } = this.#options;
    const { graph, outputs } = targetFeatures(this.#sizeAt(scale), size);
    const sessions = [await this.#session(graph, outputs)];
    if (scale === 'coarse') {
      const detail = coarseDetail(size, coarseSize, this.#forms.full);
      sessions.push(await this.#session(detail.graph, detail.outputs));
    }
    return {
      make: async (frame) => {
        const inputs = { ...base, ...frameInputs(frame, size, this.#forms.full), ...picturesOf(frame) };
        const made: Record<string, TensorData> = {};
        for (const session of sessions) Object.assign(made, await session.run(only(inputs, session.inputNames)));
        return made;
      },
      [Symbol.asyncDispose]: async () => {
        for (const session of sessions) await session[Symbol.asyncDispose]();
      },
    };
  }

  #inputs(scale: TuningScale, index: number): Promise<NamedTensors> {
    const make = async (): Promise<NamedTensors> =>
      frameInputs(await this.#options.frames.read(index), this.#sizeAt(scale), this.#forms[scale]);
    return this.#kept.get(`inputs ${scale} ${index}`, make);
  }

  #features(scale: TuningScale, index: number): Promise<NamedTensors> {
    return this.#kept.get(`features ${scale} ${index}`, () => this.#options.features.read(index, this.#sizeAt(scale)));
  }

  async #pictures(index: number): Promise<NamedTensors> {
    return picturesOf(await this.#options.frames.read(index));
  }
}

/** Which of the graphs a stage's updates are. */
const graphKey = ({ scale, keepFeatures }: NextUpdate['stage']): string => `${scale} ${keepFeatures}`;

const picturesOf = ({ driven, recolored }: TuningFrame): NamedTensors => ({ driven, recolored });

/** The trained weights of a state without their moments. */
const weightsOf = ({ tensors }: TuningState): NamedTensors =>
  Object.fromEntries(Object.entries(tensors).filter(([name]) => isTunable(name)));

/** The inputs of these names, as far as they are there. */
export const only = (inputs: NamedTensors, names: readonly string[]): NamedTensors =>
  Object.fromEntries(names.flatMap((name) => (inputs[name] === undefined ? [] : [[name, inputs[name]]])));
