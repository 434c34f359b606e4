/** Reading of the progress that a run reports. */
import type { SwapEvent } from '#shared/contract.ts';
import { STAGES, type StageId } from '#shared/stages.ts';

export type SwapProgress = Extract<SwapEvent, { type: 'progress' }>;

/** Whole percent of a progress, 0..100. */
export const percent = (progress: SwapProgress | null): number =>
  progress ? Math.round(Math.min(1, Math.max(0, progress.fraction)) * 100) : 0;

/** Title of a stage by its id. */
export const stageTitle = (id: StageId): string => STAGES.find((stage) => stage.id === id)?.title ?? id;

/** How many of a run's stages were computed, and how many came from the cache. */
export function cacheUse(times: readonly { readonly cached: boolean }[]): { computed: number; cached: number } {
  const cached = times.filter((time) => time.cached).length;
  return { computed: times.length - cached, cached };
}
