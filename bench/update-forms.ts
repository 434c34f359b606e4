/** What an update of personal tuning takes in each form: upstream's, the studio's, and those one lever away from either. */
import { throwIfCancelled } from '#engine/errors.ts';
import type { Stage } from '#engine/tuning/schedule.ts';
import { spread } from './bench.ts';
import { processorSeconds, type ScheduleGround } from './schedule-walk.ts';

const LITERAL = { form: 'reference', featuresPerTarget: true, keepFeatures: false, scale: 'full' } as const;
const DEFAULT = { form: 'exact', featuresPerTarget: false, keepFeatures: true, scale: 'full' } as const;

const FORMS = {
  literal: LITERAL,
  default: DEFAULT,
  without_kept_targets: { ...DEFAULT, keepFeatures: false },
  coarse: { ...DEFAULT, scale: 'coarse' },
  without_shared_features: { ...DEFAULT, featuresPerTarget: true },
  without_exact_regions: { ...DEFAULT, form: 'reference' },
  shared_features_alone: { ...LITERAL, featuresPerTarget: false },
  exact_regions_alone: { ...LITERAL, form: 'exact' },
  kept_targets_alone: { ...LITERAL, keepFeatures: true },
} as const;
export type FormId = keyof typeof FORMS;

/** Those that schedules are counted with; the others only tell levers apart. */
const NEEDED: readonly FormId[] = ['literal', 'default', 'without_kept_targets', 'coarse'];

export interface FormTimes {
  /** Processor seconds of an update. */
  readonly update: ReturnType<typeof spread>;
  /** Loss of the first update: the same in every form at full scale. */
  readonly loss: number;
}

export const formIds = (times: Readonly<Record<string, FormTimes>>): FormId[] =>
  (Object.keys(FORMS) as FormId[]).filter((id) => times[id] !== undefined);

export interface FormOptions {
  /** Updates that count, after one that does not. */
  readonly runs: number;
  /** Whether there is a coarse scale. */
  readonly coarse: boolean;
  /** Time the forms, too, that only tell levers apart. */
  readonly detailed: boolean;
}

/** Times updates on one frame, form by form. */
export async function timeForms(
  { tuner, learningRate, say, signal }: ScheduleGround,
  frame: number,
  { runs, coarse, detailed }: FormOptions,
): Promise<Record<string, FormTimes>> {
  const found: Record<string, FormTimes> = {};
  for (const id of Object.keys(FORMS) as FormId[]) {
    if ((id === 'coarse' && !coarse) || !(detailed || NEEDED.includes(id))) continue;
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
      const { losses } = await run.update({ stage, frame }, learningRate);
      if (index > 0) times.push(processorSeconds() - begin);
      first ??= losses['loss'] as number;
    }
    found[id] = { update: spread(times), loss: first as number };
  }
  return found;
}
