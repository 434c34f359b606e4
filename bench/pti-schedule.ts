/**
 * The literal schedule of personal tuning against the default one, to equal loss on the same clip: how many updates each
 * takes, how long they last, and what each lever does by itself. Networks and clip are synthetic; what is compared is
 * the full loss at full size, mean over all frames, which takes no part in any of the times. Times are processor
 * seconds, all cores together: what other programs do meanwhile does not count.
 *
 * The literal schedule is walked in the quickest form that gives the same numbers, and counted with the time that an
 * update takes in its own form: walking it in that one would take hours and change nothing.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { throwIfCancelled } from '#engine/errors.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import { chooseKeyFrames, describeFrame } from '#engine/tuning/key-frames.ts';
import { ptiForward } from '#engine/tuning/pti-step.ts';
import {
  afterUpdate,
  nextUpdate,
  planStages,
  SCHEDULE_START,
  type ScheduleState,
  type Stage,
} from '#engine/tuning/schedule.ts';
import { FeatureStore } from '#engine/tuning/target-features.ts';
import { trainedTensors } from '#engine/tuning/trainable.ts';
import { Tuner, type TunerOptions } from '#engine/tuning/tuner.ts';
import type { TuningFrame } from '#engine/tuning/tuning-frames.ts';
import { coarseSizeFor } from '#engine/tuning/tuning-job.ts';
import { freshState } from '#engine/tuning/tuning-run.ts';
import { type Bench, type BenchOptions, type BenchReport, describeMachine, spread } from './bench.ts';
import { syntheticWeights } from './synthetic-weights.ts';
import { tuningClip } from './tuning-clip.ts';

const DEFAULT_SIZE = 64;
const DEFAULT_FRAMES = 6;
/** Passes of the literal schedule. */
const DEFAULT_PASSES = 5;
/** Updates that are timed in each form, after one that is not. */
const DEFAULT_RUNS = 2;
/** One key frame for so many frames, about as in a clip of 74. */
const FRAMES_PER_KEY = 3;
const LEARNING_RATE = 1e-4;
const RECOLOR_LAMBDA = 5;
/** How far from the start the weights behind the targets are. */
const DISTANCE = 0.1;

/** The ways to make an update, from upstream's on; each adds one lever to the one before. */
const FORMS = {
  literal: { form: 'reference', featuresPerTarget: true, keepFeatures: false, scale: 'full' },
  shared_features: { form: 'reference', featuresPerTarget: false, keepFeatures: false, scale: 'full' },
  exact_regions: { form: 'exact', featuresPerTarget: false, keepFeatures: false, scale: 'full' },
  kept_targets: { form: 'exact', featuresPerTarget: false, keepFeatures: true, scale: 'full' },
  coarse_scale: { form: 'exact', featuresPerTarget: false, keepFeatures: true, scale: 'coarse' },
} as const;
type FormId = keyof typeof FORMS;

/** Everything that the walks share. */
interface Ground {
  readonly clip: readonly TuningFrame[];
  readonly tuner: (change?: Partial<TunerOptions>) => Promise<Tuner>;
  readonly keyFrames: readonly number[];
  readonly say: (text: string) => void;
  readonly signal: AbortSignal | undefined;
}

