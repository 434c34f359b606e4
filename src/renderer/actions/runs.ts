/**
 * Runs of the swap: the newest wins and ends the one before. While a slider is dragged, drafts are asked for, and the full
 * result once it rests. A cancel is first a message; when the engine is inside a step that cannot be interrupted, it is
 * ended and started again.
 */
import type { SwapResult } from '#shared/contract.ts';
import type { ErrorReport } from '#shared/errors.ts';
import type { EngineId } from '#shared/settings.ts';
import { reportOf } from '../link/report.ts';
import type { StudioLink } from '../link/studio-link.ts';
import { fingerprint, isComplete, photosInUse, requestOf, type StudioDocument } from '../model/document.ts';
import { effectiveEngine } from '../model/presets.ts';
import { useConnection } from '../state/connection.ts';
import { currentDocument } from '../state/edit.ts';
import { useModels } from '../state/models.ts';
import { photoOf } from '../state/photos.ts';
import { type FinishedRun, useRun } from '../state/run.ts';
import { show, useUi } from '../state/ui.ts';
import type { PhotoActions } from './photos.ts';

/** How long changes are collected before they start a run. Milliseconds. */
export const COLLECT_MS = 60;
/**
 * While changes go on, a run is waited for so that a drag shows what it does: at least and at most so long, and about as
 * long as the last one took. Milliseconds.
 */
export const SHORT_RUN_MS = 500;
const LONGEST_WAIT_MS = 2500;
/** What a run may take longer than the one before. */
const SLACK = 1.5;
/** How long a slider rests until the full result follows a draft. Milliseconds. */
export const REST_MS = 250;
/** A full run that is as quick as a draft may be is as good while the slider is dragged. Milliseconds. */
export const QUICK_MS = 150;
/** How often such a run is looked after. Milliseconds. */
const LOOK_MS = 20;
/** How long the engine may go on with a step after a cancel before it is restarted. Milliseconds. */
export const PATIENCE_MS = 5000;

export interface RunnerHooks {
  readonly fail: (report: ErrorReport) => void;
  /** A run ended with a result of this engine. */
  readonly finished: (engine: EngineId) => void;
  /** A cancel had to restart the engine. */
  readonly restarted: () => void;
}

export type RunActions = ReturnType<typeof runActions>;

