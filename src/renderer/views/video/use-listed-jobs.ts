/** The jobs that the list shows. */
import { useMemo } from 'react';
import type { JobInfo } from '#shared/jobs.ts';
import { useClips } from '../../state/clips.ts';
import { useJobs } from '../../state/jobs.ts';

/** All but the drafts of this window's own clips: what is being put together here is no job yet for its user. */
export function useListedJobs(): readonly JobInfo[] {
  const list = useJobs((state) => state.list);
  const clips = useClips((state) => state.byKey);
  return useMemo(() => {
    const own = new Set(Object.values(clips).map((clip) => clip?.draft));
    return list.filter((job) => !(job.draft && own.has(job.id)));
  }, [list, clips]);
}
