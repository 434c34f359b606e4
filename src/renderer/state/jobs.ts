/** The video jobs, as the engine last told of them. */
import { create } from 'zustand';
import type { JobWatchEvent } from '#shared/contract-video.ts';
import type { JobId, JobInfo } from '#shared/jobs.ts';

export interface JobsState {
  readonly list: readonly JobInfo[];
  /** False until the engine has told them once. */
  readonly loaded: boolean;
  /** The frame of each job that was finished last. */
  readonly latest: Readonly<Partial<Record<JobId, number>>>;
  /** Jobs that were removed while this window looked. */
  readonly removed: readonly JobId[];
}

export const useJobs = create<JobsState>()(() => ({ list: [], loaded: false, latest: {}, removed: [] }));

/** What the list is after an event. Pure. */
export function afterEvent(state: JobsState, event: JobWatchEvent): JobsState {
  switch (event.type) {
    case 'all':
      return { ...state, list: event.jobs, loaded: true };
    case 'job': {
      const known = state.list.some(({ id }) => id === event.job.id);
      const list = known
        ? state.list.map((job) => (job.id === event.job.id ? event.job : job))
        : [...state.list, event.job];
      return { ...state, list };
    }
    case 'frame':
      return { ...state, latest: { ...state.latest, [event.id]: event.frame } };
    case 'removed':
      return {
        ...state,
        list: state.list.filter(({ id }) => id !== event.id),
        removed: [...state.removed, event.id],
      };
  }
}

export const jobOf = (id: JobId | null): JobInfo | null => useJobs.getState().list.find((job) => job.id === id) ?? null;
