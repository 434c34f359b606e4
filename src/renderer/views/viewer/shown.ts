/** What the viewer shows: what the user chose, as far as it is there. */
import type { StageId } from '#shared/stages.ts';
import { isComplete } from '../../model/document.ts';
import { useEdit } from '../../state/edit.ts';
import { type Photo, usePhotos } from '../../state/photos.ts';
import { type FinishedRun, useRun } from '../../state/run.ts';
import { type Subject, useUi } from '../../state/ui.ts';

export type Shown =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'photo'; readonly photo: Photo; readonly role: 'source' | 'target' }
  | { readonly kind: 'result'; readonly run: FinishedRun; readonly target: Photo }
  | { readonly kind: 'stage'; readonly run: FinishedRun; readonly face: number; readonly stage: StageId };

export interface ShownState {
  readonly shown: Shown;
  /** The tab that stands for it. */
  readonly tab: Subject['kind'] | null;
  /** The source photo that the source tab shows. */
  readonly source: Photo | null;
  readonly target: Photo | null;
  /** The finished run, when it belongs to the present target. */
  readonly run: FinishedRun | null;
  /** The target face whose stages are shown: the selected one, or the first that was swapped. */
  readonly face: number | null;
}

const NOTHING = { shown: { kind: 'nothing' }, tab: null } as const;

export function useShown(): ShownState {
  const subject = useUi((state) => state.subject);
  const doc = useEdit((state) => state.history.present);
  const selected = useEdit((state) => state.selectedFace);
  const byKey = usePhotos((state) => state.byKey);
  const last = useRun((state) => state.result);

  const chosen = subject.kind === 'source' && doc.sources.includes(subject.photo) ? subject.photo : doc.sources[0];
  const source = (chosen && byKey[chosen]) ?? null;
  const target = (doc.target && byKey[doc.target]) ?? null;
  const run = last && last.target === doc.target && isComplete(doc) ? last : null;
  const swapped = run?.swap.faces.map((row) => row.targetFace) ?? [];
  const face = selected !== null && swapped.includes(selected) ? selected : (swapped[0] ?? null);
  const rest = { source, target, run, face };

  if (subject.kind === 'stage' && run && face !== null) {
    return { ...rest, shown: { kind: 'stage', run, face, stage: subject.stage }, tab: 'stage' };
  }
  if ((subject.kind === 'result' || subject.kind === 'stage') && run && target) {
    return { ...rest, shown: { kind: 'result', run, target }, tab: 'result' };
  }
  if (subject.kind === 'source' && source) {
    return { ...rest, shown: { kind: 'photo', photo: source, role: 'source' }, tab: 'source' };
  }
  if (target) return { ...rest, shown: { kind: 'photo', photo: target, role: 'target' }, tab: 'target' };
  if (source) return { ...rest, shown: { kind: 'photo', photo: source, role: 'source' }, tab: 'source' };
  return { ...rest, ...NOTHING };
}
