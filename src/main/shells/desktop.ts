/** The desktop shell: Electron's main process. It opens the window, grants files and watches the engine; it computes nothing. */
import path from 'node:path';
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  MessageChannelMain,
  nativeTheme,
  protocol,
  screen,
  session,
  shell,
  utilityProcess,
  type WebContents,
} from 'electron';
import { findAppRoot } from '#engine/files/app-root.ts';
import { findHome } from '#engine/files/home.ts';
import { portChannel } from '#main/rpc/port-channel.ts';
import { serveRouter } from '#main/rpc/serve.ts';
import { PORT_MESSAGE, type PortMessage } from '#shared/bridge.ts';
import { DESKTOP_CHANNELS } from '#shared/desktop-channels.ts';
import { openDesktopFiles } from './desktop-files.ts';
import { guardContents, guardSession, isStudioFrame } from './desktop-guards.ts';
import { electronEngineLauncher } from './electron-engine.ts';
import { createGrantTable } from './grant-table.ts';
import { answerEngine, createMediaTable } from './media-table.ts';
import { menuTemplate } from './menu.ts';
import { openPageFiles } from './page-files.ts';
import { openRecentFiles } from './recent-files.ts';
import { createShellRouter } from './shell-router.ts';
import { answerStudioRequest, STUDIO_ORIGIN, STUDIO_SCHEME } from './studio-scheme.ts';
import { type ReadyEngine, superviseEngine } from './supervisor.ts';
import { windowOptions } from './window-options.ts';
import { isReachable, readWindowState, writeWindowState } from './window-state.ts';

const home = findHome();
// Everything that belongs to this user lies in one folder, the browser's own files too.
if (process.env['E4S_HOME'] !== undefined) app.setPath('userData', path.join(home.root, 'desktop'));

app.enableSandbox();
protocol.registerSchemesAsPrivileged([STUDIO_SCHEME]);
app.on('web-contents-created', (_event, contents) => guardContents(contents));

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', () => {
    const [window] = BrowserWindow.getAllWindows();
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });
  void app.whenReady().then(run, (error: unknown) => {
    dialog.showErrorBox('E4S Studio cannot start', String(error));
    app.exit(1);
  });
} else {
  app.quit();
}

async function run(): Promise<void> {
  const root = findAppRoot(import.meta.url);
  const stateFile = path.join(home.root, 'window.json');
  const pages = openPageFiles(root.renderer);
  const media = createMediaTable();
  protocol.handle('e4s', (request) => answerStudioRequest(pages, media, request));
  guardSession(session.defaultSession);
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, app.isPackaged)));

  const grants = createGrantTable();
  const recent = openRecentFiles(home.recentFile);
  const files = await openDesktopFiles({ grants, recent, dialogs: systemDialogs });
  const supervisor = superviseEngine({
    launch: electronEngineLauncher({ entry: root.engineEntry, app, utilityProcess }),
    answer: answerEngine(grants, media),
    onEnded: () => {
      grants.releaseClaims();
      media.clear();
    },
  });
  const router = createShellRouter({
    info: { kind: 'desktop', version: app.getVersion(), platform: process.platform },
    supervisor,
    grants,
    desk: files.desk,
    recent,
  });

  /** Pages that asked for ports, each with the generation of the engine port that it has. */
  const connected = new Map<WebContents, number>();

  function handOver(contents: WebContents, message: PortMessage) {
    const { port1, port2 } = new MessageChannelMain();
    contents.postMessage(DESKTOP_CHANNELS.port, message, [port2]);
    return port1;
  }

  function connectEngine(contents: WebContents, { process: engine, generation }: ReadyEngine): void {
    if (contents.isDestroyed() || connected.get(contents) === generation) return;
    connected.set(contents, generation);
    engine.post({ type: 'port' }, [handOver(contents, { type: PORT_MESSAGE, link: 'engine', generation })]);
  }

  supervisor.subscribe(({ state }) => {
    if (state !== 'ready') return;
    supervisor.whenReady().then(
      (engine) => {
        for (const contents of connected.keys()) connectEngine(contents, engine);
      },
      // It ended in this very moment: the port comes with the next engine.
      () => undefined,
    );
  });

  ipcMain.on(DESKTOP_CHANNELS.connect, (event) => {
    if (!isStudioFrame(event.senderFrame)) return;
    const contents = event.sender;
    if (!connected.has(contents)) contents.once('destroyed', () => connected.delete(contents));
    connected.set(contents, 0);
    serveRouter(router, portChannel(handOver(contents, { type: PORT_MESSAGE, link: 'shell', generation: 0 })));
    // When the engine has given up, the page learns it from `engineStatus`; the port comes with the next engine.
    supervisor.whenReady().then(
      (engine) => connectEngine(contents, engine),
      () => undefined,
    );
  });
  ipcMain.handle(DESKTOP_CHANNELS.grantDropped, (event, file: unknown, kind: unknown) => {
    if (!isStudioFrame(event.senderFrame)) throw new Error('Refused.');
    return files.grantDropped(file, kind);
  });

  await openWindow(root.preload, stateFile);
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) void openWindow(root.preload, stateFile);
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  let ending = false;
  app.on('before-quit', (event) => {
    if (ending) return;
    ending = true;
    event.preventDefault();
    void Promise.allSettled([supervisor[Symbol.asyncDispose](), files[Symbol.asyncDispose]()]).then(() => app.exit(0));
  });
}

async function openWindow(preload: string, stateFile: string): Promise<void> {
  const state = await readWindowState(stateFile);
  const screens = screen.getAllDisplays().map(({ workArea }) => workArea);
  const bounds = state !== undefined && isReachable(state.bounds, screens) ? state.bounds : undefined;
  const window = new BrowserWindow(
    windowOptions({ preload, bounds, dark: nativeTheme.shouldUseDarkColors, packed: app.isPackaged }),
  );
  if (state?.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => {
    void writeWindowState(stateFile, { bounds: window.getNormalBounds(), maximized: window.isMaximized() }).catch(
      (error: unknown) => console.error(error),
    );
  });
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason !== 'clean-exit') window.webContents.reload();
  });
  await window.loadURL(`${STUDIO_ORIGIN}/`);
}

/** The window that dialogs belong to. */
const dialogParent = (): BrowserWindow | undefined =>
  BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0];

const systemDialogs: Parameters<typeof openDesktopFiles>[0]['dialogs'] = {
  async open({ folder, multiple, filters }) {
    const options: Electron.OpenDialogOptions = {
      properties: [folder ? 'openDirectory' : 'openFile', ...(multiple ? (['multiSelections'] as const) : [])],
      filters,
    };
    const parent = dialogParent();
    const { canceled, filePaths } = await (parent
      ? dialog.showOpenDialog(parent, options)
      : dialog.showOpenDialog(options));
    return canceled ? [] : filePaths;
  },
  async save({ name, filters }) {
    const options: Electron.SaveDialogOptions = {
      defaultPath: path.join(app.getPath('pictures'), name),
      filters,
      properties: ['createDirectory', 'showOverwriteConfirmation'],
    };
    const parent = dialogParent();
    const { canceled, filePath } = await (parent
      ? dialog.showSaveDialog(parent, options)
      : dialog.showSaveDialog(options));
    return canceled || filePath === '' ? undefined : filePath;
  },
  showInFolder: (file) => shell.showItemInFolder(file),
};
