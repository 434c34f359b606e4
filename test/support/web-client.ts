/** A browser's part towards the web shell, with every header in the test's hands. */
import { type IncomingHttpHeaders, request } from 'node:http';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { WebSocket } from 'ws';
import { WEB_PATHS } from '#shared/bridge.ts';
import type { EngineContract, ShellContract } from '#shared/contract.ts';

export interface WebReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One request; the path goes out exactly as it is given. */
export function ask(
  url: URL,
  path: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<WebReply> {
  return new Promise((resolve, reject) => {
    const call = request({ host: url.hostname, port: url.port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end(body);
  });
}

/** Enters with the printed address; resolves to the headers that a page of the studio sends. */
export async function enter(url: URL): Promise<{ cookie: string; origin: string }> {
  const reply = await ask(url, url.pathname + url.search);
  const cookie = reply.headers['set-cookie']?.[0]?.split(';')[0];
  if (cookie === undefined) throw new Error(`no cookie, status ${reply.status}`);
  return { cookie, origin: url.origin };
}

/** Opens a WebSocket; resolves to it, or to the status of the refusal. */
export function openSocket(url: URL, path: string, headers: Record<string, string>): Promise<WebSocket | number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://${url.host}${path}`, { headers });
    socket.on('open', () => resolve(socket));
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('error', reject);
  });
}

export interface WebStudio {
  readonly engine: ContractRouterClient<EngineContract>;
  readonly shell: ContractRouterClient<ShellContract>;
  readonly engineSocket: WebSocket;
  readonly shellSocket: WebSocket;
}

/** Both clients over fresh sockets. */
export async function connectStudio(url: URL, headers: Record<string, string>): Promise<WebStudio> {
  const open = async (path: string): Promise<WebSocket> => {
    const socket = await openSocket(url, path, headers);
    if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
    return socket;
  };
  const engineSocket = await open(WEB_PATHS.engine);
  const shellSocket = await open(WEB_PATHS.shell);
  const link = (websocket: WebSocket) => new RPCLink({ websocket: websocket as unknown as globalThis.WebSocket });
  return {
    engineSocket,
    shellSocket,
    engine: createORPCClient<ContractRouterClient<EngineContract>>(link(engineSocket)),
    shell: createORPCClient<ContractRouterClient<ShellContract>>(link(shellSocket)),
  };
}
