/**
 * The literal schedule of personal tuning against the default one, to equal loss on the same clip: how many updates each
 * takes, how long they last, and what each lever does by itself and when it is left out. Networks and clip are
 * synthetic; what is compared is the full loss at full size, mean over frames from the whole clip, which takes no part in
 * any of the times. Times are processor seconds, all cores together: what other programs do meanwhile does not count.
 *
 * Schedules are walked in the quickest form that gives the same numbers, and counted with the time that an update takes
 * in the form in question: walking the literal one in its own would take hours and change nothing.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TensorData } from '#engine/tensor/data.ts';
import { computesInHalf } from '#engine/tensor/self-test.ts';
import { chooseKeyFrames, describeFrame, keyFrameCount } from '#engine/tuning/key-frames.ts';
import { ptiForward } from '#engine/tuning/pti-step.ts';
import { planStages, SCHEDULE_LEVERS, type ScheduleLever, type Stage } from '#engine/tuning/schedule.ts';
import { FeatureStore } from '#engine/tuning/target-features.ts';
import { trainedTensors } from '#engine/tuning/trainable.ts';
import { Tuner, type TunerOptions } from '#engine/tuning/tuner.ts';
import type { TuningFrame } from '#engine/tuning/tuning-frames.ts';
import { coarsePays, coarseSizeFor } from '#engine/tuning/tuning-job.ts';
import { freshState } from '#engine/tuning/tuning-run.ts';
import { type Bench, type BenchOptions, type BenchReport, describeMachine } from './bench.ts';
import { type ScheduleGround, type Walk, type WalkPoint, walkSchedule } from './schedule-walk.ts';
import { syntheticWeights } from './synthetic-weights.ts';
import { tuningClip } from './tuning-clip.ts';
import { type FormId, type FormTimes, formIds, timeForms } from './update-forms.ts';

/** Where updates are computed. */
const DEVICE = 'cpu';
const DEFAULT_SIZE = 64;
/** A clip of three seconds. */
const DEFAULT_FRAMES = 74;
/** Passes of both schedules; those of the default one go over the key frames alone. */
const DEFAULT_PASSES = 8;
/** Updates that are timed in each form, after one that is not. */
const DEFAULT_RUNS = 2;
/** For these weights; the published rate is for trained ones. */
const LEARNING_RATE = 3e-5;
const RECOLOR_LAMBDA = 5;
/** How far from the start the weights behind the targets are. */
const DISTANCE = 0.1;
/** Above this side only the two schedules are walked: every lever by itself would take a day. */
const LEVERS_UP_TO = 256;

