/**
 * Which update comes next. A schedule is a list of stages; everything it decides, it decides from the losses reported so
 * far, and its state is plain data, so a run that was taken up again goes on as if it had never stopped.
 */
import { UsageError } from '#engine/errors.ts';

/** `literal` is the published loop: every pass visits every frame in order, at full size, at a constant rate. */
export const SCHEDULES = ['default', 'literal'] as const;
export type ScheduleId = (typeof SCHEDULES)[number];

/** Counts the ways in which stages were planned so far: a tuning that one began, another must not go on with. */
export const SCHEDULE_VERSION = 2;

/** At `coarse` scale the generator stops at a lower size and the losses see no more than that. */
export type TuningScale = 'coarse' | 'full';

export interface Stage {
  readonly id: 'literal' | 'coarse' | 'fine' | 'sweep';
  readonly scale: TuningScale;
  /** The frames of one pass, in order. */
  readonly frames: readonly number[];
  /** At most so many passes. */
  readonly passes: number;
  /** Factors on the learning rate where the stage begins and where it ends; between them it falls as a cosine does. */
  readonly rate: { readonly from: number; readonly to: number };
  /** Updates over which the rate rises to `from`. */
  readonly warmUp: number;
  /** Compute the features of the targets once and keep them: worth it where frames are visited again. */
  readonly keepFeatures: boolean;
  /** Slow down and end when passes bring no more, or when the faces are close enough. */
  readonly endsEarly: boolean;
  /** LPIPS of one scale, mean over a pass, below which faces are close enough. */
  readonly likeEnough: number;
}

/** What the default schedule does otherwise than the literal one; each can be left out, for measurements. */
export const SCHEDULE_LEVERS = ['key_frames', 'coarse_first', 'annealed_rate', 'early_stop'] as const;
export type ScheduleLever = (typeof SCHEDULE_LEVERS)[number];

export interface ScheduleOptions {
  readonly schedule: ScheduleId;
  /** Number of frames of the clip. */
  readonly frames: number;
  /** Frames that stand for all others, for the default schedule. */
  readonly keyFrames: readonly number[];
  /** Passes over the chosen frames at most, the paper's "PTI steps". */
  readonly passes: number;
  /** False where no smaller generator is there to begin with. */
  readonly coarse: boolean;
  /** LPIPS of one scale below which a stage ends; default `LIKE_ENOUGH`, 0 for never. */
  readonly likeEnough?: number | undefined;
  /** Levers that the default schedule does without. */
  readonly without?: readonly ScheduleLever[] | undefined;
}

/** LPIPS below which PTI calls a face found. */
export const LIKE_ENOUGH = 0.07;

/**
 * The rate of the default schedule, as factors on the literal one's: it rises at once, while steps go one way, and then
 * falls, so that the last steps do not throw the weights about. Its mean is half of the peak: with a fifth of the
 * updates weights can get as far as they do at the constant rate, and no farther.
 */
const PEAK_RATE = 10;
const LAST_RATE = 0.2;
/** Adam's first steps have full length whatever the gradient, so they are made shorter. */
const WARM_UP = 6;
/** Share of the passes at coarse scale: the trained layers are the same there, and an update costs a fraction. */
const COARSE_SHARE = 0.75;
/** What the sweep over all frames moves at: it must reach the frames between the key frames, and unlearn nothing. */
const SWEEP_RATE = 0.2;

const annealed = (done: number): number => LAST_RATE + ((PEAK_RATE - LAST_RATE) * (1 + Math.cos(Math.PI * done))) / 2;
const constant = (factor: number): Stage['rate'] => ({ from: factor, to: factor });

/** The stages of a schedule. @throws UsageError for numbers that make no schedule */
export function planStages(options: ScheduleOptions): readonly Stage[] {
  const { frames, passes, likeEnough = LIKE_ENOUGH, without = [] } = options;
  if (!Number.isSafeInteger(frames) || frames < 1) throw new UsageError(`A clip of ${frames} frames cannot be tuned.`);
  if (!Number.isSafeInteger(passes) || passes < 1) throw new UsageError(`${passes} passes are no tuning.`);
  const all = Array.from({ length: frames }, (_, index) => index);
  /** A stage that takes all its passes and computes features as it goes. */
  const whole = { scale: 'full', frames: all, warmUp: 0, keepFeatures: false, endsEarly: false, likeEnough } as const;
  if (options.schedule === 'literal') return [{ id: 'literal', passes, rate: constant(1), ...whole }];
  const has = (lever: ScheduleLever): boolean => !without.includes(lever);
  const keyFrames = has('key_frames') ? options.keyFrames : all;
  if (keyFrames.length === 0 || keyFrames.some((index) => all[index] === undefined))
    throw new UsageError(`The key frames ${keyFrames.join(', ')} are not all among the ${frames} frames.`);
  const coarsePasses = options.coarse && has('coarse_first') ? Math.floor(passes * COARSE_SHARE) : 0;
  /** A stage over the key frames, from one share of all passes to another. */
  const over = (id: 'coarse' | 'fine', from: number, to: number): Stage => ({
    id,
    scale: id === 'coarse' ? 'coarse' : 'full',
    frames: keyFrames,
    passes: to - from,
    rate: has('annealed_rate') ? { from: annealed(from / passes), to: annealed(to / passes) } : constant(1),
    warmUp: has('annealed_rate') ? WARM_UP : 0,
    keepFeatures: true,
    endsEarly: has('early_stop'),
    likeEnough,
  });
  const stages: Stage[] = [];
  if (coarsePasses > 0) stages.push(over('coarse', 0, coarsePasses));
  stages.push(over('fine', coarsePasses, passes));
  if (keyFrames.length < frames) stages.push({ id: 'sweep', passes: 1, rate: constant(SWEEP_RATE), ...whole });
  return stages;
}

