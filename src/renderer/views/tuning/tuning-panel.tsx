import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  makeStyles,
  ProgressBar,
  tokens,
} from '@fluentui/react-components';
import { ArrowDownload16Regular, Checkmark16Regular } from '@fluentui/react-icons';
import { useState } from 'react';
import type { JobInfo } from '#shared/jobs.ts';
import type { TuningInfo } from '#shared/tuning.ts';
import { useStudio } from '../../actions/studio.ts';
import { duration } from '../../model/job-status.ts';
import { stageOf } from '../../model/loss-curves.ts';
import { useConnection } from '../../state/connection.ts';
import { useTuning } from '../../state/tuning.ts';
import { text } from '../../text.ts';
import { LossPanel } from './loss-panel.tsx';
import { TuningPictures } from './tuning-pictures.tsx';

const useStyles = makeStyles({
  root: {
    flex: '1 1 0',
    minHeight: 0,
    overflowY: 'auto',
    overflowX: 'hidden',
    display: 'flex',
    flexDirection: 'column',
    gap: tokens.spacingVerticalL,
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalL} ${tokens.spacingVerticalL}`,
    backgroundColor: tokens.colorNeutralBackground2,
    '& > *': { flexShrink: 0 },
  },
  head: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS },
  row: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalS },
  lines: { flex: '1 1 240px', minWidth: 0 },
  title: { margin: 0, fontSize: tokens.fontSizeBase300, lineHeight: '20px', fontWeight: tokens.fontWeightSemibold },
  line: {
    margin: 0,
    minHeight: '20px',
    color: tokens.colorNeutralForeground2,
    fontVariantNumeric: 'tabular-nums',
  },
});

/** How far it is, in one line. */
function lineOf(info: TuningInfo): string {
  const words = text.tuning.panel;
  if (info.preparing) return words.preparing(info.preparing.done, info.preparing.total);
  const parts = [words.updates(info.updates, info.total)];
  if (info.updatesPerSecond !== null) parts.push(words.speed(info.updatesPerSecond));
  if (info.secondsLeft !== null) parts.push(words.left(duration(info.secondsLeft)));
  return parts.join(' · ');
}

/** What the stage does, and from where a cut off tuning would go on. */
function aboutOf(info: TuningInfo): string {
  const saved = info.saved === null ? [] : [text.tuning.panel.saved(info.saved)];
  return [stageOf(info)?.says ?? '', ...saved].join(' ');
}

/** How a running tuning stands, and the way to end it. */
function Running({ info }: { info: TuningInfo }) {
  const styles = useStyles();
  const { tuning } = useStudio();
  const ready = useConnection((state) => state.phase === 'ready');
  const stage = stageOf(info);
  const line = lineOf(info);
  return (
    <div className={styles.head}>
      <div className={styles.row}>
        <div className={styles.lines}>
          <h2 className={styles.title}>{stage?.title ?? text.tuning.panel.label}</h2>
          <p className={styles.line}>{line}</p>
          <p className={styles.line}>{info.finishing ? text.tuning.panel.finishing : aboutOf(info)}</p>
        </div>
        <Button
          size="small"
          icon={<Checkmark16Regular />}
          disabled={!ready || info.finishing}
          title={text.tuning.panel.finishHint}
          onClick={() => void tuning.finishNow(info.job)}
        >
          {text.tuning.panel.finishNow}
        </Button>
      </div>
      <ProgressBar
        aria-label={text.tuning.panel.progress}
        aria-valuetext={line}
        {...(info.total > 0 ? { value: info.updates / info.total } : {})}
      />
    </div>
  );
}

/** What became of a tuning, and the weights to take along. */
function Over({ job, info }: { job: JobInfo; info: TuningInfo }) {
  const styles = useStyles();
  const { tuning } = useStudio();
  const ready = useConnection((state) => state.phase === 'ready');
  const [saving, setSaving] = useState(false);
  const words = text.tuning.panel;
  const { tuned } = info;
  if (!tuned) return <p className={styles.line}>{lineOf(info)}</p>;
  return (
    <MessageBar intent={tuned.ended === 'diverged' ? 'warning' : 'success'}>
      <MessageBarBody>{words.ended[tuned.ended](tuned.updates)}</MessageBarBody>
      <MessageBarActions>
        <Button
          size="small"
          icon={<ArrowDownload16Regular />}
          disabled={!ready || saving}
          onClick={() => {
            setSaving(true);
            void tuning.save(job).finally(() => setSaving(false));
          }}
        >
          {saving ? words.exporting : words.export}
        </Button>
      </MessageBarActions>
    </MessageBar>
  );
}

/** The tuning of a job, running or over: curves, pictures, and what can be done with it. */
export function TuningPanel({ job }: { job: JobInfo }) {
  const styles = useStyles();
  const { info, rows } = useTuning();
  const words = text.tuning.panel;
  const nothing = !info || (!info.running && rows.length === 0 && info.tuned === null);
  const starting = job.state === 'running' && job.phase === 'tune';
  return (
    <section className={styles.root} aria-label={words.label}>
      {nothing ? (
        <p className={styles.line}>{starting ? words.starting : words.none}</p>
      ) : (
        <>
          {info.running ? <Running info={info} /> : <Over job={job} info={info} />}
          <TuningPictures job={job.id} info={info} />
          <LossPanel rows={rows} />
        </>
      )}
    </section>
  );
}
