import { Button, useRestoreFocusTarget } from '@fluentui/react-components';
import {
  ArrowClockwise16Regular,
  ArrowDownload16Regular,
  Delete16Regular,
  Dismiss16Regular,
  Pause16Regular,
  PersonEdit16Regular,
  Play16Regular,
} from '@fluentui/react-icons';
import { useState } from 'react';
import type { JobInfo } from '#shared/jobs.ts';
import { useStudio } from '../../actions/studio.ts';
import { JOB_ACTIONS, type JobAction } from '../../model/job-status.ts';
import { useConnection } from '../../state/connection.ts';
import { text } from '../../text.ts';
import { ConfirmDialog } from '../dialogs/confirm-dialog.tsx';

const ICONS: Readonly<Record<JobAction, typeof Pause16Regular>> = {
  pause: Pause16Regular,
  resume: Play16Regular,
  cancel: Dismiss16Regular,
  retry: ArrowClockwise16Regular,
  remove: Delete16Regular,
};

/** What cannot be taken back is asked about first. */
const ASKS = {
  cancel: { title: text.video.jobs.confirmCancel, body: text.video.jobs.confirmCancelBody },
  remove: { title: text.video.jobs.confirmRemove, body: text.video.jobs.confirmRemoveBody },
  retry: { title: text.video.jobs.confirmRetry, body: text.video.jobs.confirmRetryBody },
} as const;
type Asked = keyof typeof ASKS;
const isAsked = (action: JobAction): action is Asked => action in ASKS;

/** What else goes with a job that has tuned weights of its own. */
function tuningLost({ tuned, phase, state }: JobInfo): string {
  if (!tuned) return '';
  if (phase !== 'tune') return ` ${text.video.jobs.losesWeights}`;
  return ` ${state === 'running' ? text.video.jobs.losesTuningNow : text.video.jobs.losesTuning}`;
}

/** The way to keep what a job has tuned. */
function KeepTuning({ job, onKeep }: { job: JobInfo; onKeep: () => void }) {
  const { tuning } = useStudio();
  const { tuned, phase, state } = job;
  if (!tuned) return null;
  const keep = (label: string, run: () => Promise<unknown>) => (
    <Button
      onClick={() => {
        onKeep();
        void run();
      }}
    >
      {label}
    </Button>
  );
  if (phase !== 'tune') return keep(text.video.jobs.saveWeights, () => tuning.save(job));
  return state === 'running' ? keep(text.tuning.panel.finishNow, () => tuning.finishNow(job.id)) : null;
}

/** Everything that can be done with a job. @param labels words beside the signs */
export function JobButtons({ job, labels = false }: { job: JobInfo; labels?: boolean }) {
  const { jobs, clips } = useStudio();
  const ready = useConnection((state) => state.phase === 'ready');
  const [busy, setBusy] = useState<JobAction | 'save' | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const { draft } = job;
  const focusTarget = useRestoreFocusTarget();
  const act = (action: JobAction) => {
    setBusy(action);
    void jobs.act(job.id, action).finally(() => setBusy(null));
  };
  const save = () => {
    setBusy('save');
    void jobs.save(job).finally(() => setBusy(null));
  };
  const actions: readonly JobAction[] = draft ? ['remove'] : JOB_ACTIONS[job.state];
  // What was never worked on, or is thrown away already, needs no question.
  const nothingToLose = job.fraction === 0 || job.state === 'cancelled';
  return (
    <>
      {draft && (
        <Button
          size="small"
          icon={<PersonEdit16Regular />}
          disabled={!ready}
          aria-label={text.video.jobs.actionOn(text.video.jobs.continue, job.target)}
          onClick={() => void clips.openDraft(job)}
        >
          {text.video.jobs.continue}
        </Button>
      )}
      {job.state === 'done' && (
        <Button
          size="small"
          icon={<ArrowDownload16Regular />}
          disabled={!ready || busy !== null}
          aria-label={text.video.jobs.actionOn(text.video.jobs.save, job.target)}
          onClick={save}
        >
          {busy === 'save' ? text.video.jobs.saving : text.video.jobs.save}
        </Button>
      )}
      {actions.map((action) => {
        const Icon = ICONS[action];
        const word = text.video.jobs.actions[action];
        return (
          <Button
            {...focusTarget}
            key={action}
            size="small"
            appearance="subtle"
            icon={<Icon />}
            disabled={!ready || busy !== null}
            aria-label={text.video.jobs.actionOn(word, job.target)}
            title={word}
            onClick={() => (isAsked(action) && !nothingToLose ? setAsked(action) : act(action))}
          >
            {labels ? word : null}
          </Button>
        );
      })}
      {asked && (
        <ConfirmDialog
          title={ASKS[asked].title}
          body={`${ASKS[asked].body(job.target)}${tuningLost(job)}`}
          confirm={text.video.jobs.confirms[asked]}
          keep={text.video.jobs.keep}
          more={<KeepTuning job={job} onKeep={() => setAsked(null)} />}
          onClose={(confirmed) => {
            setAsked(null);
            if (confirmed) act(asked);
          }}
        />
      )}
    </>
  );
}
