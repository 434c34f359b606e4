/** Files that are dropped on the window or pasted into it. */
import { useEffect } from 'react';
import { sayOneClip } from '../actions/clips.ts';
import { nextWell } from '../actions/files.ts';
import { type Studio, useStudio } from '../actions/studio.ts';
import type { Well } from '../state/photos.ts';
import { useUi } from '../state/ui.ts';
import { isVideo } from '../views/video/pick-video.ts';

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

/** On the Video tab a video is the target and every picture a source, wherever they are dropped. */
async function takeForVideo(studio: Studio, files: readonly File[]): Promise<void> {
  const videos = files.filter(isVideo);
  const [video] = videos;
  const pictures = files.filter((file) => !isVideo(file));
  if (pictures.length > 0) await studio.files.openFiles(pictures, 'source');
  if (!video) return;
  await studio.clips.openFile(video);
  if (videos.length > 1) sayOneClip(video.name);
}

export function useArrivals(): void {
  const studio = useStudio();
  useEffect(() => {
    const listening = new AbortController();
    const onVideo = () => useUi.getState().tab === 'video';
    const take = (files: readonly File[], well: Well | null) =>
      void (onVideo() ? takeForVideo(studio, files) : studio.files.openFiles(files, well));
    const on = <K extends keyof WindowEventMap>(type: K, listener: (event: WindowEventMap[K]) => void) =>
      window.addEventListener(type, listener, { signal: listening.signal });

    on('dragover', (event) => {
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      // A dialog takes its drops itself, or none.
      if (useUi.getState().dialog !== null) return;
      useUi.setState({ dropWell: wellAt(event.target) ?? (onVideo() ? 'target' : nextWell()) });
    });
    on('dragleave', (event) => {
      if (event.relatedTarget === null) useUi.setState({ dropWell: null });
    });
    on('drop', (event) => {
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      useUi.setState({ dropWell: null });
      if (useUi.getState().dialog !== null) return;
      take([...(event.dataTransfer?.files ?? [])], wellAt(event.target));
    });
    on('paste', (event) => {
      if (isEditable(event.target)) return;
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      take(files, wellAt(document.activeElement));
    });
    return () => listening.abort();
  }, [studio]);
}
