/** What the status strip says while the Video tab is shown. */
import { jobLine } from '../../model/job-status.ts';
import { useJobs } from '../../state/jobs.ts';
import { text } from '../../text.ts';
import { useStartState } from './use-clip.ts';

export interface VideoStatus {
  readonly line: string;
  /** 0..1 of the running job; null where none runs. */
  readonly fraction: number | null;
}

export function useVideoStatus(): VideoStatus {
  const running = useJobs((state) => state.list.find((job) => job.state === 'running') ?? null);
  const { says } = useStartState();
  return running
    ? { line: text.video.jobs.announce(running.target, jobLine(running)), fraction: running.fraction }
    : { line: says, fraction: null };
}
