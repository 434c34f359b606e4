/** The studio over the web shell: two WebSockets that are opened again when they are needed and were closed. */
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { socketAddress, WEB_PATHS } from '#shared/bridge.ts';
import { errorReportSchema, type GrantedFile, grantedFileSchema } from '#shared/contract.ts';
import { text } from '../text.ts';
import { LinkError } from './report.ts';
import type { EngineClient, ShellClient, StudioLink } from './studio-link.ts';

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

async function upload(file: File): Promise<GrantedFile> {
  const response = await fetch(`${WEB_PATHS.upload}?name=${encodeURIComponent(file.name)}`, {
    method: 'POST',
    body: file,
  });
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return grantedFileSchema.parse(body);
  const refused = errorReportSchema.safeParse(body);
  throw new LinkError(
    refused.success ? refused.data : { kind: 'input', message: text.errors.upload(response.status), file: file.name },
  );
}

export function webLink(page: Location): StudioLink {
  return {
    shell: reopening<ShellClient>(socketAddress(page, WEB_PATHS.shell)),
    engine: reopening<EngineClient>(socketAddress(page, WEB_PATHS.engine)),
    grant: upload,
  };
}
