/**
 * A training run: the state of one step graph (weights and Adam's moments), moved update by update, saved and taken up
 * again as safetensors. The same updates give the same bits on the CPU, with or without a pause between them.
 */
import { z } from 'zod';
import { InputError, throwIfCancelled } from '#engine/errors.ts';
import { shapeText, type TensorData } from '#engine/tensor/data.ts';
import { lowerGraph, type ParamResolver } from '#engine/tensor/lowering/lower.ts';
import { encodeOnnx } from '#engine/tensor/onnx/encode.ts';
import { ResidentState } from '#engine/tensor/resident-state.ts';
import { openSafetensors } from '#engine/weights/safetensors.ts';
import { writeSafetensors } from '#engine/weights/safetensors-writer.ts';
import type { DeviceId } from '#shared/settings.ts';
import { adamInputs, momentNames, updatedName } from './adam.ts';
import { GRADIENT_NORM, HalfOverflowError, PRECISIONS, type Precision, staysFull } from './precision.ts';
import type { TrainingStep } from './pti-step.ts';

/** Weights and moments by input name, and how many updates made them. */
export interface TuningState {
  readonly updates: number;
  readonly tensors: Readonly<Record<string, TensorData>>;
  /** In which precision updates are computed, by graph, where that was a choice. The tensors are float32 in both. */
  readonly precision?: Readonly<Record<string, Precision>> | undefined;
}

export interface TuningRunOptions {
  readonly step: TrainingStep;
  /** Where the frozen weights are. Trained ones come from the state. */
  readonly params: ParamResolver;
  readonly externalDataFolder?: string | undefined;
  readonly state: TuningState;
  readonly device?: DeviceId | undefined;
  /**
   * Keep freed memory between updates. A quarter quicker at 32², where fresh pages cost as much as arithmetic; at 1024²
   * the largest tensors of every size would make a gigabyte more. Default no.
   */
  readonly arena?: boolean | undefined;
}

/** The state before the first update: the given weights, moments of zero. */
export function freshState(weights: Readonly<Record<string, TensorData>>): TuningState {
  const tensors: Record<string, TensorData> = {};
  for (const [name, tensor] of Object.entries(weights)) {
    const { first, second } = momentNames(name);
    tensors[name] = tensor;
    tensors[first] = { dims: tensor.dims, data: new Float32Array(tensor.data.length) };
    tensors[second] = { dims: tensor.dims, data: new Float32Array(tensor.data.length) };
  }
  return { updates: 0, tensors };
}

/** What one update reports: every scalar output of the step by name, `loss` among them. */
export interface UpdateReport {
  /** Number of this update, from 1. */
  readonly update: number;
  readonly losses: Readonly<Record<string, number>>;
}

/** The loss of an update was no number: its weights are of no use, and neither is what comes after them. */
export class DivergedError extends InputError {
  readonly update: number;
  readonly loss: number;

  /** @param good the update whose weights were kept, where that is known */
  constructor(update: number, loss: number, good?: number) {
    super(
      `The loss of update ${update} is ${loss}.${good === undefined ? '' : ` The weights after update ${good} are kept.`}`,
      { action: 'Tune with a lower learning rate.' },
    );
    this.update = update;
    this.loss = loss;
  }
}

export class TuningRun implements AsyncDisposable {
  readonly #resident: ResidentState;
  readonly #trained: readonly string[];
  readonly #held: ReadonlySet<string>;
  readonly #half: boolean;
  #updates: number;

  private constructor(resident: ResidentState, { trained, half = false }: TrainingStep, updates: number) {
    this.#resident = resident;
    this.#half = half;
    this.#trained = trained;
    this.#held = new Set(trained.flatMap((name) => [name, ...Object.values(momentNames(name))]));
    this.#updates = updates;
  }

