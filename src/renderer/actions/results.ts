/** Pictures of a finished run and its export. */
import type { ErrorReport } from '#shared/errors.ts';
import type { ExportSettings } from '#shared/settings.ts';
import type { StageId } from '#shared/stages.ts';
import { reportOf } from '../link/report.ts';
import type { StudioLink } from '../link/studio-link.ts';
import type { FinishedRun } from '../state/run.ts';
import { say } from '../state/ui.ts';
import { text } from '../text.ts';
import { download } from './download.ts';
import { PictureCache } from './pictures.ts';
import type { RunActions } from './runs.ts';

export type ResultActions = ReturnType<typeof resultActions>;

export function resultActions(link: StudioLink, runs: Pick<RunActions, 'full'>, fail: (report: ErrorReport) => void) {
  const cache = new PictureCache();
  const keyOf = ({ generation, swap }: FinishedRun): string => `${generation}:${swap.result}`;

  return {
    view: (run: FinishedRun, maxSide: number): Promise<Blob> =>
      cache.get(`${keyOf(run)}:${maxSide}`, () => link.engine().swap.view({ result: run.swap.result, maxSide })),

    stage: (run: FinishedRun, targetFace: number, stage: StageId, maxSide: number): Promise<Blob> =>
      cache.get(`${keyOf(run)}:${targetFace}:${stage}:${maxSide}`, () =>
        link.engine().swap.stage({ result: run.swap.result, targetFace, stage, maxSide }),
      ),

    /**
     * Asks where to, writes the last result there at full size, and says so. A draft is made in full first. Resolves to
     * whether it was written.
     */
    async export(name: string, settings: ExportSettings): Promise<boolean> {
      const run = await runs.full();
      if (!run) return false;
      try {
        const slot = await link.shell().files.saveDialog({ name, format: settings.format });
        if (!slot) return false;
        const { to } = slot;
        const written = await link.engine().swap.export({ result: run.swap.result, to, settings });
        if (slot.download !== undefined) download(slot.download, slot.name);
        const reveal = { label: text.exporting.reveal, run: () => void link.shell().files.reveal({ saved: to }) };
        say({
          intent: 'success',
          title: text.exporting.done(slot.name),
          body: text.exporting.facts(written.width, written.height, written.bytes),
          action: slot.download === undefined ? reveal : undefined,
        });
        return true;
      } catch (error) {
        fail(reportOf(error));
        return false;
      }
    },
  };
}
