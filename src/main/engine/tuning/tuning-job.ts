/**
 * Personal tuning of one clip from prepared frames to tuned weights: begun, or taken up again where the same tuning
 * stopped. It works in a folder of its own and holds nothing when it is over.
 */
import { createHash } from 'node:crypto';
import { UsageError } from '#engine/errors.ts';
import { LATENT_AVERAGE_SHAPE } from '#engine/networks/region-mlps.ts';
import type { TensorData } from '#engine/tensor/data.ts';
import type { DeviceId } from '#shared/settings.ts';
import type { NamedTensors } from './kept-tensors.ts';
import { chooseKeyFrames, describeFrame, type FrameDescription, keyFrameCount } from './key-frames.ts';
import { asMemoryError } from './memory-error.ts';
import type { OnNotice, PrecisionWish } from './precision.ts';
import { readResumeWeights } from './resume-weights.ts';
import { planStages, SCHEDULE_START, SCHEDULE_VERSION, type ScheduleId } from './schedule.ts';
import { FeatureStore } from './target-features.ts';
import { trainedTensors } from './trainable.ts';
import { Tuner } from './tuner.ts';
import { TuningFolder } from './tuning-folder.ts';
import type { TuningFrames } from './tuning-frames.ts';
import { runTuning, type TuningLoopOptions, type TuningOutcome } from './tuning-loop.ts';
import { readParams, type TuningNetworks } from './tuning-networks.ts';
import { freshState } from './tuning-run.ts';

export type { TuningEvent, TuningOutcome, TuningWish } from './tuning-loop.ts';

export interface TuningSettings {
  /** Passes over the chosen frames at most; 0 takes the resume weights as they are. */
  readonly ptiSteps: number;
  readonly ptiLearningRate: number;
  readonly recolorLambda: number;
  /** A file of weights tuned before, to begin with. */
  readonly resume?: string | undefined;
  readonly schedule: ScheduleId;
}

export interface TuningJobOptions
  extends Pick<TuningLoopOptions, 'saveEvery' | 'previewEvery' | 'wish' | 'turn' | 'onEvent'> {
  /** Where this tuning keeps everything. */
  readonly folder: string;
  readonly frames: TuningFrames;
  readonly networks: TuningNetworks;
  readonly settings: TuningSettings;
  /** Side of the pictures; default 1024. */
  readonly size?: number | undefined;
  readonly device?: DeviceId | undefined;
  /** The frame whose reconstruction is shown; may change while tuning runs. Default the first key frame. */
  readonly watchedFrame?: (() => number | undefined) | undefined;
  /** LPIPS at which the default schedule calls a stage done; see `planStages`. */
  readonly likeEnough?: number | undefined;
  /** Begin at coarse scale; default where that pays, see `coarsePays`. */
  readonly coarse?: boolean | undefined;
  /** Of the default schedule; the literal one is always computed in full. Default `auto`. */
  readonly precision?: PrecisionWish | undefined;
  readonly onNotice?: OnNotice | undefined;
}

/** All trained layers are at or below this side. */
const COARSE_SIZE = 256;

/** The side at coarse scale: the last size that has trained layers, or half of a smaller picture. */
export const coarseSizeFor = (size: number): number => Math.min(COARSE_SIZE, size / 2);

/** Whether the coarse scale has all trained layers; with some of them left out it comes to a stop far too early. */
export const coarsePays = (size: number): boolean => coarseSizeFor(size) >= COARSE_SIZE;

/**
 * Tunes, or goes on where the same tuning stopped: same frames, settings and resume weights. What another tuning left in
 * the folder is not used.
 * @throws DivergedError, CancelledError as `runTuning`; InputError for resume weights that do not fit; StorageError when
 * the disk is full, UsageError when memory is; checkpoints stay
 */
export async function tuneClip(options: TuningJobOptions): Promise<TuningOutcome> {
  return await asMemoryError(() => tune(options));
}