export const ptiSchedule: Bench = async (options) => {
  const { size = DEFAULT_SIZE, frames = DEFAULT_FRAMES, passes = DEFAULT_PASSES } = options;
  const folder = await mkdtemp(path.join(tmpdir(), 'e4s-bench-tuning-'));
  try {
    return await measure(options, folder, { size, frames, passes, runs: options.runs ?? DEFAULT_RUNS });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

interface Extent {
  readonly size: number;
  readonly frames: number;
  readonly passes: number;
  readonly runs: number;
}

async function measure(options: BenchOptions, folder: string, extent: Extent): Promise<BenchReport> {
  const { size, frames, passes, runs } = extent;
  let steps = 0;
  const say = (text: string): void => options.onProgress?.(Math.min(0.99, ++steps / 90), text);
  say('Making a clip');
  await using weights = await syntheticWeights([ptiForward({ form: { kind: 'reference' }, size }).graph]);
  const start: Record<string, TensorData> = {};
  for (const [name, dims] of trainedTensors(size)) start[name] = { dims, data: weights.values(name, dims) };
  const noise = (name: string, count: number): Float32Array => weights.values(`${name}.latent_avg`, [count]);
  const { resolve: params, folder: weightsFolder } = weights;
  const making = { frames, size, weights: start, params, folder: weightsFolder, noise, distance: DISTANCE };
  const clip = await tuningClip(making);
  const keyFrames = chooseKeyFrames(clip.map(describeFrame), keyFrameCount(frames));
  const tuner = (change: Partial<TunerOptions> = {}): Promise<Tuner> =>
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
      device: DEVICE,
      ...change,
    });
  const ground: ScheduleGround = { frames, learningRate: LEARNING_RATE, tuner, say, signal: options.signal };
  const coarse = coarsePays(size);
  const detailed = size <= LEVERS_UP_TO;
  const forms = await timeForms(ground, keyFrames[0] as number, { runs, coarse, detailed });

  const plan = { frames, keyFrames, coarse, likeEnough: 0 };
  const literalStages = planStages({ ...plan, passes, schedule: 'literal' }).map(
    (stage): Stage => ({ ...stage, keepFeatures: true }),
  );
  const literal = await walkSchedule(ground, 'literal', literalStages, { every: frames });
  const goal = literal.lowest;
  const known = new Map<string, Walk>();
  /** The default schedule without some levers, with as many updates at most as `most` says. */
  const walkWithout = async (without: readonly ScheduleLever[], most: number): Promise<Walk> => {
    const chosen = without.includes('key_frames') ? frames : keyFrames.length;
    const planned = { ...plan, schedule: 'default', without, passes: Math.max(1, Math.ceil(most / chosen)) } as const;
    const stages = planStages(planned);
    const key = JSON.stringify(stages);
    const name = without.length === 0 ? 'default' : `without ${without.join(', ').replaceAll('_', ' ')}`;
    const every = Math.max(keyFrames.length, Math.round(most / 8));
    const walk = known.get(key) ?? (await walkSchedule(ground, name, stages, { every, goal: goal.loss }));
    known.set(key, walk);
    return walk;
  };
  const ownUpdates = passes * keyFrames.length;
  const whole = await walkWithout([], ownUpdates);
  const levers = detailed ? SCHEDULE_LEVERS.filter((lever) => coarse || lever !== 'coarse_first') : [];
  const rows: LeverWalks[] = [];
  for (const lever of levers) {
    const others = SCHEDULE_LEVERS.filter((other) => other !== lever);
    // By itself a lever gets as many updates as the literal schedule has, left out as many as the default one.
    const alone = lever === 'early_stop' ? undefined : await walkWithout(others, passes * frames);
    rows.push({ lever, without: await walkWithout([lever], ownUpdates), alone });
  }
  return report({ extent, keyFrames, literal, whole, rows, forms, half: await computesInHalf(DEVICE) });
}

interface LeverWalks {
  readonly lever: ScheduleLever;
  readonly without: Walk;
  /** Undefined where the lever does nothing by itself. */
  readonly alone: Walk | undefined;
}

