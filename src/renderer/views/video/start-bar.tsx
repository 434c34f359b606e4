import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { Play20Filled } from '@fluentui/react-icons';
import { useState } from 'react';
import { useStudio } from '../../actions/studio.ts';
import { isBusy } from '../../model/job-status.ts';
import { useConnection } from '../../state/connection.ts';
import { useJobs } from '../../state/jobs.ts';
import { say } from '../../state/ui.ts';
import { showJob } from '../../state/video-view.ts';
import { text } from '../../text.ts';
import { useStartState } from './use-clip.ts';

const useStyles = makeStyles({
  root: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalXS,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalL}`,
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: tokens.colorNeutralBackground2,
  },
  says: { fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground3, textAlign: 'center' },
});

/** Makes a job of what was put together. */
export function StartBar() {
  const styles = useStyles();
  const { clips } = useStudio();
  const connected = useConnection((state) => state.phase === 'ready');
  const [starting, setStarting] = useState(false);
  const { ready, says } = useStartState();
  const start = async () => {
    setStarting(true);
    const others = useJobs.getState().list.some(isBusy);
    const job = await clips.start();
    setStarting(false);
    if (!job) return;
    showJob(job.id);
    say(
      others
        ? { intent: 'info', title: text.video.start.queued, body: text.video.start.queuedBody }
        : { intent: 'success', title: text.video.start.started },
    );
  };
  return (
    <div className={styles.root}>
      <Button
        appearance="primary"
        icon={<Play20Filled />}
        disabled={!connected || !ready || starting}
        onClick={() => void start()}
      >
        {text.video.start.start}
      </Button>
      <span className={styles.says}>{says}</span>
    </div>
  );
}
