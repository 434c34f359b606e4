/**
 * How a page reaches its studio: the one object that the preload puts on `window` in the desktop shell, and the
 * addresses of the web shell. What goes over either way is the same oRPC traffic (`contract.ts`).
 *
 * Desktop (`window.e4s` exists): listen for `message` events first, then call `window.e4s.connect()`. Every answer is
 * a `PortMessage` with one `MessagePort` in `event.ports`; accept it only if `event.source === window` and
 * `isPortMessage(event.data)`. Hand the port to `new RPCLink({ port })` of `@orpc/client/message-port`, then call
 * `port.start()`. One `shell` port comes once; an `engine` port comes for every engine process: when one of a higher
 * `generation` arrives, dispatch `new Event('close')` on the old port (its pending calls then reject) and use the new.
 *
 * Web (`window.e4s` is absent): open `new WebSocket(socketAddress(location, WEB_PATHS.shell))` and the same for
 * `WEB_PATHS.engine`, and hand them to `new RPCLink({ websocket })` of `@orpc/client/websocket`. Sent messages wait
 * until the engine is ready. When the engine process ends, its socket closes with `ENGINE_LOST_CODE` (pending calls
 * reject): open a new one at once, it will be held until the next engine is ready. `STUDIO_FAILED_CODE` means that the
 * engine gave up; call `shell.restartEngine` before another try.
 *
 * Both: `shell.engineStatus` tells the state and the generation. Ids of photos and results die with their generation,
 * file handles do not: open the files again from their handles.
 *
 * Styles: pages carry `<meta property="csp-nonce" nonce="…">`; give its `.nonce` to Griffel
 * (`createDOMRenderer(document, { styleElementAttributes: { nonce } })`). Inline scripts and inline style elements
 * without it are refused by the content security policy.
 */
import type { FileKind, GrantedFile } from './contract.ts';

/** The object at `window.e4s` in the desktop shell. */
export interface StudioBridge {
  readonly kind: 'desktop';
  /** Asks the shell for its ports; they arrive as `PortMessage` events. Calling it again replaces both ports. */
  connect(): void;
  /**
   * Grants a file that the user dropped or picked in an `<input type="file">`, or a folder that was dropped.
   * Rejects when the `File` has no file behind it (then `shell.files.grantBytes` takes its bytes).
   */
  grantDropped(file: File, kind: FileKind): Promise<GrantedFile>;
}

export const PORT_MESSAGE = 'e4s:port';

/** What a `message` event of the page's own window says about the port that it carries. */
export interface PortMessage {
  readonly type: typeof PORT_MESSAGE;
  readonly link: 'engine' | 'shell';
  /** The engine's generation; 0 for the shell. */
  readonly generation: number;
}

export function isPortMessage(data: unknown): data is PortMessage {
  if (typeof data !== 'object' || data === null) return false;
  const message = data as Partial<PortMessage>;
  return (
    message.type === PORT_MESSAGE &&
    (message.link === 'engine' || message.link === 'shell') &&
    Number.isSafeInteger(message.generation)
  );
}

/** Paths of the web shell. All of them need the session cookie that the printed address sets. */
export const WEB_PATHS = {
  /** WebSocket: calls of `engineContract`. */
  engine: '/rpc/engine',
  /** WebSocket: calls of `shellContract`. */
  shell: '/rpc/shell',
  /**
   * `POST /upload?name=<file name>&kind=<FileKind>` with the file's bytes as body: answers 200 with a `GrantedFile` as
   * JSON, or another status with an `ErrorReport` as JSON (413: over the limit, 507: the disk refuses). The kind is
   * `picture` where none is given. `POST /upload?folder=<handle of files.newFolder>&name=<relative name>` adds a file
   * to a folder. `DELETE /upload?file=<handle>` is `files.release` for a page that is being left (`keepalive`).
   */
  upload: '/upload',
  /** `GET /download/<save handle>`: the saved file as an attachment; 404 until it is written whole. */
  download: '/download/',
} as const;

/** WebSocket close code of `WEB_PATHS.engine` when the engine process ended (it is being restarted). */
export const ENGINE_LOST_CODE = 4001;
/** WebSocket close code of `WEB_PATHS.engine` when the engine failed too often and is not being restarted. */
export const STUDIO_FAILED_CODE = 4002;

/** The address of a WebSocket on the page's own host. */
export function socketAddress(page: { readonly protocol: string; readonly host: string }, path: string): string {
  return `${page.protocol === 'https:' ? 'wss' : 'ws'}://${page.host}${path}`;
}