interface Measured {
  readonly extent: Extent;
  readonly keyFrames: readonly number[];
  readonly literal: Walk;
  readonly whole: Walk;
  readonly rows: readonly LeverWalks[];
  readonly forms: Readonly<Record<string, FormTimes>>;
  readonly half: Awaited<ReturnType<typeof computesInHalf>>;
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** What a lever brings: by itself on the literal schedule, and what the default schedule loses without it. */
interface LeverShare {
  readonly alone: number | null;
  readonly left_out: number | null;
  /** False where the loss was not reached; the number is then what it is at least (alone: at most). */
  readonly reached: boolean;
}

/** The points of a walk that are lower than all before. */
const descent = ({ curve }: Walk): WalkPoint[] =>
  curve.filter(({ loss }, at) => at > 0 && curve.slice(0, at).every((before) => loss < before.loss));

function report({ extent, keyFrames, literal, whole, rows, forms, half }: Measured): BenchReport {
  const { size, frames, passes, runs } = extent;
  const goal = literal.lowest;
  const seconds = (id: FormId): number | undefined => forms[id]?.update.median;
  const literalSeconds = seconds('literal') as number;
  const literalTotal = goal.updates * literalSeconds;
  const timeOf = (walked: Walk): number =>
    Object.entries(walked.byStage).reduce((sum, [stage, updates]) => {
      const form = stage === 'coarse' ? 'coarse' : stage === 'sweep' ? 'without_kept_targets' : 'default';
      return sum + updates * (seconds(form) as number);
    }, walked.prepare);
  const total = timeOf(whole);
  /** Updates of both schedules to every loss that the literal one comes down to, as far as the default one was seen at it. */
  const equalLosses = descent(literal).flatMap(({ loss, updates }) => {
    const own = whole.curve.find((point) => point.loss <= loss);
    return own === undefined ? [] : [{ loss, literal: updates, default: own.updates }];
  });
  const shares: Record<string, LeverShare> = {};
  for (const lever of ['shared_features', 'exact_regions', 'kept_targets'] as const) {
    const [alone, without] = [seconds(`${lever}_alone`), seconds(`without_${lever}`)];
    shares[lever] = {
      alone: alone === undefined ? null : round(literalSeconds / alone),
      left_out: without === undefined ? null : round(without / (seconds('default') as number)),
      reached: true,
    };
  }
  for (const { lever, without, alone } of rows)
    shares[lever] = {
      alone: alone === undefined ? null : round(goal.updates / alone.updates),
      left_out: round(timeOf(without) / total),
      reached: without.reached && (alone?.reached ?? true),
    };
  const json = {
    machine: describeMachine(),
    runs,
    unit: 'processor seconds',
    ...(forms['literal'] as FormTimes).update,
    size,
    frames,
    passes,
    key_frames: keyFrames,
    learning_rate: LEARNING_RATE,
    start_loss: literal.curve[0]?.loss,
    goal_loss: goal.loss,
    final_literal_loss: literal.loss,
    reached: whole.reached,
    speedup_to_equal_loss: round(literalTotal / total),
    updates_ratio: round(goal.updates / whole.updates),
    seconds_to_equal_loss: { literal: round(literalTotal), default: round(total) },
    updates_to_equal_loss: { literal: goal.updates, default: whole.updates },
    equal_losses: equalLosses,
    levers: shares,
    half_precision: { used: half.half, reason: half.reason ?? null },
    update_seconds: Object.fromEntries(formIds(forms).map((id) => [id, forms[id]?.update])),
    first_loss: Object.fromEntries(formIds(forms).map((id) => [id, forms[id]?.loss])),
    stages: whole.byStage,
    curves: {
      literal: literal.curve,
      default: whole.curve,
      ...Object.fromEntries(
        rows.flatMap(({ lever, without, alone }) => [
          [`without_${lever}`, without.curve],
          [`${lever}_alone`, alone?.curve],
        ]),
      ),
    },
    peak_rss_bytes: process.resourceUsage().maxRSS * 1024,
  };
  const times = (value: number | null): string => (value === null ? '–' : `÷ ${value}`).padEnd(8);
  return {
    json,
    lines: [
      `${json.machine.cpu}, ${json.machine.cores} cores, load ${json.machine.load_average[0]}; ${frames} frames of ${size}², ${keyFrames.length} of them key frames`,
      `full loss of the clip ${json.start_loss?.toFixed(4)} → ${goal.loss.toFixed(4)} in ${goal.updates} literal updates of ${literalSeconds} processor seconds`,
      `default schedule: ${whole.updates} updates, ${whole.reached ? '' : 'NOT '}at that loss; ${json.speedup_to_equal_loss} times faster`,
      'lever              by itself  missing from the default',
      ...Object.entries(shares).map(
        ([name, { alone, left_out, reached }]) =>
          `  ${name.padEnd(18)} ${times(alone)} ${times(left_out)}${reached ? '' : ' (loss not reached)'}`,
      ),
      `  ${'half_precision'.padEnd(18)} ${half.half ? 'not measured' : `not used: ${half.reason}`}`,
    ],
  };
}