export function runActions(link: StudioLink, photos: PhotoActions, hooks: RunnerHooks) {
  let present: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Until the full result follows a draft. */
  let rest: ReturnType<typeof setTimeout> | undefined;
  /** What the present run computes, and since when; whether it makes a draft's full result. */
  let running: { readonly doc: StudioDocument; readonly since: number; readonly follows: boolean } | null = null;
  /** The slider that moves, and how long the full run took after each. */
  let dragged: string | undefined;
  const fullMs = new Map<string, number>();
  /** The document whose run the engine did not survive: it is tried once more, not for ever. */
  let lostWith: string | null = null;

  function stopTimer(): void {
    clearTimeout(timer);
    clearTimeout(rest);
    timer = undefined;
    rest = undefined;
  }

  /** Whether the run in progress may show a step of a drag: it differs in settings alone and is young. */
  function isWorthWaiting(): boolean {
    if (!present || !running || running.follows) return false;
    const last = (useRun.getState().result?.swap.milliseconds ?? 0) * SLACK;
    const patience = Math.min(Math.max(last, SHORT_RUN_MS), LONGEST_WAIT_MS);
    if (Date.now() - running.since >= patience) return false;
    const { target, assignments } = currentDocument();
    return running.doc.target === target && running.doc.assignments === assignments;
  }

  /** Starts the run of the newest document; a run that takes its time is ended for it. */
  function startWhenDue(): void {
    timer = undefined;
    if (isWorthWaiting()) timer = setTimeout(startWhenDue, LOOK_MS);
    else void start(dragged !== undefined && (fullMs.get(dragged) ?? Number.POSITIVE_INFINITY) > QUICK_MS);
  }

  async function start(draft = false, follows = false): Promise<void> {
    stopTimer();
    present?.abort();
    present = null;
    const doc = currentDocument();
    if (!isComplete(doc)) {
      useRun.setState({ phase: 'idle', progress: null, error: null });
      return;
    }
    const controller = new AbortController();
    present = controller;
    running = { doc, since: Date.now(), follows };
    useRun.setState({ phase: 'running', progress: null, error: null });
    try {
      await run(doc, controller.signal, draft);
      if (present === controller) lostWith = null;
    } catch (error) {
      if (present === controller) end(reportOf(error, controller.signal), fingerprint(doc));
    } finally {
      if (present === controller) present = null;
    }
  }

  async function run(doc: StudioDocument, signal: AbortSignal, draft: boolean): Promise<void> {
    for (const key of photosInUse(doc)) await photos.ensureOpen(key);
    const rgi = effectiveEngine(doc.settings.engine, useModels.getState().models) === 'rgi';
    const request = requestOf(doc, (key) => photoOf(key)?.id ?? null, rgi);
    if (!request || signal.aborted) return;
    for await (const event of await link.engine().swap.run(draft ? { ...request, draft } : request, { signal })) {
      if (signal.aborted) return;
      if (event.type === 'progress') {
        // A draft is over before its progress can be read.
        if (!draft) useRun.setState({ progress: event });
        continue;
      }
      const { result } = event;
      finish(doc, result);
      if (result.draft) rest = setTimeout(() => void start(false, true), REST_MS);
      else if (dragged !== undefined) fullMs.set(dragged, result.milliseconds);
      hooks.finished(result.engine);
    }
  }

  function end(report: ErrorReport, of: string): void {
    if (report.kind === 'engine-lost' && lostWith !== of) {
      lostWith = of;
      useRun.setState({ phase: 'waiting', progress: null });
      return;
    }
    useRun.setState({ phase: 'failed', progress: null, error: report });
    hooks.fail(report);
  }

  /** Whether the engine takes calls again soon: any answer, an error too, says that its loop is free. */
  function isFree(): Promise<boolean> {
    const answer = link
      .engine()
      .settings.get()
      .then(
        () => true,
        () => true,
      );
    return Promise.race([answer, after(PATIENCE_MS).then(() => false)]);
  }

  return {
    start,

    /**
     * Starts a run soon, for whatever the document is by then; while changes go on, again and again.
     * @param gesture the slider that is dragged; drafts do while it moves
     */
    schedule(gesture?: string): void {
      dragged = gesture;
      clearTimeout(rest);
      timer ??= setTimeout(startWhenDue, COLLECT_MS);
    },

    /** The last result, made in full when it is a draft; null when there is none or it did not come about. */
    async full(): Promise<FinishedRun | null> {
      if (useRun.getState().result?.swap.draft) await start(false, true);
      const { result } = useRun.getState();
      return result?.swap.draft ? null : result;
    },

    /** Ends the run; resolves when the engine is free again. */
    async cancel(): Promise<void> {
      stopTimer();
      if (!present) {
        // Between a draft and its full result nothing runs.
        if (useRun.getState().phase === 'running') useRun.setState({ phase: 'idle', progress: null });
        return;
      }
      present.abort();
      present = null;
      useRun.setState({ phase: 'stopping' });
      if (!(await isFree())) {
        hooks.restarted();
        await link.shell().restartEngine();
      }
      if (useRun.getState().phase === 'stopping') useRun.setState({ phase: 'idle', progress: null });
    },

    /** After the engine came back: runs again what was running, or what it had kept for the screen. */
    async recover(): Promise<void> {
      const { phase, result } = useRun.getState();
      const wasShown = phase === 'idle' && result?.of === fingerprint(currentDocument());
      await photos.reopenAll();
      if (phase === 'waiting' || phase === 'running' || wasShown) await start();
    },
  };
}

function finish(doc: StudioDocument, swap: SwapResult): void {
  if (doc.target === null) return;
  const { generation } = useConnection.getState();
  const result = { swap, generation, target: doc.target, of: fingerprint(doc) };
  useRun.setState((state) => ({
    // A draft's full result is still to come.
    phase: swap.draft ? 'running' : 'idle',
    progress: null,
    error: null,
    result,
    full: swap.draft ? state.full : result,
  }));
  const { kind } = useUi.getState().subject;
  if (kind === 'target' || kind === 'source') show({ kind: 'result' });
}

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
