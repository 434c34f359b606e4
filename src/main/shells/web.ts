/**
 * The web shell: the studio in a browser of the same machine. One HTTP server on the loopback interface serves the
 * window, two WebSockets carry its calls, and the engine runs as a child process.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import { toReport, UsageError } from '#engine/errors.ts';
import { type AppRoot, findAppRoot } from '#engine/files/app-root.ts';
import { findHome } from '#engine/files/home.ts';
import { serveRouter } from '#main/rpc/serve.ts';
import { WEB_PATHS } from '#shared/bridge.ts';
import type { EngineLauncher } from './engine-process.ts';
import { createGrantTable } from './grant-table.ts';
import { answerMedia } from './media-answer.ts';
import { answerEngine, createMediaTable, type MediaFile } from './media-table.ts';
import { nodeEngineLauncher } from './node-engine.ts';
import { openPageFiles, type PageAnswer, textAnswer } from './page-files.ts';
import { SECURITY_HEADERS } from './page-policy.ts';
import { openRecentFiles } from './recent-files.ts';
import { createShellRouter } from './shell-router.ts';
import { superviseEngine } from './supervisor.ts';
import { openWebFiles } from './web-files.ts';
import { createWebGate } from './web-gate.ts';
import { connectEngineSocket, socketChannel, watchPages } from './web-sockets.ts';
import { answerUpload } from './web-uploads.ts';

export interface WebShellOptions {
  /** 0 or absent: any free port. */
  readonly port?: number | undefined;
  /** Why the desktop shell is not used, shown in the window. */
  readonly fallbackReason?: string | undefined;
  /** Largest upload, bytes; 16 GiB by default. */
  readonly uploadLimitBytes?: number | undefined;
  /** Where large uploads lie; the user's data folder by default. */
  readonly uploadsFolder?: string | undefined;
  /** How long large uploads stay when no page is connected; ten minutes by default. Milliseconds. */
  readonly uploadsStayMs?: number | undefined;
  /** Gets what the engine process writes. */
  readonly log?: ((text: string) => void) | undefined;
  /** Where the studio's files are; found by itself unless a test says otherwise. */
  readonly app?: AppRoot | undefined;
  readonly launch?: EngineLauncher | undefined;
}

