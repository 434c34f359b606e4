import {
  MessageBar,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  ProgressBar,
  tokens,
} from '@fluentui/react-components';
import { ERROR_KINDS } from '#shared/errors.ts';
import type { JobInfo } from '#shared/jobs.ts';
import { jobLine } from '../../model/job-status.ts';
import { text } from '../../text.ts';
import { JobButtons } from './job-buttons.tsx';

const useStyles = makeStyles({
  root: { backgroundColor: tokens.colorNeutralBackground2, borderBottom: `1px solid ${tokens.colorNeutralStroke2}` },
  row: {
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'center',
    gap: tokens.spacingHorizontalS,
    padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalM}`,
  },
  line: {
    flex: '1 1 200px',
    minWidth: 0,
    fontVariantNumeric: 'tabular-nums',
    color: tokens.colorNeutralForeground2,
  },
  buttons: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalXS },
});

/** How a job stands, and what can be done with it. */
export function JobHeader({ job }: { job: JobInfo }) {
  const styles = useStyles();
  const line = jobLine(job);
  return (
    <div className={styles.root}>
      {(job.state === 'running' || job.state === 'paused' || job.state === 'interrupted') && (
        <ProgressBar
          thickness="medium"
          shape="square"
          value={job.fraction}
          aria-label={text.video.jobs.progress(job.target)}
          aria-valuetext={line}
        />
      )}
      <div className={styles.row}>
        <span className={styles.line}>
          {line}
          {job.state === 'done' && ` · ${text.video.report.swapped(job.swappedFrames, job.end - job.first)}`}
        </span>
        <span className={styles.buttons}>
          <JobButtons job={job} labels />
        </span>
      </div>
      {job.error && (
        <MessageBar intent="error" shape="square" layout="multiline">
          <MessageBarBody>
            <MessageBarTitle>{ERROR_KINDS[job.error.kind].title}</MessageBarTitle>
            {job.error.message} {job.error.action}
          </MessageBarBody>
        </MessageBar>
      )}
      {job.notices.length > 0 && (
        <MessageBar intent="info" shape="square" layout="multiline">
          <MessageBarBody>{job.notices.join(' ')}</MessageBarBody>
        </MessageBar>
      )}
    </div>
  );
}