export const ptiSchedule: Bench = async (options) => {
  const { size = DEFAULT_SIZE, frames = DEFAULT_FRAMES, passes = DEFAULT_PASSES } = options;
  const folder = await mkdtemp(path.join(tmpdir(), 'e4s-bench-tuning-'));
  try {
    return await measure(options, folder, size, frames, passes);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

async function measure(
  options: BenchOptions,
  folder: string,
  size: number,
  frames: number,
  passes: number,
): Promise<BenchReport> {
  const runs = options.runs ?? DEFAULT_RUNS;
  let steps = 0;
  const say = (text: string): void => options.onProgress?.(Math.min(0.99, ++steps / 60), text);
  say('Making a clip');
  await using weights = await syntheticWeights([ptiForward({ form: { kind: 'reference' }, size }).graph]);
  const start: Record<string, TensorData> = {};
  for (const [name, dims] of trainedTensors(size)) start[name] = { dims, data: weights.values(name, dims) };
  const noise = (name: string, count: number): Float32Array => weights.values(`${name}.latent_avg`, [count]);
  const { resolve: params, folder: weightsFolder } = weights;
  const clip = await tuningClip({
    frames,
    size,
    weights: start,
    params,
    folder: weightsFolder,
    noise,
    distance: DISTANCE,
  });
  const ground: Ground = {
    clip,
    say,
    signal: options.signal,
    keyFrames: chooseKeyFrames(clip.map(describeFrame), Math.max(1, Math.round(frames / FRAMES_PER_KEY))),
    tuner: (change = {}) =>
      Tuner.open({
        frames: { count: frames, read: async (index) => clip[index] as TuningFrame },
        params,
        folder: weightsFolder,
        state: freshState(start),
        base: start,
        size,
        coarseSize: coarseSizeFor(size),
        recolorLambda: RECOLOR_LAMBDA,
        features: new FeatureStore(path.join(folder, 'features'), 'F32'),
        ...change,
      }),
  };
  const forms = await timeForms(ground, runs);
  const plan = { frames, keyFrames: ground.keyFrames, passes, likeEnough: 0 };
  const allFrames = {
    ...(planStages({ ...plan, schedule: 'literal', coarse: false })[0] as Stage),
    keepFeatures: true,
  };
  // As many passes over few frames as give the same number of updates at most.
  const longer = {
    ...plan,
    passes: Math.ceil((passes * frames) / ground.keyFrames.length),
    schedule: 'default',
  } as const;

  const literal = await walk(ground, 'literal', [allFrames], { every: frames });
  const goal = literal.loss;
  const early = literal.curve.find(({ loss }) => loss <= goal)?.updates ?? literal.updates;
  const every = Math.max(2, Math.round(frames / 1.5));
  const keyed = await walk(ground, 'key frames', planStages({ ...longer, coarse: false }), { every, goal });
  const whole = await walk(ground, 'default', planStages({ ...longer, coarse: true }), { every, goal });
  return report({ size, frames, passes, runs, literal, early, keyed, whole, forms, goal, ground });
}

/** Processor time of this process so far. */
function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

interface FormTimes {
  /** Processor seconds of an update. */
  readonly update: ReturnType<typeof spread>;
  /** Loss of the first update: the same in every form at full scale. */
  readonly loss: number;
}

async function timeForms({ tuner, keyFrames, say, signal }: Ground, runs: number): Promise<Record<FormId, FormTimes>> {
  const found: Partial<Record<FormId, FormTimes>> = {};
  const frame = keyFrames[0] as number;
  for (const id of Object.keys(FORMS) as FormId[]) {
    const { form, featuresPerTarget, keepFeatures, scale } = FORMS[id];
    say(`Timing updates: ${id.replaceAll('_', ' ')}`);
    await using run = await tuner({ form, featuresPerTarget });
    if (keepFeatures) await run.prepare(scale, [frame]);
    const stage = { scale, keepFeatures } as Stage;
    const times: number[] = [];
    let first: number | undefined;
    for (let index = 0; index <= runs; index++) {
      throwIfCancelled(signal);
      const begin = processorSeconds();
      const { losses } = await run.update({ stage, frame }, LEARNING_RATE);
      if (index > 0) times.push(processorSeconds() - begin);
      first ??= losses['loss'] as number;
    }
    found[id] = { update: spread(times), loss: first as number };
  }
  return found as Record<FormId, FormTimes>;
}

interface Walk {
  readonly updates: number;
  readonly reached: boolean;
  /** Mean full loss of all frames at the end. */
  readonly loss: number;
  readonly curve: readonly { readonly updates: number; readonly loss: number }[];
  readonly byStage: Readonly<Record<string, number>>;
  /** Seconds spent on the features of targets. */
  readonly prepare: number;
}

/** Follows stages until they end, or until the mean loss of all frames is down at `goal`. */
async function walk(
  ground: Ground,
  name: string,
  stages: readonly Stage[],
  { every, goal }: { readonly every: number; readonly goal?: number },
): Promise<Walk> {
  const { clip, say, signal } = ground;
  await using tuner = await ground.tuner();
  const lossOfAll = async (): Promise<number> => {
    let sum = 0;
    for (const frame of clip.keys()) sum += (await tuner.evaluate(frame)).losses['loss'] as number;
    return sum / clip.length;
  };
  const curve = [{ updates: 0, loss: await lossOfAll() }];
  const byStage: Record<string, number> = {};
  const prepared = new Set<string>();
  let prepare = 0;
  let state: ScheduleState = SCHEDULE_START;
  for (let next = nextUpdate(stages, state); next !== undefined; next = nextUpdate(stages, state)) {
    throwIfCancelled(signal);
    if (next.stage.keepFeatures && !prepared.has(next.stage.id)) {
      const begin = processorSeconds();
      await tuner.prepare(next.stage.scale, next.stage.frames);
      prepare += processorSeconds() - begin;
      prepared.add(next.stage.id);
    }
    const { losses, update } = await tuner.update(next, LEARNING_RATE * next.rate);
    byStage[next.stage.id] = (byStage[next.stage.id] ?? 0) + 1;
    state = afterUpdate(stages, state, { loss: losses['loss'] as number, likeness: 1 });
    if (update % every !== 0 && nextUpdate(stages, state) !== undefined) continue;
    const loss = await lossOfAll();
    curve.push({ updates: update, loss });
    say(`${name}: ${update} updates, loss ${loss.toFixed(4)}`);
    if (goal !== undefined && loss <= goal) break;
  }
  const { updates, loss } = curve.at(-1) as { updates: number; loss: number };
  return { updates, loss, curve, byStage, prepare, reached: goal === undefined || loss <= goal };
}

interface Measured {
  readonly size: number;
  readonly frames: number;
  readonly passes: number;
  readonly runs: number;
  readonly literal: Walk;
  /** Updates after which the literal schedule itself had its final loss. */
  readonly early: number;
  readonly keyed: Walk;
  readonly whole: Walk;
  readonly forms: Record<FormId, FormTimes>;
  readonly goal: number;
  readonly ground: Ground;
}

const round = (value: number): number => Math.round(value * 100) / 100;

function report(measured: Measured): BenchReport {
  const { literal, early, keyed, whole, forms, goal, frames } = measured;
  const seconds = (id: FormId): number => forms[id].update.median;
  const inStages = (walked: Walk): number =>
    Object.entries(walked.byStage).reduce((sum, [stage, updates]) => {
      const form = stage === 'coarse' ? 'coarse_scale' : stage === 'sweep' ? 'exact_regions' : 'kept_targets';
      return sum + updates * seconds(form);
    }, walked.prepare);
  /** Seconds to the goal, with one lever more in each row. */
  const ladder = [
    ['literal', literal.updates * seconds('literal'), literal.updates],
    ['shared_features', literal.updates * seconds('shared_features'), literal.updates],
    ['exact_regions', literal.updates * seconds('exact_regions'), literal.updates],
    ['kept_targets', literal.updates * seconds('kept_targets') + literal.prepare, literal.updates],
    ['early_stop', early * seconds('kept_targets') + literal.prepare, early],
    ['key_frames', inStages(keyed), keyed.updates],
    ['coarse_first', inStages(whole), whole.updates],
  ] as const;
  const levers = Object.fromEntries(
    ladder.slice(1).map(([name, time, updates], index) => {
      const [, before, updatesBefore] = ladder[index] as (typeof ladder)[number];
      return [name, { time: round(before / time), updates: round(updatesBefore / updates) }];
    }),
  );
  const total = (ladder[0][1] as number) / (ladder.at(-1) as (typeof ladder)[number])[1];
  const json = {
    machine: describeMachine(),
    runs: measured.runs,
    unit: 'processor seconds',
    ...forms.literal.update,
    size: measured.size,
    frames,
    passes: measured.passes,
    key_frames: measured.ground.keyFrames,
    goal_loss: goal,
    start_loss: literal.curve[0]?.loss,
    reached: { key_frames: keyed.reached, default: whole.reached },
    speedup_to_equal_loss: round(total),
    updates_ratio: round(literal.updates / whole.updates),
    seconds_to_equal_loss: Object.fromEntries(ladder.map(([name, time]) => [name, round(time)])),
    updates_to_equal_loss: Object.fromEntries(ladder.map(([name, , updates]) => [name, updates])),
    levers,
    update_seconds: Object.fromEntries(Object.entries(forms).map(([id, { update }]) => [id, update])),
    first_loss: Object.fromEntries(Object.entries(forms).map(([id, { loss }]) => [id, loss])),
    stages: whole.byStage,
    curves: { literal: literal.curve, key_frames: keyed.curve, default: whole.curve },
    peak_rss_bytes: process.resourceUsage().maxRSS * 1024,
  };
  return {
    json,
    lines: [
      `${json.machine.cpu}, ${json.machine.cores} cores, load ${json.machine.load_average[0]}; ${frames} frames of ${measured.size}²`,
      `full loss of all frames ${json.start_loss?.toFixed(4)} → ${goal.toFixed(4)} in ${literal.updates} literal updates of ${seconds('literal')} processor seconds`,
      `default schedule: ${whole.updates} updates, ${whole.reached ? '' : 'NOT '}at that loss; ${json.speedup_to_equal_loss} times faster`,
      ...Object.entries(levers).map(
        ([name, { time, updates }]) => `  ${name.padEnd(18)} time ÷ ${time}  updates ÷ ${updates}`,
      ),
    ],
  };
}
