/** The studio over the message ports of the desktop shell; a new engine process brings a new engine port. */
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { isPortMessage, type StudioBridge } from '#shared/bridge.ts';
import type { FileHandle } from '#shared/contract.ts';
import { text } from '../text.ts';
import { LinkError } from './report.ts';
import type { EngineClient, GrantOptions, PickedFolder, ShellClient, StudioLink } from './studio-link.ts';

declare global {
  interface Window {
    readonly e4s?: StudioBridge;
  }
}

interface Connection<Client> {
  readonly client: Client;
  readonly port: MessagePort;
  readonly generation: number;
}

function connect<Client extends EngineClient | ShellClient>(port: MessagePort, generation: number): Connection<Client> {
  const client = createORPCClient<Client>(new RPCLink({ port }));
  port.start();
  return { client, port, generation };
}

/** Ends the calls that still wait on a port whose other side is gone. */
function drop(connection: Connection<unknown> | null): void {
  connection?.port.dispatchEvent(new Event('close'));
}

/** Resolves once the shell has handed over both ports. */
export function desktopLink(bridge: StudioBridge, page: Window): Promise<StudioLink> {
  let shell: Connection<ShellClient> | null = null;
  let engine: Connection<EngineClient> | null = null;
  return new Promise((resolve) => {
    page.addEventListener('message', (event: MessageEvent<unknown>) => {
      const [port] = event.ports;
      if (event.source !== page || !isPortMessage(event.data) || !port) return;
      if (event.data.link === 'shell') {
        drop(shell);
        shell = connect<ShellClient>(port, 0);
      } else if (!engine || event.data.generation > engine.generation) {
        drop(engine);
        engine = connect<EngineClient>(port, event.data.generation);
      }
      if (shell && engine)
        resolve({ shell: () => client(shell), engine: () => client(engine), grant, grantFolder, release });
    });
    bridge.connect();
  });

  async function grant(file: File, { kind = 'picture' }: GrantOptions = {}) {
    try {
      return await bridge.grantDropped(file, kind);
    } catch {
      // A pasted picture has no file behind it.
      return client(shell).files.grantBytes({ name: file.name, bytes: file });
    }
  }

  async function grantFolder({ name, self }: PickedFolder) {
    // Folders come from the dialog, which grants them itself, or by a drop, which is a file to Chromium.
    if (!self) throw new LinkError({ kind: 'input', message: text.errors.noFolder, file: name });
    return bridge.grantDropped(self, 'folder');
  }

  function release(file: FileHandle): void {
    client(shell)
      .files.release({ file })
      .catch(() => undefined);
  }
}

function client<Client>(connection: Connection<Client> | null): Client {
  if (!connection) throw new Error('port is closed');
  return connection.client;
}
