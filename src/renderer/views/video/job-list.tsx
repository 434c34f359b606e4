import { Field, makeStyles, mergeClasses, ProgressBar, Switch, tokens } from '@fluentui/react-components';
import type { JobInfo } from '#shared/jobs.ts';
import type { JobState } from '#shared/video.ts';
import { useStudio } from '../../actions/studio.ts';
import { inOrder, jobDetails, jobLine, madeAt } from '../../model/job-status.ts';
import { useJobs } from '../../state/jobs.ts';
import { usePreferences } from '../../state/preferences.ts';
import { showJob, useVideoView } from '../../state/video-view.ts';
import { text } from '../../text.ts';
import { JobButtons } from './job-buttons.tsx';
import { useListedJobs } from './use-listed-jobs.ts';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', flex: '1 1 0', minHeight: 0 },
  scroll: { flex: '1 1 0', minHeight: 0, overflowY: 'auto', overflowX: 'hidden', scrollbarWidth: 'thin' },
  list: { listStyleType: 'none', margin: 0, padding: 0 },
  job: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalXS,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalL}`,
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  shown: {
    backgroundColor: tokens.colorNeutralBackground1,
    boxShadow: `inset 3px 0 0 ${tokens.colorCompoundBrandStroke}`,
    '@media (forced-colors: active)': { outline: '2px solid Highlight', outlineOffset: '-2px' },
  },
  name: {
    minWidth: 0,
    padding: 0,
    border: 'none',
    borderRadius: tokens.borderRadiusSmall,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    textAlign: 'left',
    backgroundColor: 'transparent',
    color: tokens.colorNeutralForeground1,
    fontFamily: 'inherit',
    fontSize: tokens.fontSizeBase300,
    fontWeight: tokens.fontWeightMedium,
    cursor: 'pointer',
    ':hover': { textDecorationLine: 'underline' },
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '1px' },
  },
  line: { fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground2, fontVariantNumeric: 'tabular-nums' },
  quiet: { fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground3 },
  failed: { color: tokens.colorStatusDangerForeground1 },
  buttons: { display: 'flex', flexWrap: 'wrap', gap: '2px' },
  empty: {
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalXS,
    padding: tokens.spacingHorizontalXXL,
    textAlign: 'center',
    color: tokens.colorNeutralForeground3,
  },
  strong: { color: tokens.colorNeutralForeground2, fontWeight: tokens.fontWeightMedium },
  foot: {
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalL}`,
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
  },
});

const PROGRESS: readonly JobState[] = ['running', 'queued', 'paused', 'interrupted'];

function JobRow({ job }: { job: JobInfo }) {
  const styles = useStyles();
  const shown = useVideoView(({ subject }) => subject.kind === 'job' && subject.job === job.id);
  const line = jobLine(job);
  return (
    <li className={mergeClasses(styles.job, shown && styles.shown)}>
      <button
        type="button"
        className={styles.name}
        aria-label={text.video.jobs.open(job.target)}
        aria-current={shown}
        title={job.target}
        onClick={() => showJob(job.id)}
      >
        {job.target}
      </button>
      {PROGRESS.includes(job.state) && (
        <ProgressBar value={job.fraction} aria-label={text.video.jobs.progress(job.target)} aria-valuetext={line} />
      )}
      <span className={mergeClasses(styles.line, job.state === 'failed' && styles.failed)}>{line}</span>
      {job.error && <span className={styles.quiet}>{job.error.message}</span>}
      <span className={styles.quiet}>{jobDetails(job)}</span>
      <span className={styles.quiet}>{madeAt(job, new Date())}</span>
      <span className={styles.buttons}>
        <JobButtons job={job} />
      </span>
    </li>
  );
}

/** Every job: what runs, what waits, what is done. */
export function JobList() {
  const styles = useStyles();
  const { preferences } = useStudio();
  const loaded = useJobs((state) => state.loaded);
  const list = useListedJobs();
  const resumeJobs = usePreferences((state) => state.settings.resumeJobs);
  return (
    <div className={styles.root}>
      <div className={styles.scroll}>
        {loaded && list.length === 0 && (
          <div className={styles.empty}>
            <span className={styles.strong}>{text.video.jobs.empty}</span>
            <span>{text.video.jobs.emptyBody}</span>
          </div>
        )}
        <ul className={styles.list} aria-label={text.video.jobs.title}>
          {inOrder(list).map((job) => (
            <JobRow key={job.id} job={job} />
          ))}
        </ul>
      </div>
      <div className={styles.foot}>
        <Field hint={text.video.jobs.resumeAllHint} size="small">
          <Switch
            checked={resumeJobs}
            label={text.video.jobs.resumeAll}
            onChange={(_, { checked }) => void preferences.set({ resumeJobs: checked })}
          />
        </Field>
      </div>
    </div>
  );
}