  /** Opens the step with a state. @throws InputError when the state misses a tensor of the step */
  static async open(options: TuningRunOptions): Promise<TuningRun> {
    const { step, state } = options;
    const names = step.trained.flatMap((name) => [name, ...Object.values(momentNames(name))]);
    const missing = names.find((name) => state.tensors[name] === undefined);
    if (missing !== undefined) throw new InputError(`The tuning state misses "${missing}".`);
    const trained = new Set(step.trained);
    const model = lowerGraph(step.graph, step.outputs, {
      params: (name, shape, type) => (trained.has(name) ? 'input' : options.params(name, shape, type)),
      half: step.half ? staysFull : undefined,
    });
    const resident = await ResidentState.open(encodeOnnx(model), {
      name: step.graph.name,
      device: options.device,
      externalDataFolder: options.externalDataFolder,
      arena: options.arena ?? false,
      state: Object.fromEntries(names.map((name) => [name, updatedName(name)])),
      initial: Object.fromEntries(names.map((name) => [name, state.tensors[name] as TensorData])),
    });
    return new TuningRun(resident, step, state.updates);
  }

  /** Updates made so far, those before a resume counted in. */
  get updates(): number {
    return this.#updates;
  }

  /**
   * One Adam update.
   * @param inputs all inputs of the step but the state and Adam's scalars
   * @param judge hears the loss, once it is known to be a number, when `state` still gives what the update starts from
   * @returns scalar outputs, and the other outputs (pictures) by name
   * @throws DivergedError when the loss is not finite, HalfOverflowError when anything is not in half precision; the
   * state is then the one before the update
   */
  async update(
    inputs: Readonly<Record<string, TensorData>>,
    learningRate: number,
    judge?: (loss: number, state: () => Promise<TuningState>) => Promise<void>,
  ): Promise<UpdateReport & { readonly pictures: Readonly<Record<string, TensorData>> }> {
    const update = this.#updates + 1;
    const found = await this.#resident.step(
      { ...inputs, ...adamInputs(update, learningRate) },
      async ({ loss, [GRADIENT_NORM]: norm }) => {
        const value = Number(loss?.data[0]);
        if (this.#half && !Number.isFinite(value + Number(norm?.data[0])))
          throw new HalfOverflowError(`Update ${update} left the range of half precision.`);
        if (!Number.isFinite(value)) throw new DivergedError(update, value);
        await judge?.(value, () => this.state());
      },
    );
    this.#updates = update;
    const losses: Record<string, number> = {};
    const pictures: Record<string, TensorData> = {};
    for (const [name, tensor] of Object.entries(found)) {
      if (name === GRADIENT_NORM) continue;
      if (tensor.data.length === 1) losses[name] = Number(tensor.data[0]);
      else pictures[name] = tensor;
    }
    return { update, losses, pictures };
  }

  /** The scalar outputs of an update that is not made: the state stays. @param inputs as of `update` */
  async look(inputs: Readonly<Record<string, TensorData>>): Promise<Record<string, number>> {
    const seen = new Error('seen');
    const numbers: Record<string, number> = {};
    const judge = async (found: Readonly<Record<string, TensorData>>): Promise<void> => {
      for (const [name, { data }] of Object.entries(found)) if (data.length === 1) numbers[name] = Number(data[0]);
      throw seen;
    };
    // The rate moves nothing here; Adam's scalars want one.
    await this.#resident.step({ ...inputs, ...adamInputs(this.#updates + 1, 1) }, judge).catch((error: unknown) => {
      if (error !== seen) throw error;
    });
    return numbers;
  }

  /** The state as it is now, copied. */
  async state(): Promise<TuningState> {
    return { updates: this.#updates, tensors: await this.#resident.read() };
  }

  /** Whether a tensor is part of this run's state. */
  holds(name: string): boolean {
    return this.#held.has(name);
  }

  /** The trained weights as they are now, copied, without their moments. */
  async weights(): Promise<Record<string, TensorData>> {
    return await this.#resident.read(this.#trained);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resident[Symbol.asyncDispose]();
  }
}

export interface TrainOptions {
  /** Inputs of each frame's update, in order; one pass visits them all (spec rgi-core 6.2). */
  readonly frames: readonly Readonly<Record<string, TensorData>>[];
  readonly passes: number;
  readonly learningRate: number;
  readonly signal?: AbortSignal | undefined;
  readonly onUpdate?: ((report: UpdateReport & { readonly total: number }) => void) | undefined;
}

