/** The document that is edited, with its history, and the target face that edits are about. */
import { create } from 'zustand';
import { DEFAULT_SWAP_SETTINGS } from '#shared/settings.ts';
import { emptyDocument, type StudioDocument } from '../model/document.ts';
import * as history from '../model/history.ts';

export interface EditState {
  readonly history: history.History<StudioDocument>;
  /** Index of the target face that a picked source face goes to, and whose stages and warnings are shown. */
  readonly selectedFace: number | null;
}

export const useEdit = create<EditState>()(() => ({
  history: history.startHistory(emptyDocument(DEFAULT_SWAP_SETTINGS)),
  selectedFace: null,
}));

export const currentDocument = (): StudioDocument => useEdit.getState().history.present;

/** Takes a step. Steps with the same `gesture` in quick succession are undone together. */
export function edit(change: (doc: StudioDocument) => StudioDocument, gesture?: string): void {
  useEdit.setState((state) => ({
    history: history.record(state.history, change(state.history.present), Date.now(), gesture),
  }));
}

/** Changes the document without a step of its own. */
export function amendDocument(change: (doc: StudioDocument) => StudioDocument): void {
  useEdit.setState((state) => ({ history: history.amend(state.history, change(state.history.present)) }));
}

export const undoEdit = (): void => useEdit.setState((state) => ({ history: history.undo(state.history) }));
export const redoEdit = (): void => useEdit.setState((state) => ({ history: history.redo(state.history) }));
export const selectFace = (selectedFace: number | null): void => useEdit.setState({ selectedFace });
