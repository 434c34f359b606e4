/** What is needed to look at a job: its clip, the state of its frames, and addresses to play. */
import { useEffect, useState } from 'react';
import type { Clip } from '#shared/contract-video.ts';
import type { JobInfo, JobTimeline } from '#shared/jobs.ts';
import type { JobMedia } from '../../actions/jobs.ts';
import { useStudio } from '../../actions/studio.ts';
import { reportOf } from '../../link/report.ts';
import { useConnection } from '../../state/connection.ts';

export interface JobFilm {
  readonly clip: Clip | null;
  readonly timeline: JobTimeline | null;
  readonly media: JobMedia | null;
  /** Why the clip cannot be shown. */
  readonly problem: string | null;
}

const NOTHING: JobFilm = { clip: null, timeline: null, media: null, problem: null };

/** How much of a job has to be done before its timeline is read again. */
const STEPS = 50;

export function useJobFilm(job: JobInfo): JobFilm {
  const { jobs } = useStudio();
  const [film, setFilm] = useState<JobFilm & { readonly of?: string }>(NOTHING);
  const { phase, generation } = useConnection();
  const { id, state, fraction } = job;
  const key = `${id}@${generation}`;
  const done = state === 'done';
  const step = Math.floor(fraction * STEPS);

  useEffect(() => {
    if (phase !== 'ready') return;
    let current = true;
    const set = (change: Partial<JobFilm>) =>
      current && setFilm((now) => ({ ...(now.of === key ? now : NOTHING), of: key, ...change }));
    jobs.clip(id).then(
      (clip) => set({ clip, problem: null }),
      (error: unknown) => set({ problem: reportOf(error).message }),
    );
    jobs.media(id, done).then(
      (media) => set({ media }),
      () => set({ media: null }),
    );
    return () => {
      current = false;
    };
  }, [jobs, id, key, done, phase]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: state and step say when there is more to read
  useEffect(() => {
    if (phase !== 'ready') return;
    let current = true;
    jobs.timeline(id).then(
      (timeline) => current && setFilm((now) => ({ ...(now.of === key ? now : NOTHING), of: key, timeline })),
      // The next step asks again.
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, [jobs, id, key, state, step, phase]);

  return film.of === key ? film : NOTHING;
}