/**
 * The plain loop: every pass visits every frame in order, one update a frame. A run that was taken up again goes on
 * with the update after its last one.
 * @throws CancelledError between updates; what was reached stays in the run's state
 */
export async function train(run: TuningRun, options: TrainOptions): Promise<void> {
  const { frames, passes, learningRate, signal, onUpdate } = options;
  const total = frames.length * passes;
  while (run.updates < total) {
    throwIfCancelled(signal);
    const frame = frames[run.updates % frames.length] as Readonly<Record<string, TensorData>>;
    const { update, losses } = await run.update(frame, learningRate);
    onUpdate?.({ update, losses, total });
  }
}

/** What a file of tuned weights says about itself. */
const FORMAT = 'e4s-tuning';
const VERSION = '1';

/** Text that travels with saved tensors. */
export type TuningNotes = Readonly<Record<string, string>>;

/** Writes a state as safetensors, whole or not at all. @throws StorageError */
export async function saveTuning(
  file: string,
  { updates, tensors, precision }: TuningState,
  notes: TuningNotes = {},
): Promise<void> {
  await writeSafetensors(
    file,
    Object.entries(tensors).map(([name, { dims, data }]) => ({
      name,
      dtype: 'F32',
      shape: dims,
      data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    })),
    {
      metadata: {
        ...notes,
        ...(precision === undefined ? {} : { precision: JSON.stringify(precision) }),
        format: FORMAT,
        version: VERSION,
        updates: String(updates),
      },
    },
  );
}

/** A saved state and the text that was saved with it. */
export interface SavedTuning extends TuningState {
  readonly notes: ReadonlyMap<string, string>;
}

/**
 * Reads a state back and holds it against what will use it.
 * @param shapes of the trained tensors by name
 * @throws InputError when the file is no tuning state, or a tensor is missing or of another shape
 */
export async function loadTuning(file: string, shapes: ReadonlyMap<string, readonly number[]>): Promise<SavedTuning> {
  await using opened = await openSafetensors(file);
  const updates = checkTuningFile(file, opened);
  const tensors: Record<string, TensorData> = {};
  for (const [key, shape] of shapes) {
    for (const name of [key, ...Object.values(momentNames(key))]) {
      const stored = opened.tensors.get(name);
      if (stored === undefined) throw new InputError(`The tuning state misses "${name}".`, { file });
      if (stored.dtype !== 'F32' || shapeText(stored.shape) !== shapeText(shape))
        throw new InputError(`"${name}" is ${stored.dtype}${shapeText(stored.shape)}, not F32${shapeText(shape)}.`, {
          file,
        });
      tensors[name] = { dims: shape, data: new Float32Array((await opened.read(name)).buffer) };
    }
  }
  return { updates, tensors, precision: precisionOf(file, opened.metadata), notes: opened.metadata };
}

const precisionSchema = z.record(z.string(), z.enum(PRECISIONS));

function precisionOf(file: string, metadata: ReadonlyMap<string, string>): TuningState['precision'] {
  const text = metadata.get('precision');
  if (text === undefined) return undefined;
  try {
    return precisionSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new InputError('The precision in this checkpoint is damaged.', { file, cause });
  }
}

/** Whether metadata are those of a tuning file. */
export const isTuningFile = (metadata: ReadonlyMap<string, string>): boolean => metadata.get('format') === FORMAT;

/** @returns the updates behind a file of this studio @throws InputError when it is none, or of another version */
function checkTuningFile(file: string, { metadata }: { readonly metadata: ReadonlyMap<string, string> }): number {
  const updates = Number(metadata.get('updates'));
  if (!isTuningFile(metadata) || !Number.isSafeInteger(updates) || updates < 0)
    throw new InputError('This file holds no tuning state.', { file });
  const version = metadata.get('version');
  if (version !== VERSION)
    throw new InputError(`This tuning state has version ${version}; this studio reads ${VERSION}.`, { file });
  return updates;
}

/** Shapes of the tensors that a step trains. */
export const trainedShapes = (step: TrainingStep): ReadonlyMap<string, readonly number[]> =>
  new Map(step.trained.map((name) => [name, (step.outputs[updatedName(name)] as { shape: readonly number[] }).shape]));
