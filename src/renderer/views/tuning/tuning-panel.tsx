import { Button, MessageBar, MessageBarBody, makeStyles, ProgressBar, tokens } from '@fluentui/react-components';
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
  },
  head: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: tokens.spacingHorizontalS },
  lines: { flex: '1 1 240px', minWidth: 0 },
  title: { margin: 0, fontSize: tokens.fontSizeBase300, lineHeight: '20px', fontWeight: tokens.fontWeightSemibold },
  line: {
    margin: 0,
    minHeight: '20px',
    color: tokens.colorNeutralForeground2,
    fontVariantNumeric: 'tabular-nums',
  },
  buttons: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalXS },
});

/** How far it is, in one line. */
function lineOf(info: TuningInfo): string {
  const words = text.tuning.panel;
  if (info.preparing) return words.preparing(info.preparing.done, info.preparing.total);
  const parts = [words.updates(info.updates, info.total)];
  if (info.updatesPerSecond !== null) parts.push(words.speed(info.updatesPerSecond));
  if (info.secondsLeft !== null) parts.push(words.left(duration(info.secondsLeft)));
  if (info.saved !== null) parts.push(words.saved(info.saved));
  return parts.join(' · ');
}

function Running({ info }: { info: TuningInfo }) {
  const styles = useStyles();
  const stage = stageOf(info);
  const line = lineOf(info);
  return (
    <>
      <div className={styles.lines}>
        <h2 className={styles.title}>{stage?.title ?? text.tuning.panel.label}</h2>
        <p className={styles.line}>{line}</p>
        <p className={styles.line}>{info.finishing ? text.tuning.panel.finishing : stage?.says}</p>
      </div>
      <ProgressBar
        aria-label={text.tuning.panel.progress}
        aria-valuetext={line}
        {...(info.total > 0 ? { value: info.updates / info.total } : {})}
      />
    </>
  );
}

/** The tuning of a job, running or over: curves, pictures, and what can be done with it. */
export function TuningPanel({ job }: { job: JobInfo }) {
  const styles = useStyles();
  const { tuning } = useStudio();
  const { info, rows } = useTuning();
  const ready = useConnection((state) => state.phase === 'ready');
  const [saving, setSaving] = useState(false);
  const words = text.tuning.panel;
  const preparing = job.state === 'running' && job.phase === 'tune' && !info?.running;
  if (!info || (!info.running && rows.length === 0 && info.tuned === null)) {
    return (
      <section className={styles.root} aria-label={words.label}>
        {preparing ? words.starting : words.none}
      </section>
    );
  }
  const { tuned } = info;
  const save = () => {
    setSaving(true);
    void tuning.save(job).finally(() => setSaving(false));
  };
  return (
    <section className={styles.root} aria-label={words.label}>
      <div className={styles.head}>
        {info.running ? <Running info={info} /> : <p className={styles.line}>{lineOf(info)}</p>}
        <span className={styles.buttons}>
          {info.running && (
            <Button
              size="small"
              icon={<Checkmark16Regular />}
              disabled={!ready || info.finishing}
              title={words.finishHint}
              onClick={() => void tuning.finishNow(job.id)}
            >
              {words.finishNow}
            </Button>
          )}
          {tuned && (
            <Button size="small" icon={<ArrowDownload16Regular />} disabled={!ready || saving} onClick={save}>
              {saving ? words.exporting : words.export}
            </Button>
          )}
        </span>
      </div>
      {tuned && (
        <MessageBar intent={tuned.ended === 'diverged' ? 'warning' : 'success'} layout="multiline">
          <MessageBarBody>{words.ended[tuned.ended](tuned.updates)}</MessageBarBody>
        </MessageBar>
      )}
      <TuningPictures job={job.id} info={info} />
      <LossPanel rows={rows} />
    </section>
  );
}
