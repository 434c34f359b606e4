/** What nobody needs any more goes when the engine starts, and as long as it runs. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Home } from '#engine/files/home.ts';
import { removeUnfinishedFiles } from '#engine/files/unfinished.ts';
import type { JobQueue } from '#engine/jobs/jobs.ts';
import { removeAbandonedJobs } from '#engine/jobs/make-job.ts';
import { type KeptClips, sweepClips } from './kept-clips.ts';

const EVERY_MS = 3_600_000;

type TidyJobs = Pick<JobQueue, 'tidy' | 'list' | 'filesOf'>;
type Places = Pick<Home, 'root' | 'packs' | 'jobs' | 'tuned' | 'refined' | 'cache' | 'faces'>;

/** Goes on until the process ends, and keeps it from nothing. */
export function keepTidy(jobs: TidyJobs, kept: KeptClips, home: Places): void {
  const tidy = (): void => {
    // A disk that refuses now is asked again in an hour; nobody waits for this.
    Promise.all([tidyJobs(jobs, kept), removeLeftovers(home)]).catch(() => undefined);
  };
  tidy();
  setInterval(tidy, EVERY_MS).unref();
}

/** Drafts that nobody uses go, and with them the clips that were kept for them alone. */
export async function tidyJobs(jobs: TidyJobs, kept: KeptClips): Promise<void> {
  if ((await jobs.tidy()) > 0) await sweepClips(jobs, kept);
}

/** What processes left in the data folder that were killed while they wrote. Work of living ones is younger, and stays. */
export async function removeLeftovers({ root, packs, jobs, tuned, refined, cache, faces }: Places): Promise<void> {
  await removeAbandonedJobs(jobs);
  const folders = await readdir(packs).catch(() => []);
  const packFolders = folders.map((name) => path.join(packs, name));
  await removeUnfinishedFiles([root, tuned, refined, cache, faces, ...packFolders]);
}
