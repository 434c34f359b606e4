/**
 * The loop of a tuning: asks the schedule what comes next, makes it, saves, reports, and listens to what the user wants.
 * What makes the updates is a `TuningMachine`; for clips that is the `Tuner`.
 */
import { CancelledError } from '#engine/errors.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import type { NamedTensors } from './kept-tensors.ts';
import { lpipsSizes } from './losses.ts';
import {
  afterUpdate,
  longest,
  type NextUpdate,
  nextUpdate,
  type ScheduleState,
  type Stage,
  type StageEnd,
  type TuningScale,
} from './schedule.ts';
import type { LossRecord, TuningFolder } from './tuning-folder.ts';
import { DivergedError, type TuningState, type UpdateReport } from './tuning-run.ts';
import { UpdateClock } from './update-clock.ts';

/** What a frame looks like with the weights of the moment. */
export interface Evaluation {
  readonly losses: Readonly<Record<string, number>>;
  /** `[1,3,size,size]`, about [-1, 1]. */
  readonly reconstruction: TensorData;
}

/** Whoever makes the updates. See `Tuner` for what each call does. */
export interface TuningMachine {
  readonly updates: number;
  prepare(scale: TuningScale, frames: readonly number[], onFrame?: (done: number) => void): Promise<void>;
  update(
    next: Pick<NextUpdate, 'stage' | 'frame'>,
    learningRate: number,
    keep?: (state: TuningState) => Promise<void>,
  ): Promise<UpdateReport>;
  evaluate(frame: number): Promise<Evaluation>;
  state(): Promise<TuningState>;
}

/** What the user wants now. `finish` uses what there is. */
export type TuningWish = 'pause' | 'finish' | 'cancel';

export type TuningEvent =
  | { readonly type: 'prepare'; readonly stage: Stage['id']; readonly done: number; readonly total: number }
  | ({
      readonly type: 'update';
      readonly stage: Stage['id'];
      /** Updates at most, all stages together. */
      readonly total: number;
      readonly updatesPerSecond: number | null;
      /** At most, by the updates of late. */
      readonly secondsLeft: number | null;
    } & LossRecord)
  /** The watched frame with the weights of the moment; its losses are at full size. */
  | ({ readonly type: 'preview'; readonly reconstruction: TensorData } & LossRecord)
  | { readonly type: 'saved'; readonly update: number };

export interface TuningOutcome {
  readonly state: 'done' | 'paused';
  readonly updates: number;
  /** The tuned weights; undefined while paused. */
  readonly tuned: string | undefined;
  /** Why each stage ended, as far as stages did. */
  readonly ended: readonly StageEnd[];
}

export interface TuningLoopOptions {
  readonly machine: TuningMachine;
  readonly folder: TuningFolder;
  readonly stages: readonly Stage[];
  /** Where the schedule stands, and the losses that led there. */
  readonly schedule: ScheduleState;
  readonly records: readonly LossRecord[];
  readonly learningRate: number;
  readonly recolorLambda: number;
  /** Side of the pictures at each scale. */
  readonly sides: Readonly<Record<TuningScale, number>>;
  /** Names and shapes of the tensors that make up the tuned weights, and tensors that go with them. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  readonly extra: NamedTensors;
  /** Updates between two checkpoints. */
  readonly saveEvery?: number | undefined;
  /** Updates between two pictures of the watched frame. */
  readonly previewEvery?: number | undefined;
  readonly watched: () => number;
  readonly wish?: (() => TuningWish | undefined) | undefined;
  /** Goes round every piece of heavy work, for sharing a machine with other work. */
  readonly turn?: (<T>(work: () => Promise<T>) => Promise<T>) | undefined;
  readonly onEvent?: ((event: TuningEvent) => void) | undefined;
}

const atOnce = <T>(work: () => Promise<T>): Promise<T> => work();

const SAVE_EVERY = 25;
const PREVIEW_EVERY = 10;

/** A wish that came while frames were prepared. */
class Interrupted extends Error {}

/**
 * Runs a schedule to its end, or until the user wants something else.
 * @throws DivergedError saying at which update; the weights of the last checkpoint are then the tuned ones
 * @throws CancelledError for the wish `cancel`; the last checkpoint stays. And whatever machine and folder throw
 */
export async function runTuning(options: TuningLoopOptions): Promise<TuningOutcome> {
  const loop = new TuningLoop(options);
  try {
    return await loop.run();
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    throw await loop.keepLastGood(error);
  }
}

class TuningLoop {
  readonly #options: TuningLoopOptions;
  readonly #records: LossRecord[];
  readonly #clock = new UpdateClock();
  #schedule: ScheduleState;
  /** The update of the last checkpoint. */
  #saved: number;

  constructor(options: TuningLoopOptions) {
    this.#options = options;
    this.#records = [...options.records];
    this.#schedule = options.schedule;
    this.#saved = options.machine.updates;
  }

