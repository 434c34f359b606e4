/** Choosing a target video: the system's dialog in the desktop shell, the browser's own in a page. */
import type { Studio } from '../../actions/studio.ts';
import { useConnection } from '../../state/connection.ts';

const ENDINGS = /\.(mp4|m4v|mov|mkv|webm|avi|mpe?g|ts|m2ts|flv|wmv|asf|gif)$/i;

export const ACCEPTED_VIDEOS = 'video/*,.mkv,.mov,.avi,.ts,.m2ts,.flv,.wmv,.gif';

/** Id of the hidden input. */
export const VIDEO_INPUT = 'pick-video';

/** By what the browser says, or by the ending: not every system knows every kind. */
export const isVideo = ({ type, name }: Pick<File, 'type' | 'name'>): boolean =>
  type.startsWith('video/') || (!type.startsWith('image/') && ENDINGS.test(name));

export function pickVideo(studio: Studio): void {
  if (useConnection.getState().shell?.kind === 'desktop') {
    void studio.clips.openDialog();
    return;
  }
  // A browser opens its dialog only inside the user's own gesture, so nothing may be awaited before this.
  document.getElementById(VIDEO_INPUT)?.click();
}