async function tune(options: TuningJobOptions): Promise<TuningOutcome> {
  const { frames, networks, settings, size = 1024, device } = options;
  const shapes = trainedTensors(size);
  const extra = await readParams(networks, new Map([['latent_avg', LATENT_AVERAGE_SHAPE]]));
  const base = await startWeights(options, shapes, extra['latent_avg'] as TensorData);
  const folder = new TuningFolder(options.folder, fingerprintOf(options, size, base));
  const known = await folder.finished();
  if (known !== undefined) return { state: 'done', updates: known, tuned: folder.tunedFile, ended: [] };
  if (settings.ptiSteps === 0) {
    if (settings.resume === undefined)
      throw new UsageError('Tuning with 0 steps only loads weights, and none are given.');
    await folder.finish(0, { ...base, ...extra }, [], 'done');
    return { state: 'done', updates: 0, tuned: folder.tunedFile, ended: [] };
  }
  const sides = { full: size, coarse: coarseSizeFor(size) } as const;
  const keyFrames = settings.schedule === 'literal' ? [0] : await keyFramesOf(frames);
  const stages = planStages({
    schedule: settings.schedule,
    frames: frames.count,
    keyFrames,
    passes: settings.ptiSteps,
    coarse: options.coarse ?? coarsePays(size),
    likeEnough: options.likeEnough,
  });
  const saved = await folder.load(shapes);
  await using machine = await Tuner.open({
    frames,
    ...networks,
    state: saved?.state ?? freshState(base),
    base,
    size,
    coarseSize: sides.coarse,
    recolorLambda: settings.recolorLambda,
    features: new FeatureStore(folder.featuresFolder, 'F32'),
    device,
    precision: settings.schedule === 'literal' ? 'full' : options.precision,
    onNotice: options.onNotice,
  });
  return await runTuning({
    ...options,
    machine,
    folder,
    stages,
    schedule: saved?.schedule ?? SCHEDULE_START,
    records: await folder.records(saved?.state.updates ?? 0),
    learningRate: settings.ptiLearningRate,
    recolorLambda: settings.recolorLambda,
    sides,
    shapes,
    extra,
    watched: () => {
      const index = options.watchedFrame?.();
      return index !== undefined && index >= 0 && index < frames.count ? index : (keyFrames[0] as number);
    },
  });
}

async function startWeights(
  { networks, settings }: TuningJobOptions,
  shapes: ReadonlyMap<string, readonly number[]>,
  average: TensorData,
): Promise<NamedTensors> {
  if (settings.resume === undefined) return await readParams(networks, shapes);
  return (await readResumeWeights(settings.resume, shapes, average)).tensors;
}

async function keyFramesOf(frames: TuningFrames): Promise<number[]> {
  const count = keyFrameCount(frames.count);
  if (count >= frames.count) return Array.from({ length: frames.count }, (_, index) => index);
  const descriptions: FrameDescription[] = [];
  for (let index = 0; index < frames.count; index++) descriptions.push(describeFrame(await frames.read(index)));
  return chooseKeyFrames(descriptions, count);
}

/** What makes two tunings the same. Checkpoints and pictures may come as often as anyone likes. */
function fingerprintOf(
  { settings, frames, likeEnough, coarse, precision }: TuningJobOptions,
  size: number,
  base: NamedTensors,
): string {
  const { ptiSteps, ptiLearningRate, recolorLambda, schedule } = settings;
  const wanted = { ptiSteps, ptiLearningRate, recolorLambda, schedule, likeEnough, coarse, size, frames: frames.count };
  // What `auto` decided is in the checkpoint.
  const forced = precision === 'auto' ? undefined : precision;
  const choices = { plan: SCHEDULE_VERSION, ...wanted, precision: forced };
  const hash = createHash('sha256').update(JSON.stringify(choices));
  for (const [name, { data }] of Object.entries(base).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return hash.digest('hex');
}
