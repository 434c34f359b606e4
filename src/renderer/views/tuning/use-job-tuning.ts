/** Follows the tuning of the job that is shown. */
import { useEffect } from 'react';
import type { JobInfo } from '#shared/jobs.ts';
import { useStudio } from '../../actions/studio.ts';
import { useConnection } from '../../state/connection.ts';
import { useTuning } from '../../state/tuning.ts';

export interface JobTuning {
  /** There is something to see of it. */
  readonly there: boolean;
  /** It is what is shown of the job. */
  readonly shown: boolean;
}

/** While a job tunes its tuning is shown, unless the user wants to see the frames. */
export function useJobTuning(job: JobInfo): JobTuning {
  const { tuning } = useStudio();
  const ready = useConnection((state) => state.phase === 'ready');
  const generation = useConnection((state) => state.generation);
  const own = useTuning((state) => state.job === job.id);
  const updates = useTuning((state) => state.info?.updates ?? 0);
  const tuned = useTuning((state) => state.info?.tuned != null);
  const view = useTuning((state) => state.views[job.id]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another engine process is followed anew
  useEffect(() => (ready ? tuning.follow(job.id) : undefined), [tuning, job.id, ready, generation]);
  const there = job.phase === 'tune' || (own && (updates > 0 || tuned));
  return { there, shown: there && (view ? view === 'tuning' : job.phase === 'tune') };
}
