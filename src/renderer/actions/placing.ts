/** Where a photo that has just been opened goes in the document, and which of its faces is meant. */
import { type PhotoKey, withMovedFaces, withSource, withTarget } from '../model/document.ts';
import { mainFace } from '../model/faces.ts';
import { amendDocument, currentDocument, edit, selectFace, useEdit } from '../state/edit.ts';
import { photoOf, type Well } from '../state/photos.ts';
import { show } from '../state/ui.ts';

const mainFaceOf = (key: PhotoKey | undefined): number | null => mainFace(photoOf(key ?? null)?.info.faces ?? []);

/** Puts an open photo into the document. */
export function place(key: PhotoKey, well: Well): void {
  const face = mainFaceOf(key);
  if (well === 'target') {
    placeTarget(key, face);
    return;
  }
  const { selectedFace } = useEdit.getState();
  edit((doc) => withSource(doc, key, face, doc.target === null ? null : selectedFace));
  if (currentDocument().target === null) show({ kind: 'source', photo: key });
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
