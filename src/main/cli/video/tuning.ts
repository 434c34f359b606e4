/** Tuning on the command line: its options, and its progress with every term of the loss. */
import { InvalidArgumentError } from 'commander';
import { UsageError } from '#engine/errors.ts';
import { findHome } from '#engine/files/home.ts';
import type { TuningWatch } from '#engine/jobs/run.ts';
import type { TuningEvent } from '#engine/tuning/tuning-job.ts';
import { DEFAULT_VIDEO_SETTINGS, type VideoSettings } from '#shared/settings.ts';
import { rounded } from '../command.ts';
import type { EventLog } from '../events.ts';

/** As they were typed. */
export interface TuningArguments {
  readonly pti?: boolean;
  readonly ptiSteps?: number;
  readonly ptiLr?: number;
  readonly recolorLambda?: number;
  readonly ptiResume?: string;
}

/** A number from `least` to `most`. */
export const parseNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = /^\d*\.?\d+(e-?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) throw new InvalidArgumentError(`It must be from ${least} to ${most}.`);
    return value;
  };

/**
 * The fields of tuning; resume weights are taken into the store of kept weights.
 * @throws UsageError, InputError for resume weights that do not fit, MissingPackError, StorageError
 */
export async function tuningSettings(
  options: TuningArguments,
): Promise<Pick<VideoSettings, 'pti' | 'ptiSteps' | 'ptiLearningRate' | 'ptiResume' | 'recolorLambda'>> {
  const { pti = false, ptiSteps, ptiLr, recolorLambda, ptiResume } = options;
  const given = {
    '--pti-steps': ptiSteps,
    '--pti-lr': ptiLr,
    '--recolor-lambda': recolorLambda,
    '--pti-resume': ptiResume,
  };
  const [alone] = Object.entries(given).filter(([, value]) => value !== undefined);
  if (!pti && alone) throw new UsageError(`${alone[0]} is for tuning.`, { action: 'Add --pti.' });
  if (pti && ptiSteps === 0 && ptiResume === undefined)
    throw new UsageError('With --pti-steps 0 weights are only loaded, and none are given.', {
      action: 'Add --pti-resume.',
    });
  const { ptiSteps: steps, ptiLearningRate, recolorLambda: lambda } = DEFAULT_VIDEO_SETTINGS;
  return {
    pti,
    ptiSteps: ptiSteps ?? steps,
    ptiLearningRate: ptiLr ?? ptiLearningRate,
    recolorLambda: recolorLambda ?? lambda,
    ptiResume: ptiResume === undefined ? null : await keepWeights(ptiResume),
  };
}

async function keepWeights(file: string): Promise<string> {
  const { TunedStore } = await import('#engine/tuning/tuned-store.ts');
  const { openGeneratorWeights } = await import('#engine/tuning/tuning-networks.ts');
  const { packs, tuned } = findHome();
  return (await new TunedStore(tuned).add(file, await openGeneratorWeights(packs))).id;
}

/** Tells how tunings go. Progress of the whole job is told by its own events. */
export const tellTuning = (log: EventLog): TuningWatch => ({
  begin: async () => ({
    tell: (event) => log.progress(describeTuning(event)),
    wish: () => undefined,
    watchedFrame: () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  }),
});

/** An event of a tuning as progress: the fraction is the tuning's own. */
export function describeTuning(event: TuningEvent): {
  fraction: number;
  label: string;
  detail: Record<string, unknown>;
} {
  switch (event.type) {
    case 'prepare': {
      const { stage, done, total } = event;
      return {
        fraction: 0,
        label: `Preparing ${stage} ${done}/${total}`,
        detail: { tuning: 'prepare', stage, done, total },
      };
    }
    case 'saved':
      return { fraction: 0, label: `Saved update ${event.update}`, detail: { tuning: 'saved', update: event.update } };
    case 'preview':
      return {
        fraction: 0,
        label: `Frame ${event.frame} after update ${event.update}`,
        detail: { tuning: 'preview', update: event.update, frame: event.frame, losses: event.losses },
      };
    case 'update': {
      const { update, total, stage, frame, losses, updatesPerSecond, secondsLeft } = event;
      const loss = losses['loss'] ?? Number.NaN;
      return {
        fraction: 0,
        label: `Tuning ${update}/${total}, loss ${loss.toFixed(4)}`,
        detail: {
          ...{ tuning: 'update', stage, update, total, frame, losses },
          updates_per_second: updatesPerSecond === null ? null : rounded(updatesPerSecond, 3),
          seconds_left: secondsLeft === null ? null : rounded(secondsLeft, 1),
        },
      };
    }
  }
}
