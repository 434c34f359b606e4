/** Keys that work everywhere in the window; the dialog that lists them reads the same table. */
import { useEffect } from 'react';
import { exportOnTab, startOnTab } from '../actions/do-on-tab.ts';
import { type Studio, useStudio } from '../actions/studio.ts';
import { readingOrder } from '../model/faces.ts';
import { currentDocument, selectFace, useEdit } from '../state/edit.ts';
import { photoOf, type Well } from '../state/photos.ts';
import { useRun } from '../state/run.ts';
import { openDialog, useUi } from '../state/ui.ts';
import type { text } from '../text.ts';
import { pickFiles } from '../views/photos/pick-files.ts';
import { pickVideo } from '../views/video/pick-video.ts';

export interface Shortcut {
  readonly keys: readonly string[];
  readonly does: keyof typeof text.shortcuts.does;
  readonly matches: (event: KeyboardEvent) => boolean;
  readonly run: (studio: Studio) => void;
}

const command = (event: KeyboardEvent): boolean => (event.ctrlKey || event.metaKey) && !event.altKey;
const withCommand =
  (key: string, shift = false) =>
  (event: KeyboardEvent) =>
    command(event) && event.shiftKey === shift && event.key.toLowerCase() === key;

const choose = (well: Well) => (studio: Studio) =>
  well === 'target' && useUi.getState().tab === 'video' ? pickVideo(studio) : pickFiles(studio, well);

/** Moves to the next or previous target face in reading order, around the ends. */
function stepFace(direction: 1 | -1): void {
  const order = readingOrder(photoOf(currentDocument().target)?.info.faces ?? []);
  const at = order.indexOf(useEdit.getState().selectedFace ?? -1);
  const next = order.at((at + direction) % order.length);
  if (next !== undefined) selectFace(next);
}

export const SHORTCUTS: readonly Shortcut[] = [
  { keys: ['Ctrl', 'O'], does: 'openSource', matches: withCommand('o'), run: choose('source') },
  { keys: ['Ctrl', 'Shift', 'O'], does: 'openTarget', matches: withCommand('o', true), run: choose('target') },
  { keys: ['Ctrl', 'V'], does: 'paste', matches: () => false, run: () => undefined },
  {
    keys: ['Ctrl', 'Enter'],
    does: 'run',
    matches: withCommand('enter'),
    run: (studio) => void startOnTab(studio),
  },
  {
    keys: ['Esc'],
    does: 'cancel',
    matches: (event) => event.key === 'Escape' && useRun.getState().phase === 'running',
    run: (studio) => void studio.runs.cancel(),
  },
  { keys: ['Ctrl', 'Z'], does: 'undo', matches: withCommand('z'), run: (studio) => studio.undo() },
  {
    keys: ['Ctrl', 'Shift', 'Z'],
    does: 'redo',
    matches: (event) => withCommand('z', true)(event) || withCommand('y')(event),
    run: (studio) => studio.redo(),
  },
  {
    keys: ['Ctrl', 'E'],
    does: 'export',
    matches: withCommand('e'),
    run: exportOnTab,
  },
  {
    keys: ['Alt', '↓'],
    does: 'nextFace',
    matches: (event) => event.altKey && event.key === 'ArrowDown',
    run: () => stepFace(1),
  },
  {
    keys: ['Alt', '↑'],
    does: 'previousFace',
    matches: (event) => event.altKey && event.key === 'ArrowUp',
    run: () => stepFace(-1),
  },
  { keys: ['Ctrl', ','], does: 'settings', matches: withCommand(','), run: () => openDialog('settings') },
  {
    keys: ['F1'],
    does: 'shortcuts',
    matches: (event) => event.key === 'F1',
    run: () => openDialog('shortcuts'),
  },
];

export function useShortcuts(): void {
  const studio = useStudio();
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (event.defaultPrevented || useUi.getState().dialog !== null) return;
      const shortcut = SHORTCUTS.find((row) => row.matches(event));
      if (!shortcut) return;
      event.preventDefault();
      shortcut.run(studio);
    };
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, [studio]);
}
