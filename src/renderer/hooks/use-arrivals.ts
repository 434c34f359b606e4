/** Files that are dropped on the window or pasted into it. */
import { useEffect } from 'react';
import { nextWell } from '../actions/files.ts';
import { useStudio } from '../actions/studio.ts';
import type { Well } from '../state/photos.ts';
import { useUi } from '../state/ui.ts';

/** Elements with this attribute say which well a drop on them goes to; `next` is the first empty one. */
export const DROP_ATTRIBUTE = 'data-drop';

const wellAt = (target: EventTarget | null): Well | null => {
  const zone = target instanceof Element ? target.closest(`[${DROP_ATTRIBUTE}]`) : null;
  const value = zone?.getAttribute(DROP_ATTRIBUTE);
  return value === 'source' || value === 'target' ? value : null;
};

const hasFiles = (data: DataTransfer | null): boolean => data?.types.includes('Files') ?? false;

const isEditable = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input:not([type=range]), textarea'));

export function useArrivals(): void {
  const studio = useStudio();
  useEffect(() => {
    const listening = new AbortController();
    const on = <K extends keyof WindowEventMap>(type: K, listener: (event: WindowEventMap[K]) => void) =>
      window.addEventListener(type, listener, { signal: listening.signal });

    on('dragover', (event) => {
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      // A dialog takes its drops itself, or none.
      if (useUi.getState().dialog !== null) return;
      useUi.setState({ dropWell: wellAt(event.target) ?? nextWell() });
    });
    on('dragleave', (event) => {
      if (event.relatedTarget === null) useUi.setState({ dropWell: null });
    });
    on('drop', (event) => {
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      useUi.setState({ dropWell: null });
      if (useUi.getState().dialog !== null) return;
      void studio.files.openFiles([...(event.dataTransfer?.files ?? [])], wellAt(event.target));
    });
    on('paste', (event) => {
      if (isEditable(event.target)) return;
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      void studio.files.openFiles(files, wellAt(document.activeElement));
    });
    return () => listening.abort();
  }, [studio]);
}
