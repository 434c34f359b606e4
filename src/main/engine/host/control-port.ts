/** The engine's end of the control channel, over whichever process channel it was started with. */
import type { EngineToShell, ShellToEngine } from '#main/rpc/control.ts';
import type { WindowPort } from '#main/rpc/port-channel.ts';

export interface ControlPort {
  post(message: EngineToShell): void;
  onMessage(listener: (message: ShellToEngine, ports: readonly WindowPort[]) => void): void;
  /** The shell is gone. */
  onClose(listener: () => void): void;
}

/** Electron's `process.parentPort` in a utility process. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown; ports: WindowPort[] }) => void): unknown;
}

/** The channel that this process was started with: a utility process of Electron, or a forked Node process. */
export function openControlPort(host: NodeJS.Process = process): ControlPort {
  const parentPort = (host as { parentPort?: ParentPort }).parentPort;
  if (parentPort) {
    return {
      post: (message) => parentPort.postMessage(message),
      onMessage: (listener) => {
        parentPort.on('message', ({ data, ports }) => listener(data as ShellToEngine, ports));
      },
      // Electron ends its utility processes itself.
      onClose: () => undefined,
    };
  }
  if (host.send === undefined) throw new Error('The engine process is started by a shell, not by hand.');
  return {
    post: (message) => {
      if (host.connected) host.send?.(message);
    },
    onMessage: (listener) => {
      host.on('message', (message) => listener(message as ShellToEngine, []));
    },
    onClose: (listener) => {
      host.on('disconnect', listener);
    },
  };
}
