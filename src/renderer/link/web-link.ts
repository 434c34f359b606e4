/** The studio over the web shell: two WebSockets that are opened again when they are needed and were closed. */
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { socketAddress, WEB_PATHS } from '#shared/bridge.ts';
import type { EngineClient, ShellClient, StudioLink } from './studio-link.ts';
import { webUploads } from './web-uploads.ts';

/** A client whose socket is replaced once it has closed. */
function reopening<Client extends EngineClient | ShellClient>(address: string): () => Client {
  let socket: WebSocket | null = null;
  let client: Client | null = null;
  return () => {
    if (client && socket && socket.readyState <= WebSocket.OPEN) return client;
    socket = new WebSocket(address);
    client = createORPCClient<Client>(new RPCLink({ websocket: socket }));
    return client;
  };
}

export function webLink(page: Location): StudioLink {
  const shell = reopening<ShellClient>(socketAddress(page, WEB_PATHS.shell));
  const uploads = webUploads(shell);
  return {
    shell,
    engine: reopening<EngineClient>(socketAddress(page, WEB_PATHS.engine)),
    ...uploads,
  };
}
