/** Where a photo that has just been opened goes in the document, and which of its faces is meant. */
import { withMovedFaces, withSource, withTarget } from '../model/document.ts';
import { mainFace } from '../model/faces.ts';
import type { PhotoKey } from '../model/source-face.ts';
import { withPerson } from '../model/video-document.ts';
import { amendDocument, currentDocument, edit, selectFace, useEdit } from '../state/edit.ts';
import { photoOf, type Well } from '../state/photos.ts';
import { show, useUi } from '../state/ui.ts';
import { useVideoView } from '../state/video-view.ts';

const mainFaceOf = (key: PhotoKey | undefined): number | null => mainFace(photoOf(key ?? null)?.info.faces ?? []);

/** Puts an open photo into the document. While the Video tab is shown, what comes in is for the video. */
export function place(key: PhotoKey, well: Well): void {
  const face = mainFaceOf(key);
  if (useUi.getState().tab === 'video') {
    placeForVideo(key, face);
    return;
  }
  if (well === 'target') {
    placeTarget(key, face);
    return;
  }
  const { selectedFace } = useEdit.getState();
  edit((doc) => withSource(doc, key, face, doc.target === null ? null : selectedFace));
  if (currentDocument().target === null) show({ kind: 'source', photo: key });
}

/** A source for the person that is selected, when nobody has a face yet or that one has none. */
function placeForVideo(key: PhotoKey, face: number | null): void {
  const { person } = useVideoView.getState();
  edit((doc) => {
    const added = withSource(doc, key, face, null);
    const to = person ?? (Object.keys(doc.video.people).length === 0 ? 'largest' : null);
    if (face === null || to === null || doc.video.clip === null || doc.video.people[to]) return added;
    return withPerson(added, to, { photo: key, face });
  });
}

function placeTarget(key: PhotoKey, face: number | null): void {
  const [first] = currentDocument().sources;
  const source = mainFaceOf(first);
  const fallback = first !== undefined && source !== null ? { photo: first, face: source } : null;
  edit((doc) => withTarget(doc, key, face, fallback));
  selectFace(face);
  show({ kind: 'target' });
}

/**
 * After a second search of a photo: assignments follow their faces, and what would have been assigned on opening is
 * assigned now when nothing is yet.
 */
export function adopt(key: PhotoKey, moved: ReadonlyMap<number, number>): void {
  const { selectedFace } = useEdit.getState();
  amendDocument((doc) => withMovedFaces(doc, key, moved));
  const doc = currentDocument();
  if (doc.target === key && selectedFace !== null) selectFace(moved.get(selectedFace) ?? null);
  const face = mainFaceOf(key);
  if (face === null || Object.keys(doc.assignments).length > 0) return;
  if (doc.target === key) placeTarget(key, face);
  else if (doc.sources.includes(key)) place(key, 'source');
}
