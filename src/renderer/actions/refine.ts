/** Refining the faces of the selected pair, and taking that back. */
import type { RefinePair, RefineSide } from '#shared/contract-refine.ts';
import type { ErrorReport } from '#shared/errors.ts';
import { reportOf } from '../link/report.ts';
import type { StudioLink } from '../link/studio-link.ts';
import { lossText } from '../model/loss-curves.ts';
import { currentDocument, useEdit } from '../state/edit.ts';
import { NOT_REFINED, useRefine } from '../state/refine.ts';
import { say } from '../state/ui.ts';
import { text } from '../text.ts';
import type { PhotoActions } from './photos.ts';

export type RefineActions = ReturnType<typeof refineActions>;

/** @param changed the swap of the present document would come out otherwise now */
export function refineActions(
  link: StudioLink,
  photos: PhotoActions,
  { fail, changed }: { readonly fail: (report: ErrorReport) => void; readonly changed: () => void },
) {
  let present: AbortController | null = null;
  let pictures = 0;

  /** The pair of the selected target face; null where it has no source. */
  async function pair(): Promise<RefinePair | null> {
    const doc = currentDocument();
    const { selectedFace } = useEdit.getState();
    const from = selectedFace === null ? undefined : doc.assignments[selectedFace];
    if (doc.target === null || selectedFace === null || !from) return null;
    return {
      target: await photos.ensureOpen(doc.target),
      targetFace: selectedFace,
      source: await photos.ensureOpen(from.photo),
      sourceFace: from.face,
      crop: doc.settings.crop,
    };
  }

  async function follow(side: RefineSide, steps: number, signal: AbortSignal): Promise<void> {
    const of = await pair();
    if (!of) return;
    for await (const event of await link.engine().refine.run({ ...of, side, steps }, { signal })) {
      if (signal.aborted) return;
      if (event.type === 'done') {
        pictures += 1;
        useRefine.setState({ picture: { side, version: pictures }, refined: await link.engine().refine.state(of) });
        const losses = text.refine.doneBody(lossText(event.before), lossText(event.after));
        say({
          intent: event.unsaved === undefined ? 'success' : 'warning',
          title: text.refine.done(text.refine.sides[side]),
          body: event.unsaved === undefined ? losses : `${losses} ${text.refine.unsaved(event.unsaved)}`,
        });
        changed();
        return;
      }
      const { step, total, loss, best } = event;
      if (best) pictures += 1;
      useRefine.setState(({ progress, picture }) => ({
        progress: progress && {
          ...progress,
          ...{ step, total, first: progress.first ?? loss, best: Math.min(progress.best ?? loss, loss) },
        },
        picture: best ? { side, version: pictures } : picture,
      }));
    }
  }

  return {
    async run(side: RefineSide, steps: number): Promise<void> {
      if (present) return;
      const controller = new AbortController();
      present = controller;
      useRefine.setState({
        progress: { side, step: 0, total: steps + 1, first: null, best: null, keeping: false },
        picture: null,
      });
      try {
        await follow(side, steps, controller.signal);
      } catch (error) {
        fail(reportOf(error, controller.signal));
      } finally {
        present = null;
        useRefine.setState({ progress: null });
      }
    },

    /** Ends the refinement; nothing of it stays. */
    stop(): void {
      present?.abort();
      useRefine.setState({ picture: null });
    },

    /** Ends it with the best so far. */
    async keep(): Promise<void> {
      useRefine.setState(({ progress }) => ({ progress: progress && { ...progress, keeping: true } }));
      await link
        .engine()
        .refine.finish()
        .catch((error: unknown) => fail(reportOf(error)));
    },

    async undo(side: RefineSide): Promise<void> {
      try {
        const of = await pair();
        if (!of) return;
        useRefine.setState({ refined: await link.engine().refine.undo({ ...of, side }), picture: null });
        say({ intent: 'info', title: text.refine.undone });
        changed();
      } catch (error) {
        fail(reportOf(error));
      }
    },

    /** Asks what of the selected pair is refined. */
    async refresh(): Promise<void> {
      try {
        const of = await pair();
        useRefine.setState({ refined: of ? await link.engine().refine.state(of) : NOT_REFINED });
      } catch {
        // The engine is on its way out or back: then nothing of it is refined.
        useRefine.setState({ refined: NOT_REFINED });
      }
    },

    /** How much is kept of all photos. */
    kept: () => link.engine().refine.kept(),

    /** Removes all of it. */
    async clear(): Promise<void> {
      try {
        const { removed } = await link.engine().refine.clear();
        useRefine.setState({ refined: NOT_REFINED, picture: null });
        say({ intent: 'info', title: text.refine.cleared(removed) });
        if (currentDocument().target !== null) changed();
      } catch (error) {
        fail(reportOf(error));
      }
    },

    preview: (maxSide: number): Promise<Blob> => link.engine().refine.preview({ maxSide }),
  };
}
