/** Choosing files: the system's dialog in the desktop shell, the browser's own in a page. */
import type { Studio } from '../../actions/studio.ts';
import { useConnection } from '../../state/connection.ts';
import type { Well } from '../../state/photos.ts';

export const ACCEPTED_FILES = 'image/*,.heic,.heif,.avif,.tif,.tiff';

/** Id of the hidden input of a well; there is one for each, so that tests and assistive tools can reach it. */
export const inputId = (well: Well): string => `pick-${well}`;

export function pickFiles(studio: Studio, well: Well): void {
  if (useConnection.getState().shell?.kind === 'desktop') {
    void studio.files.openDialog(well);
    return;
  }
  // A browser opens its dialog only inside the user's own gesture, so nothing may be awaited before this.
  document.getElementById(inputId(well))?.click();
}