  async run(): Promise<TuningOutcome> {
    const { machine, stages, wish } = this.#options;
    const prepared = new Set<Stage['id']>();
    for (;;) {
      const wanted = wish?.();
      const next = nextUpdate(stages, this.#schedule);
      if (wanted === 'cancel') throw new CancelledError();
      if (wanted === 'pause') {
        if (machine.updates > this.#saved) await this.#save(await machine.state());
        return { state: 'paused', updates: machine.updates, tuned: undefined, ended: this.#schedule.ended };
      }
      if (next === undefined || wanted === 'finish') return await this.#finish(next === undefined ? 'done' : 'stopped');
      if (next.stage.keepFeatures && !prepared.has(next.stage.id)) {
        if (!(await this.#prepare(next.stage))) continue;
        prepared.add(next.stage.id);
      }
      await this.#update(next);
    }
  }

  /** The weights of the last checkpoint become the tuned ones. @returns the error that says so */
  async keepLastGood({ update, loss }: DivergedError): Promise<DivergedError> {
    const { folder, shapes } = this.#options;
    const saved = await folder.load(shapes);
    if (saved === undefined) return new DivergedError(update, loss);
    const { updates } = saved.state;
    await folder.finish(updates, this.#tuned(saved.state), this.#records, 'diverged');
    return new DivergedError(update, loss, updates);
  }

  async #update(next: NextUpdate): Promise<void> {
    const { machine, stages, learningRate, recolorLambda, sides, onEvent, turn = atOnce } = this.#options;
    const { saveEvery = SAVE_EVERY, previewEvery = PREVIEW_EVERY } = this.#options;
    // What is saved is the state that this update starts from: its loss then is known to be a number.
    const due = machine.updates - this.#saved >= saveEvery;
    const keep = due ? (state: TuningState): Promise<void> => this.#save(state) : undefined;
    const { update, losses } = await turn(() => machine.update(next, learningRate * next.rate, keep));
    this.#schedule = afterUpdate(stages, this.#schedule, {
      loss: losses['loss'] as number,
      likeness: likenessOf(losses, recolorLambda, sides[next.stage.scale]),
    });
    const record: LossRecord = { update, frame: next.frame, losses };
    this.#records.push(record);
    const total = longest(stages);
    onEvent?.({ type: 'update', stage: next.stage.id, total, ...this.#clock.tick(total - update), ...record });
    if (update % previewEvery === 0) await this.#preview();
  }

  /** The last look comes first: weights that cannot draw the watched frame are not handed out. */
  async #finish(ended: 'done' | 'stopped'): Promise<TuningOutcome> {
    const { machine, folder } = this.#options;
    const loss = await this.#preview();
    if (!Number.isFinite(loss)) throw new DivergedError(machine.updates + 1, loss);
    const state = await machine.state();
    await folder.finish(state.updates, this.#tuned(state), this.#records, ended);
    return { state: 'done', updates: state.updates, tuned: folder.tunedFile, ended: this.#schedule.ended };
  }

  async #save(state: TuningState): Promise<void> {
    await this.#options.folder.save({ state, schedule: this.#schedule }, this.#records);
    this.#saved = state.updates;
    this.#options.onEvent?.({ type: 'saved', update: state.updates });
    this.#clock.pause();
  }

  /** @returns false when a wish came in between */
  async #prepare({ id, scale, frames }: Stage): Promise<boolean> {
    const { machine, wish, onEvent, turn = atOnce } = this.#options;
    const total = frames.length;
    try {
      const onFrame = (done: number): void => {
        if (wish?.() !== undefined) throw new Interrupted();
        onEvent?.({ type: 'prepare', stage: id, done, total });
      };
      await turn(() => machine.prepare(scale, frames, onFrame));
    } catch (error) {
      if (error instanceof Interrupted) return false;
      throw error;
    }
    onEvent?.({ type: 'prepare', stage: id, done: total, total });
    this.#clock.pause();
    return true;
  }

  async #preview(): Promise<number> {
    const { machine, onEvent, watched, turn = atOnce } = this.#options;
    const frame = watched();
    const { losses, reconstruction } = await turn(() => machine.evaluate(frame));
    onEvent?.({ type: 'preview', update: machine.updates, frame, losses, reconstruction });
    this.#clock.pause();
    return losses['loss'] as number;
  }

  #tuned({ tensors }: TuningState): NamedTensors {
    const { shapes, extra } = this.#options;
    return { ...Object.fromEntries([...shapes.keys()].map((name) => [name, tensors[name] as TensorData])), ...extra };
  }
}

/** LPIPS, mean over scales, towards the target that weighs more. @param size at which the losses were taken */
function likenessOf(losses: Readonly<Record<string, number>>, recolorLambda: number, size: number): number {
  const towards = recolorLambda > 1 ? 'recolored' : 'driven';
  return (losses[`${towards}.lpips`] as number) / lpipsSizes(size).length;
}
