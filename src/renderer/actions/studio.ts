/** Everything that the views can ask for, in one object; made once for a link. */
import { createContext, useContext } from 'react';
import { ERROR_KINDS, type ErrorReport } from '#shared/errors.ts';
import type { StudioLink } from '../link/studio-link.ts';
import { fingerprint } from '../model/document.ts';
import { isReady } from '../state/connection.ts';
import { currentDocument, redoEdit, undoEdit, useEdit } from '../state/edit.ts';
import { useJobs } from '../state/jobs.ts';
import { useRun } from '../state/run.ts';
import { say, useUi } from '../state/ui.ts';
import { text } from '../text.ts';
import { type ClipActions, clipActions } from './clips.ts';
import { followEngine } from './connect.ts';
import { type FileActions, fileActions } from './files.ts';
import { type JobActions, jobActions } from './jobs.ts';
import { type ModelsActions, modelsActions } from './models.ts';
import { type PhotoActions, photoActions } from './photos.ts';
import { type PreferenceActions, preferenceActions } from './preferences.ts';
import { type RefineActions, refineActions } from './refine.ts';
import { type ResultActions, resultActions } from './results.ts';
import { type RunActions, runActions } from './runs.ts';
import { type TuningActions, tuningActions } from './tuning.ts';

export interface Studio {
  readonly photos: PhotoActions;
  readonly files: FileActions;
  readonly runs: RunActions;
  readonly clips: ClipActions;
  readonly jobs: JobActions;
  readonly tuning: TuningActions;
  readonly refine: RefineActions;
  readonly results: ResultActions;
  readonly preferences: PreferenceActions;
  readonly models: ModelsActions;
  readonly restartEngine: () => void;
  readonly undo: () => void;
  readonly redo: () => void;
}

/** The one place that turns a failure into what the user sees: a dialog for defects, a message for the rest. */
export function tell(report: ErrorReport): void {
  if (report.kind === 'cancelled') return;
  if (report.kind === 'internal') {
    useUi.setState({ failure: report });
    return;
  }
  const where = report.file === undefined ? report.message : text.errors.inFile(report.file, report.message);
  const body = report.action === undefined ? where : `${where} ${report.action}`;
  say({ intent: report.kind === 'engine-lost' ? 'warning' : 'error', title: ERROR_KINDS[report.kind].title, body });
}

/** Follows the engine and runs what the document asks for, until `signal` is aborted. */
export function startStudio(link: StudioLink, signal: AbortSignal): Studio {
  const photos = photoActions(link, tell);
  const preferences = preferenceActions(link, tell);
  const models = modelsActions(link, tell);
  const clips = clipActions(link, photos, tell);
  const jobs = jobActions(link, tell);
  const runs = runActions(link, photos, {
    fail: tell,
    finished: (engine) => void models.noticeEngine(engine),
    restarted: () => say({ intent: 'info', title: text.run.hardCancelTitle, body: text.run.hardCancelBody }),
  });
  void followEngine(
    link,
    {
      started: async () => {
        await preferences.load();
        jobs.follow();
        await models.refresh();
      },
      recovered: async () => {
        // An engine that died before it told its settings is asked again.
        await preferences.load();
        await clips.reopenAll();
        jobs.follow();
        await runs.recover();
        say({ intent: 'success', title: text.connection.backTitle, body: text.connection.backBody });
      },
      lost: (reason) =>
        say({ intent: 'warning', title: text.connection.lostTitle, body: reason ?? text.connection.lostBody }),
    },
    signal,
  );
  const stop = useEdit.subscribe((state, before) => {
    if (state.history.present === before.history.present) return;
    photos.closeUnused();
    clips.closeUnused();
    const changed = fingerprint(state.history.present) !== fingerprint(before.history.present);
    if (changed && useRun.getState().live && isReady()) runs.schedule(state.history.last?.gesture);
  });
  const stopFollowing = useJobs.subscribe((state, before) => {
    if (state.list !== before.list) void clips.follow();
  });
  const end = () => {
    stop();
    stopFollowing();
  };
  signal.addEventListener('abort', end, { once: true });
  return {
    photos,
    preferences,
    models,
    runs,
    clips,
    jobs,
    tuning: tuningActions(link, tell),
    refine: refineActions(link, photos, { fail: tell, changed: () => void runs.start() }),
    files: fileActions(link, photos, tell),
    results: resultActions(link, runs, tell),
    restartEngine: () =>
      void link
        .shell()
        .restartEngine()
        .catch(() => undefined),
    undo: () => step(undoEdit),
    redo: () => step(redoEdit),
  };
}

/** A step in the history may bring back a target without the face that is selected now. */
function step(move: () => void): void {
  const before = currentDocument().target;
  move();
  const { target, assignments } = currentDocument();
  if (target === before) return;
  const [face] = Object.keys(assignments).map(Number);
  useEdit.setState({ selectedFace: face ?? null });
  useUi.setState({ subject: { kind: 'target' } });
}

const StudioContext = createContext<Studio | null>(null);
export const StudioProvider = StudioContext.Provider;

export function useStudio(): Studio {
  const studio = useContext(StudioContext);
  if (!studio) throw new Error('useStudio outside of StudioProvider');
  return studio;
}
