/** The desktop window's options: everything a page could misuse is off. A test reads this file. */
import type { BrowserWindowConstructorOptions, Rectangle } from 'electron';

export interface WindowLook {
  readonly preload: string;
  /** Position and size of last time, where they still fit a screen. */
  readonly bounds?: Rectangle | undefined;
  readonly dark: boolean;
  /** A packed application has no developer tools. */
  readonly packed: boolean;
}

export const MINIMUM_SIZE = { width: 1024, height: 640 } as const;

export function windowOptions({ preload, bounds, dark, packed }: WindowLook): BrowserWindowConstructorOptions {
  return {
    title: 'E4S Studio',
    width: 1440,
    height: 900,
    ...bounds,
    minWidth: MINIMUM_SIZE.width,
    minHeight: MINIMUM_SIZE.height,
    // Shown when the page has drawn itself, in the colour that it will have.
    show: false,
    backgroundColor: dark ? '#1f1f1f' : '#f5f5f5',
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      plugins: false,
      enableWebSQL: false,
      spellcheck: false,
      devTools: !packed,
    },
  };
}