/** Updates that the stages make at most. */
export const longest = (stages: readonly Stage[]): number =>
  stages.reduce((sum, { frames, passes }) => sum + frames.length * passes, 0);

/** How far a schedule is; plain data. */
export interface ScheduleState {
  readonly stage: number;
  /** Updates made in this stage. */
  readonly made: number;
  /** Sums over the pass in work. */
  readonly loss: number;
  readonly likeness: number;
  /** The best mean loss of a pass in this stage, and how many passes went by without a better one. */
  readonly best: number | null;
  readonly idle: number;
  /** How often the rate was halved in this stage. */
  readonly halvings: number;
  /** Why each stage that is over ended. */
  readonly ended: readonly StageEnd[];
}

/** `likeness`: the faces are as like as PTI asks for. `plateau`: slower steps did not help either. */
export type StageEnd = 'passes' | 'likeness' | 'plateau';

export const SCHEDULE_START: ScheduleState = {
  stage: 0,
  made: 0,
  loss: 0,
  likeness: 0,
  best: null,
  idle: 0,
  halvings: 0,
  ended: [],
};

export interface NextUpdate {
  readonly stage: Stage;
  readonly frame: number;
  /** Factor on the learning rate. */
  readonly rate: number;
}

/** The next update, or undefined when the schedule is at its end. */
export function nextUpdate(stages: readonly Stage[], state: ScheduleState): NextUpdate | undefined {
  const stage = stages[state.stage];
  if (stage === undefined) return undefined;
  const frame = stage.frames[state.made % stage.frames.length] as number;
  return { stage, frame, rate: rateOf(stage, state.made) / 2 ** state.halvings };
}

/** Factor on the learning rate after so many updates of a stage, as planned. */
function rateOf({ rate: { from, to }, warmUp, frames, passes }: Stage, made: number): number {
  const done = made / (frames.length * passes);
  const fallen = to + ((from - to) * (1 + Math.cos(Math.PI * done))) / 2;
  return fallen * Math.min(1, (made + 1) / (warmUp + 1));
}

/** A pass must lower the best mean loss by this share to count as progress. */
const PROGRESS = 0.01;
/** Passes without progress before the rate is halved, and halvings before a stage ends. */
const PATIENCE = 2;
const MAX_HALVINGS = 2;
/** A pass that ends so far above the best one went too fast: the rate is halved at once. */
const SETBACK = 1.25;

/**
 * The state after an update.
 * @param loss its total loss @param likeness its LPIPS, mean over scales, towards the target that counts more
 */
export function afterUpdate(
  stages: readonly Stage[],
  state: ScheduleState,
  { loss, likeness }: { readonly loss: number; readonly likeness: number },
): ScheduleState {
  const stage = stages[state.stage];
  if (stage === undefined) return state;
  const size = stage.frames.length;
  const summed = { ...state, made: state.made + 1, loss: state.loss + loss, likeness: state.likeness + likeness };
  if (summed.made % size !== 0) return summed;
  const passed = { ...summed, loss: 0, likeness: 0 };
  const end = (reason: StageEnd): ScheduleState => ({
    ...SCHEDULE_START,
    stage: state.stage + 1,
    ended: [...state.ended, reason],
  });
  if (summed.made >= size * stage.passes) return end('passes');
  if (!stage.endsEarly) return passed;
  if (summed.likeness / size < stage.likeEnough) return end('likeness');
  const mean = summed.loss / size;
  const { best } = state;
  if (best === null || mean < best * (1 - PROGRESS)) return { ...passed, best: mean, idle: 0 };
  const kept = { ...passed, best: Math.min(best, mean) };
  const tooFast = mean > best * SETBACK && state.halvings < MAX_HALVINGS;
  if (!tooFast && state.idle + 1 < PATIENCE) return { ...kept, idle: state.idle + 1 };
  if (state.halvings >= MAX_HALVINGS) return end('plateau');
  return { ...kept, idle: 0, halvings: state.halvings + 1 };
}
