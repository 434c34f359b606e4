/** What the status strip says about the swap, in one line. */
import { fingerprint, isComplete, type StudioDocument } from '../../model/document.ts';
import { cacheUse, percent, stageTitle } from '../../model/progress.ts';
import type { RunState } from '../../state/run.ts';
import { text } from '../../text.ts';

function progressLine({ progress, result }: RunState): string {
  if (!progress) return result?.swap.draft ? text.run.draft : text.run.starting;
  const title = stageTitle(progress.stage);
  return progress.faces > 1
    ? text.run.stageOfFace(title, progress.face + 1, progress.faces, percent(progress))
    : text.run.stage(title, percent(progress));
}

/** Whether the photos of a document have faces at all; null for photos that are not there. */
export interface FacesFound {
  readonly target: boolean | null;
  readonly sources: boolean | null;
}

function idleLine({ result }: RunState, doc: StudioDocument, faces: FacesFound): string {
  if (doc.target === null || doc.sources.length === 0) return text.run.needBoth;
  if (faces.target === false) return text.run.noTargetFace;
  if (faces.sources === false) return text.run.noSourceFace;
  if (!isComplete(doc)) return text.run.needFace;
  if (!result || result.target !== doc.target) return text.run.ready;
  if (result.of !== fingerprint(doc)) return text.run.outdated;
  if (result.swap.draft) return text.run.draftOnly;
  const { cached, computed } = cacheUse(result.swap.times);
  const all = cached + computed;
  const stages = cached === 0 ? text.run.computed(all) : text.run.reused(cached, all);
  return [text.run.took(result.swap.milliseconds), stages].join(' · ');
}

export function statusLine(run: RunState, doc: StudioDocument, faces: FacesFound): string {
  switch (run.phase) {
    case 'running':
      return progressLine(run);
    case 'stopping':
      return text.run.stopping;
    case 'waiting':
      return text.run.waiting;
    case 'failed':
      return text.run.failed;
    case 'idle':
      return idleLine(run, doc, faces);
  }
}
