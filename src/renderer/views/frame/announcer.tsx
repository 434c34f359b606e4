import { makeStyles } from '@fluentui/react-components';
import { useEffect, useRef, useState } from 'react';
import type { JobInfo } from '#shared/jobs.ts';
import { stageTitle } from '../../model/progress.ts';
import { useJobs } from '../../state/jobs.ts';
import { type RunState, useRun } from '../../state/run.ts';
import { text } from '../../text.ts';

const useStyles = makeStyles({
  hidden: {
    position: 'absolute',
    // Where it would stand by itself is below the window's edge.
    top: 0,
    width: '1px',
    height: '1px',
    overflow: 'hidden',
    clipPath: 'inset(50%)',
    whiteSpace: 'nowrap',
  },
});

function announcement(before: RunState, now: RunState): string | null {
  if (now.phase === 'running') {
    if (before.phase !== 'running') return text.run.announceStart;
    const stage = now.progress?.stage;
    return stage && stage !== before.progress?.stage ? stageTitle(stage) : null;
  }
  if (before.phase === now.phase) return null;
  if (now.phase === 'failed') return text.run.announceFailed;
  if (now.phase === 'idle') return now.result === before.result ? text.run.announceCancelled : text.run.announceDone;
  return null;
}

/** The first job whose state is another one, in words. */
function jobAnnouncement(before: readonly JobInfo[], now: readonly JobInfo[]): string | null {
  for (const job of now) {
    const known = before.find(({ id }) => id === job.id);
    if (known && known.state !== job.state)
      return text.video.jobs.announce(job.target, text.video.jobs.states[job.state]);
  }
  return null;
}

/** Tells screen readers how swaps and jobs go. */
export function Announcer() {
  const styles = useStyles();
  const run = useRun();
  const before = useRef(run);
  const [said, setSaid] = useState('');
  useEffect(() => {
    const next = announcement(before.current, run);
    before.current = run;
    if (next !== null) setSaid(next);
  }, [run]);
  const jobs = useJobs((state) => state.list);
  const jobsBefore = useRef(jobs);
  useEffect(() => {
    const next = jobAnnouncement(jobsBefore.current, jobs);
    jobsBefore.current = jobs;
    if (next !== null) setSaid(next);
  }, [jobs]);
  return (
    <div className={styles.hidden} role="status" aria-live="polite">
      {said}
    </div>
  );
}
