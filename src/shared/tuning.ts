/** Personal tuning as the window, the command line and saved files speak of it. One table for each of its words. */
import { z } from 'zod';
import { jobIdSchema } from './jobs.ts';

/** In which order frames are visited: `literal` is the published loop, `default` reaches the same loss sooner. */
export const TUNING_SCHEDULES = ['default', 'literal'] as const;
export type TuningSchedule = (typeof TUNING_SCHEDULES)[number];

/** What the reconstruction is compared with. */
export const LOSS_TARGETS = [
  { id: 'driven', title: 'Driven face' },
  { id: 'recolored', title: 'Recoloured face' },
] as const satisfies readonly { id: string; title: string }[];
export type LossTarget = (typeof LOSS_TARGETS)[number]['id'];

/** What it is compared by; `total` is their weighted sum. */
export const LOSS_TERM_TITLES = [
  { id: 'total', title: 'All together' },
  { id: 'lpips', title: 'Look (LPIPS)' },
  { id: 'mse', title: 'Pixels (MSE)' },
  { id: 'id', title: 'Identity' },
  { id: 'parsing', title: 'Face parts' },
] as const satisfies readonly { id: string; title: string }[];
export type LossTermId = (typeof LOSS_TERM_TITLES)[number]['id'];

/** `driven.lpips`: one curve. */
export type LossName = `${LossTarget}.${LossTermId}`;
export const lossName = (target: LossTarget, term: LossTermId): LossName => `${target}.${term}`;

/** The stages of a schedule, in plain words. */
export const TUNING_STAGES = [
  { id: 'literal', title: 'All frames', says: 'Every pass visits every frame in order.' },
  { id: 'coarse', title: 'Key frames, small', says: 'Frames that stand for the others, at a lower resolution.' },
  { id: 'fine', title: 'Key frames, full size', says: 'The same frames at full resolution.' },
  { id: 'sweep', title: 'Once through all frames', says: 'Every frame of the clip once, with small steps.' },
] as const satisfies readonly { id: string; title: string; says: string }[];
export type TuningStage = (typeof TUNING_STAGES)[number]['id'];
const STAGE_IDS = TUNING_STAGES.map(({ id }) => id) as [TuningStage, ...TuningStage[]];

/** `stopped`: the user took what there was; `diverged`: the last good weights before the loss became no number. */
export const TUNING_ENDS = ['done', 'stopped', 'diverged'] as const;
export type TuningEnd = (typeof TUNING_ENDS)[number];

const count = z.int().min(0);

/** The losses of one update: `loss`, and every term towards both targets by its `LossName`. */
export const lossRecordSchema = z.object({
  update: count,
  /** Of the clip, counted from 0. */
  frame: count,
  losses: z.record(z.string(), z.number()),
});
export type LossRow = z.infer<typeof lossRecordSchema>;

export const tuningInfoSchema = z.object({
  job: jobIdSchema,
  /** It is being tuned by this process. */
  running: z.boolean(),
  stage: z.enum(STAGE_IDS).nullable(),
  /** Frames that are made ready before updates come. */
  preparing: z.object({ done: count, total: count }).nullable(),
  updates: count,
  /** At most; 0 while it is not known. */
  total: count,
  updatesPerSecond: z.number().nullable(),
  /** At most, by the updates of late. */
  secondsLeft: z.number().nullable(),
  /** Frames of the clip that it learns from; their reconstruction can be looked at. */
  frames: z.array(count),
  /** The reconstruction that there is to see: of which frame, after which update. */
  picture: z.object({ frame: count, update: count }).nullable(),
  /** The update of the last checkpoint. */
  saved: count.nullable(),
  /** Tuned weights that can be saved elsewhere. */
  tuned: z.object({ updates: count, ended: z.enum(TUNING_ENDS) }).nullable(),
  /** Whether "use what there is now" was asked for; it comes with the next update. */
  finishing: z.boolean(),
});
export type TuningInfo = z.infer<typeof tuningInfoSchema>;

/** Tuned weights that are kept to begin other tunings with. */
export const keptWeightsSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{8,64}$/, 'no tuned weights'),
  /** The name of the file they came from. */
  name: z.string(),
  bytes: z.number(),
});
export type KeptWeightsInfo = z.infer<typeof keptWeightsSchema>;
