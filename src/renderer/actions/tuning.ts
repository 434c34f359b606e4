/** Personal tuning: following a job's, steering it, its pictures, and tuned weights in and out. */
import type { GrantedFile } from '#shared/contract.ts';
import type { TuningPicture, TuningWatchEvent } from '#shared/contract-tuning.ts';
import type { ErrorReport } from '#shared/errors.ts';
import type { JobId, JobInfo } from '#shared/jobs.ts';
import type { KeptWeightsInfo } from '#shared/tuning.ts';
import { reportOf } from '../link/report.ts';
import type { GrantOptions, StudioLink } from '../link/studio-link.ts';
import { afterTuning, useTuning, useWeights } from '../state/tuning.ts';
import { say } from '../state/ui.ts';
import { text } from '../text.ts';
import { download } from './download.ts';
import { createGuard } from './guard.ts';
import { leavable } from './leavable.ts';

export type TuningActions = ReturnType<typeof tuningActions>;

/** Events are shown together this often. Milliseconds. */
const SHOW_MS = 120;

type Grant = (options: Pick<GrantOptions, 'onProgress'>) => Promise<GrantedFile>;

/** `tuned walk.safetensors` for `walk.mp4`. */
export const tunedName = (target: string): string => `tuned ${target.replace(/\.[^.]*$/, '')}.safetensors`;

export function tuningActions(link: StudioLink, fail: (report: ErrorReport) => void) {
  let leave = (): void => undefined;

  const guarded = createGuard(fail);

  async function run(job: JobId, signal: AbortSignal): Promise<void> {
    let waiting: TuningWatchEvent[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = () => {
      timer = undefined;
      const events = waiting;
      waiting = [];
      if (!signal.aborted) useTuning.setState((state) => afterTuning(state, events));
    };
    try {
      for await (const event of await link.engine().tuning.watch({ job }, { signal })) {
        if (signal.aborted) return;
        waiting.push(event);
        // The first one is waited for.
        if (useTuning.getState().info === null) show();
        else timer ??= setTimeout(show, SHOW_MS);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async function take(name: string, grant: Grant): Promise<KeptWeightsInfo | null> {
    const tell = (fraction: number | null) => useWeights.setState({ coming: { name, fraction } });
    useWeights.setState({ refused: null });
    tell(null);
    let granted: GrantedFile | null = null;
    try {
      granted = await grant({ onProgress: tell });
      tell(null);
      const weights = await link.engine().tuning.keep({ file: granted.file });
      useWeights.setState({ kept: await link.engine().tuning.kept() });
      return weights;
    } catch (error) {
      const report = reportOf(error);
      if (report.kind === 'internal') fail(report);
      else if (report.kind !== 'cancelled') useWeights.setState({ refused: { name, report } });
      return null;
    } finally {
      if (granted) link.release(granted.file);
      useWeights.setState({ coming: null });
    }
  }

  return {
    /** Follows the tuning of a job until the returned function is called or another one is followed. */
    follow(job: JobId): () => void {
      leave();
      if (useTuning.getState().job !== job) useTuning.setState({ job, info: null, rows: [] });
      leave = leavable((signal) =>
        run(job, signal).catch((error: unknown) => {
          const report = reportOf(error, signal);
          // A job that was removed has no tuning, and the next engine process is asked when it is there.
          if (!['engine-lost', 'cancelled', 'usage'].includes(report.kind)) fail(report);
        }),
      );
      return leave;
    },

    /** The frame whose pictures are wanted. */
    look: (job: JobId, frame: number): Promise<unknown> =>
      guarded<unknown>(() => link.engine().tuning.look({ job, frame }), null),

    picture: (job: JobId, which: TuningPicture, maxSide: number): Promise<Blob> =>
      link.engine().tuning.picture({ job, which, maxSide }),

    /** Ends the tuning with what there is. */
    finishNow: (job: JobId): Promise<unknown> =>
      guarded<unknown>(async () => {
        const info = await link.engine().tuning.finishNow({ job });
        useTuning.setState((state) => (state.job === job && state.info?.running ? { info } : {}));
      }, null),

    /** Asks where to, and saves the tuned weights of a job there. */
    save: (job: JobInfo): Promise<unknown> =>
      guarded<unknown>(async () => {
        const slot = await link.shell().files.saveDialog({ name: tunedName(job.target), format: 'safetensors' });
        if (!slot) return;
        const { updates } = await link.engine().tuning.export({ job: job.id, to: slot.to });
        if (slot.download !== undefined) download(slot.download, slot.name);
        const reveal = { label: text.exporting.reveal, run: () => void link.shell().files.reveal({ saved: slot.to }) };
        say({
          intent: 'success',
          title: text.tuning.panel.exported(slot.name, updates),
          action: slot.download === undefined ? reveal : undefined,
        });
      }, null),

    /** Asks which weights were taken in. */
    refreshKept: (): Promise<unknown> =>
      guarded<unknown>(async () => useWeights.setState({ kept: await link.engine().tuning.kept() }), null),

    /** A file from the page's own input. Resolves to what it became; null when it was refused. */
    keepFile: (file: File): Promise<KeptWeightsInfo | null> =>
      take(file.name, (options) => link.grant(file, { ...options, kind: 'weights' })),

    /** The system's dialog (desktop). */
    keepFromDialog: (): Promise<KeptWeightsInfo | null> =>
      guarded(async () => {
        const [file] = (await link.shell().files.openDialog({ kind: 'weights', multiple: false })) ?? [];
        return file ? take(file.name, () => Promise.resolve(file)) : null;
      }, null),

    forget: (id: string): Promise<unknown> =>
      guarded<unknown>(async () => {
        await link.engine().tuning.forget({ id });
        useWeights.setState({ kept: await link.engine().tuning.kept() });
      }, null),
  };
}
