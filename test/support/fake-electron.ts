/** As much of Electron as the desktop shell touches, in one process: a stand-in for `vi.mock('electron', …)`. */
import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { vi } from 'vitest';
import { type OpenServices, runEngine } from '#engine/host/run-engine.ts';
import type { EngineToShell, ShellToEngine } from '#main/rpc/control.ts';
import type { WindowPort } from '#main/rpc/port-channel.ts';

/** A port of Electron's main process over a port of Node's. */
class FakePort extends EventEmitter implements WindowPort {
  readonly port: MessagePort;
  constructor(port: MessagePort) {
    super();
    this.port = port;
    port.on('message', (data) => this.emit('message', { data }));
    port.on('close', () => this.emit('close'));
    port.unref();
  }
  postMessage(data: unknown): void {
    this.port.postMessage(data);
  }
  start(): void {
    this.port.start();
  }
  close(): void {
    this.port.close();
  }
}

class FakeMessageChannel {
  readonly port1: FakePort;
  readonly port2: FakePort;
  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.port1 = new FakePort(port1);
    this.port2 = new FakePort(port2);
  }
}

export interface PostedPort {
  readonly channel: string;
  readonly message: { link: 'engine' | 'shell'; generation: number };
  readonly port: MessagePort;
}

export class FakeContents extends EventEmitter {
  readonly posted: PostedPort[] = [];
  openHandler: ((details: { url: string }) => { action: string }) | undefined;
  readonly mainFrame = { url: 'e4s://studio/', parent: null };
  postMessage(channel: string, message: PostedPort['message'], [port]: FakePort[]): void {
    this.posted.push({ channel, message, port: (port as FakePort).port });
    this.emit('posted');
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openHandler = handler;
  }
  isDestroyed(): boolean {
    return false;
  }
  reload = vi.fn();
}

export class FakeWindow extends EventEmitter {
  static all: FakeWindow[] = [];
  readonly webContents = new FakeContents();
  readonly options: Electron.BrowserWindowConstructorOptions;
  loaded: string | undefined;
  constructor(options: Electron.BrowserWindowConstructorOptions) {
    super();
    this.options = options;
    FakeWindow.all.push(this);
    electronState.app.emit('web-contents-created', {}, this.webContents);
  }
  static getAllWindows(): FakeWindow[] {
    return FakeWindow.all;
  }
  static getFocusedWindow(): FakeWindow | null {
    return FakeWindow.all[0] ?? null;
  }
  async loadURL(url: string): Promise<void> {
    this.loaded = url;
  }
  getNormalBounds = () => ({ x: 10, y: 10, width: 1200, height: 800 });
  isMaximized = () => false;
  isMinimized = () => false;
  maximize = vi.fn();
  show = vi.fn();
  focus = vi.fn();
}

/** The engine as a utility process, run inside this process. */
class FakeUtilityProcess extends EventEmitter {
  readonly pid = undefined;
  readonly #toEngine = new EventEmitter();
  #alive = true;
  constructor(open: OpenServices) {
    super();
    runEngine(
      open,
      {
        post: (message: EngineToShell) => queueMicrotask(() => this.#alive && this.emit('message', message)),
        onMessage: (listener) => {
          this.#toEngine.on('message', listener);
        },
        onClose: () => undefined,
      },
      (code) => this.end(code),
    );
  }
  postMessage(message: ShellToEngine, ports: WindowPort[] = []): void {
    queueMicrotask(() => this.#alive && this.#toEngine.emit('message', message, ports));
  }
  kill(): boolean {
    this.end(9);
    return true;
  }
  end(code: number): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.emit('exit', code);
  }
}

/** What the test looks at and decides. */
export const electronState = {
  app: Object.assign(new EventEmitter(), {
    isPackaged: true,
    enableSandbox: vi.fn(),
    setPath: vi.fn(),
    getPath: () => '/pictures',
    getVersion: () => '1.2.3',
    requestSingleInstanceLock: () => true,
    whenReady: async () => undefined,
    quit: vi.fn(),
    exit: vi.fn(),
  }),
  ipcHandlers: new Map<string, (event: unknown, ...args: unknown[]) => unknown>(),
  ipcMain: new EventEmitter(),
  protocolHandlers: new Map<string, (request: Request) => Promise<Response>>(),
  schemes: [] as Electron.CustomScheme[],
  session: {} as Record<string, unknown>,
  chosenFiles: [] as string[],
  openOptions: undefined as Electron.OpenDialogOptions | undefined,
  savePath: undefined as string | undefined,
  shown: [] as string[],
  engines: [] as FakeUtilityProcess[],
  openServices: undefined as OpenServices | undefined,
};

/** The module that `import 'electron'` gets. */
export function fakeElectron() {
  const state = electronState;
  const keep = (name: string) => (handler: unknown) => {
    state.session[name] = handler;
  };
  return {
    app: state.app,
    BrowserWindow: FakeWindow,
    dialog: {
      showOpenDialog: async (_parent: unknown, options: Electron.OpenDialogOptions) => {
        state.openOptions = options;
        return { canceled: state.chosenFiles.length === 0, filePaths: state.chosenFiles };
      },
      showSaveDialog: async () => ({ canceled: state.savePath === undefined, filePath: state.savePath ?? '' }),
      showErrorBox: (_title: string, text: string) => {
        throw new Error(text);
      },
    },
    ipcMain: Object.assign(state.ipcMain, {
      handle: (channel: string, handler: (event: unknown, ...args: unknown[]) => unknown) => {
        state.ipcHandlers.set(channel, handler);
      },
    }),
    Menu: { setApplicationMenu: vi.fn(), buildFromTemplate: (template: unknown) => template },
    MessageChannelMain: FakeMessageChannel,
    nativeTheme: { shouldUseDarkColors: true },
    protocol: {
      registerSchemesAsPrivileged: (schemes: Electron.CustomScheme[]) => state.schemes.push(...schemes),
      handle: (scheme: string, handler: (request: Request) => Promise<Response>) => {
        state.protocolHandlers.set(scheme, handler);
      },
    },
    screen: { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] },
    session: {
      defaultSession: {
        setPermissionRequestHandler: keep('permissionRequest'),
        setPermissionCheckHandler: keep('permissionCheck'),
        setDevicePermissionHandler: keep('devicePermission'),
        setDisplayMediaRequestHandler: keep('displayMedia'),
        on: (event: string, handler: unknown) => keep(event)(handler),
        webRequest: { onBeforeRequest: keep('beforeRequest') },
      },
    },
    shell: { showItemInFolder: (file: string) => state.shown.push(file) },
    utilityProcess: {
      fork: () => {
        const engine = new FakeUtilityProcess(state.openServices as OpenServices);
        state.engines.push(engine);
        return engine;
      },
    },
  };
}
