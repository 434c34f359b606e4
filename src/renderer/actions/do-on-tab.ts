/** What the same key or button does on each of the two tabs. */
import { byId } from '../model/job-status.ts';
import { useJobs } from '../state/jobs.ts';
import { useRun } from '../state/run.ts';
import { openDialog, useUi } from '../state/ui.ts';
import { showJob, useVideoView } from '../state/video-view.ts';
import type { Studio } from './studio.ts';

const onVideo = (): boolean => useUi.getState().tab === 'video';

/** Starts the swap of the photo, or a job. */
export async function startOnTab(studio: Studio): Promise<void> {
  if (!onVideo()) return studio.runs.start();
  const job = await studio.clips.start();
  if (job) showJob(job.id);
}

/** Exports the result of the photo, or saves that of the job on screen. */
export function exportOnTab(studio: Studio): void {
  if (!onVideo()) {
    if (useRun.getState().result) openDialog('export');
    return;
  }
  const { subject } = useVideoView.getState();
  const job = subject.kind === 'job' ? byId(useJobs.getState().list, subject.job) : null;
  if (job?.state === 'done') void studio.jobs.save(job);
}
