/** What nobody needs any more goes when the engine starts, and as long as it runs. */
import type { JobQueue } from '#engine/jobs/jobs.ts';

const EVERY_MS = 3_600_000;

/** Goes on until the process ends, and keeps it from nothing. */
export function keepTidy(jobs: Pick<JobQueue, 'tidy'>): void {
  const tidy = (): void => {
    // A disk that refuses now is asked again in an hour; nobody waits for this.
    jobs.tidy().catch(() => undefined);
  };
  tidy();
  setInterval(tidy, EVERY_MS).unref();
}
