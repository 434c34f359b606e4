/** What keeps a page of the desktop shell inside the studio, whatever it contains. */
import type { Session, WebContents, WebFrameMain } from 'electron';
import { isStudioAddress } from './studio-scheme.ts';

/** Schemes that a page may load from: the studio itself and what it holds in memory. */
const LOCAL_SCHEMES = ['e4s:', 'blob:', 'data:', 'devtools:'];

/** Denies navigation, new windows and embedded pages to every `WebContents` of the application. */
export function guardContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (!isStudioAddress(event.url)) event.preventDefault();
  });
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

/** Denies permissions, devices, downloads and every request that would leave the machine. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}));
  session.on('will-download', (event) => event.preventDefault());
  session.webRequest.onBeforeRequest((details, decide) => {
    decide({ cancel: !LOCAL_SCHEMES.includes(new URL(details.url).protocol) });
  });
}

/** Is this message from the studio's page itself: the top frame, at the studio's address? */
export function isStudioFrame(frame: WebFrameMain | null): boolean {
  return frame !== null && frame.parent === null && isStudioAddress(frame.url);
}
