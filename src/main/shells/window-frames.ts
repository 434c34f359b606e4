/** Windows without a port of their own: their frames travel inside the control channel of the engine process. */
import type { Frame } from '#main/rpc/serve.ts';
import type { EngineProcess } from './engine-process.ts';

export interface WindowOnEngine {
  send(frame: Frame): void;
  close(): void;
}

export interface WindowEvents {
  onFrame(frame: Frame): void;
  /** The engine process has ended. */
  onLost(): void;
}

interface Hub {
  nextClient: number;
  readonly windows: Map<number, WindowEvents>;
}

const hubs = new WeakMap<EngineProcess, Hub>();

function hubOf(engine: EngineProcess): Hub {
  const known = hubs.get(engine);
  if (known) return known;
  const hub: Hub = { nextClient: 1, windows: new Map() };
  hubs.set(engine, hub);
  engine.onMessage((message) => {
    if (message.type === 'frame') hub.windows.get(message.client)?.onFrame(message.data);
  });
  engine.onExit(() => {
    for (const window of hub.windows.values()) window.onLost();
    hub.windows.clear();
  });
  return hub;
}

/** Connects one window to an engine process. */
export function openWindowOn(engine: EngineProcess, events: WindowEvents): WindowOnEngine {
  const hub = hubOf(engine);
  const client = hub.nextClient++;
  hub.windows.set(client, events);
  engine.post({ type: 'open', client });
  return {
    send: (data) => engine.post({ type: 'frame', client, data }),
    close: () => {
      if (hub.windows.delete(client)) engine.post({ type: 'closed', client });
    },
  };
}
