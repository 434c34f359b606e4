/** The bridge between the sandboxed page and the desktop shell: one object, described in `src/shared/bridge.ts`. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { isPortMessage, type StudioBridge } from '#shared/bridge.ts';
import type { GrantedFile } from '#shared/contract.ts';
import { DESKTOP_CHANNELS } from '#shared/desktop-channels.ts';

// A port cannot go through the context bridge; it can go through the page's own messages.
ipcRenderer.on(DESKTOP_CHANNELS.port, (event, message: unknown) => {
  if (isPortMessage(message)) window.postMessage(message, window.location.origin, [...event.ports]);
});

const bridge: StudioBridge = {
  kind: 'desktop',
  connect: () => ipcRenderer.send(DESKTOP_CHANNELS.connect),
  grantDropped: async (file, kind) => {
    // Only a file that the user dropped or picked has a path; a page cannot make one.
    const path = webUtils.getPathForFile(file);
    if (path === '') throw new Error('There is no file behind this object.');
    return (await ipcRenderer.invoke(DESKTOP_CHANNELS.grantDropped, path, kind)) as GrantedFile;
  },
};

contextBridge.exposeInMainWorld('e4s', bridge);
