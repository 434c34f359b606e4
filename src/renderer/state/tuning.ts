/** The tuning of the job that is shown, as the engine tells it, and the weights that were taken in. */
import { create } from 'zustand';
import type { TuningWatchEvent } from '#shared/contract-tuning.ts';
import type { ErrorReport } from '#shared/errors.ts';
import type { JobId } from '#shared/jobs.ts';
import type { KeptWeightsInfo, LossRow, TuningInfo } from '#shared/tuning.ts';

export interface TuningState {
  /** The job that is followed. */
  readonly job: JobId | null;
  /** Null before it was told. */
  readonly info: TuningInfo | null;
  readonly rows: readonly LossRow[];
  /** What is shown of each job that the user chose for. */
  readonly views: Readonly<Partial<Record<JobId, 'film' | 'tuning'>>>;
}

export const useTuning = create<TuningState>()(() => ({ job: null, info: null, rows: [], views: {} }));

/** What is known after events of the job that is followed. Pure. */
export function afterTuning(
  state: Pick<TuningState, 'info' | 'rows'>,
  events: readonly TuningWatchEvent[],
): Pick<TuningState, 'info' | 'rows'> {
  let { info, rows } = state;
  for (const event of events) {
    info = event.info;
    if (event.type === 'all') rows = event.records;
    else if (event.records.length > 0) rows = [...rows, ...event.records];
  }
  return { info, rows };
}

export interface WeightsState {
  /** Null before they were told. */
  readonly kept: readonly KeptWeightsInfo[] | null;
  /** A file on its way. */
  readonly coming: { readonly name: string; readonly fraction: number | null } | null;
  /** Why the last one was refused. */
  readonly refused: { readonly name: string; readonly report: ErrorReport } | null;
}

export const useWeights = create<WeightsState>()(() => ({ kept: null, coming: null, refused: null }));