export interface WebShell {
  /** The address to open, with its token. */
  readonly url: string;
  /** Ends the engine, closes every connection and removes uploads and downloads. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const FRAME_LIMIT_BYTES = 256 * 2 ** 20;
const UPLOAD_LIMIT_BYTES = 16 * 2 ** 30;
const UPLOADS_STAY_MS = 10 * 60_000;

/**
 * Starts the web shell; it serves until `close`.
 * @throws UsageError when the port is taken or not allowed
 */
export async function startWebShell(options: WebShellOptions = {}): Promise<WebShell> {
  const app = options.app ?? findAppRoot(import.meta.url);
  const pages = openPageFiles(app.renderer);
  const server = createServer();
  const port = await listen(server, options.port ?? 0);
  const gate = createWebGate(port);
  const grants = createGrantTable();
  const media = createMediaTable();
  const recent = openRecentFiles();
  const files = await openWebFiles({
    grants,
    recent,
    limitBytes: options.uploadLimitBytes ?? UPLOAD_LIMIT_BYTES,
    uploadsFolder: options.uploadsFolder ?? findHome().uploads,
  });
  const supervisor = superviseEngine({
    launch: options.launch ?? nodeEngineLauncher({ entry: app.engineEntry, log: options.log }),
    answer: answerEngine(grants, media),
    onEnded: () => {
      grants.releaseClaims();
      media.clear();
    },
  });
  const shellRouter = createShellRouter({
    info: { kind: 'web', version: app.version, platform: process.platform, fallbackReason: options.fallbackReason },
    supervisor,
    grants,
    desk: files.desk,
    recent,
  });

  const sockets = new WebSocketServer({ noServer: true, maxPayload: FRAME_LIMIT_BYTES, perMessageDeflate: false });
  const pagesOpen = watchPages(options.uploadsStayMs ?? UPLOADS_STAY_MS, () => {
    // What cannot be removed now goes with the process.
    files.uploads.removeAll().catch((error: unknown) => console.error(error));
  });
  const routes: Readonly<Record<string, (socket: WebSocket) => void>> = {
    [WEB_PATHS.shell]: (socket) => {
      pagesOpen.add(socket);
      serveRouter(shellRouter, socketChannel(socket));
    },
    [WEB_PATHS.engine]: (socket) => connectEngineSocket(socket, supervisor),
  };
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const route = routes[addressOf(request).pathname];
    const refusal = gate.refusal(request, { cookie: true, origin: true });
    if (refusal !== undefined || route === undefined) {
      refuseUpgrade(socket, refusal === undefined ? '404 Not Found' : '403 Forbidden');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (open) => {
      // What is no frame closes its connection, with a code that says why: nobody else needs to hear of it.
      open.on('error', () => undefined);
      route(open);
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = addressOf(request);
    const { method = 'GET' } = request;
    if (method === 'GET' && gate.isEntry(url)) {
      const refusal = gate.refusal(request, { cookie: false, origin: false });
      return send(response, refusal === undefined ? entryAnswer(gate.cookie) : textAnswer(403, refusal));
    }
    const refusal = gate.refusal(request, { cookie: true, origin: method !== 'GET' && method !== 'HEAD' });
    if (refusal !== undefined) return send(response, textAnswer(403, refusal));
    if (url.pathname === WEB_PATHS.upload) return send(response, await answerUpload(files, request, url));
    if (method !== 'GET' && method !== 'HEAD') {
      return send(response, textAnswer(405, 'This address can only be read.', { Allow: 'GET, HEAD' }));
    }
    if (url.pathname.startsWith(WEB_PATHS.download)) return answerDownload(response, url, method === 'HEAD');
    const shown = media.find(url.pathname);
    if (shown !== undefined) return sendMedia(request, response, shown, method === 'HEAD');
    const socketOrigin = `ws://${request.headers.host}`;
    return send(response, await pages.answer(url.pathname, [socketOrigin]), method === 'HEAD');
  }

  async function answerDownload(response: ServerResponse, url: URL, headOnly: boolean): Promise<void> {
    const file = files.download(url.pathname.slice(WEB_PATHS.download.length));
    if (file === undefined) return send(response, textAnswer(404, 'There is no such file.'));
    const { size } = await stat(file.path);
    response.writeHead(200, {
      ...SECURITY_HEADERS,
      'Content-Type': 'application/octet-stream',
      'Content-Length': String(size),
      'Content-Disposition': attachment(file.name),
      'Cache-Control': 'no-store',
    });
    if (headOnly) response.end();
    else await pipeline(createReadStream(file.path), response);
  }

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else send(response, textAnswer(500, toReport(error).message));
    });
  });

  return {
    url: `http://${HOST}:${port}${gate.entryPath}`,
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      pagesOpen.end();
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await supervisor[Symbol.asyncDispose]();
      await files[Symbol.asyncDispose]();
      await closed;
    },
  };
}

/** Once it asks for an upgrade, a connection is no longer the server's: its breaks and its end are seen to here. */
function refuseUpgrade(socket: Duplex, status: string): void {
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`, () => socket.destroy());
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is in use already' : `cannot be used (${error.code})`;
      reject(new UsageError(`Port ${port} ${why}.`, { action: 'Choose another one with --port.', cause: error }));
    });
    server.listen({ port, host: HOST }, () => resolve((server.address() as AddressInfo).port));
  });
}

/** The path is taken as it came: dots and escapes are looked up, not resolved. */
function addressOf(request: IncomingMessage): URL {
  try {
    return new URL(request.url ?? '/', `http://${HOST}`);
  } catch {
    return new URL('/%00', `http://${HOST}`);
  }
}

/**
 * Sets the cookie and goes on to the page without the token. It is a page rather than a redirect: a strict cookie does
 * not travel on a redirect that another site began (a terminal in a browser, for example).
 */
function entryAnswer(cookie: string): PageAnswer {
  const html =
    '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/"><title>E4S Studio</title>';
  return {
    ...textAnswer(200, html, { 'Content-Type': 'text/html; charset=utf-8', 'Set-Cookie': cookie }),
  };
}

async function sendMedia(
  { headers: { range } }: IncomingMessage,
  response: ServerResponse,
  file: MediaFile,
  headOnly: boolean,
): Promise<void> {
  const { status, headers, open } = await answerMedia(file, range);
  if (response.destroyed) return;
  response.writeHead(status, headers);
  if (headOnly || open === undefined) response.end();
  // A player that has enough, or has gone to another place, ends the request: nothing is wrong.
  else await pipeline(open(), response).catch(() => response.destroy());
}

/** RFC 6266: a plain name for old readers, the true one for all others. */
const attachment = (name: string): string =>
  `attachment; filename="${name.replace(/[^\x20-\x7e]|["\\%]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}`;

function send(response: ServerResponse, { status, headers, body }: PageAnswer, headOnly = false): void {
  // Whoever asked is gone.
  if (response.destroyed) return;
  response.writeHead(status, { ...headers, 'Content-Length': String(body.byteLength) });
  response.end(headOnly ? undefined : body);
}
