/** Whether a video can be tuned, and what of tuning works. */
import type { ModelsState } from '#shared/contract-models.ts';
import type { SwapSettings, VideoSettings } from '#shared/settings.ts';
import { effectiveEngine } from './presets.ts';

export type TuningObstacle =
  /** The chosen engine has nothing to tune. */
  | { readonly kind: 'classic' }
  /** The engine that can be tuned cannot run. */
  | { readonly kind: 'engine'; readonly reason: string }
  /** The networks of the losses are missing: weights that were tuned before still work. */
  | { readonly kind: 'losses'; readonly packs: readonly string[] };

/** What stands in the way of tuning; null where nothing does, and while nothing is known. */
export function tuningObstacle(engine: SwapSettings['engine'], models: ModelsState | null): TuningObstacle | null {
  if (models === null) return null;
  const rgi = models.engines.find(({ id }) => id === 'rgi');
  if (rgi?.ready !== true && engine !== 'classic') return { kind: 'engine', reason: rgi?.reason ?? '' };
  if (effectiveEngine(engine, models) === 'classic') return { kind: 'classic' };
  const { works, missing } = models.features.find(({ id }) => id === 'tuning') ?? { works: true, missing: [] };
  return works ? null : { kind: 'losses', packs: missing };
}

/** The settings of the job: tuning is left out where it cannot be. */
export function jobVideoSettings(video: VideoSettings, obstacle: TuningObstacle | null): VideoSettings {
  if (!video.pti || obstacle === null) return video;
  const loads = obstacle.kind === 'losses' && video.ptiResume !== null;
  return loads ? { ...video, ptiSteps: 0 } : { ...video, pti: false };
}
