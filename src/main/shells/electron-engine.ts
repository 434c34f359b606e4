/** Starts the engine as a utility process of Electron, for the desktop shell. */
import type { App, MessagePortMain, UtilityProcess } from 'electron';
import type { EngineToShell } from '#main/rpc/control.ts';
import type { EngineExit, EngineLauncher } from './engine-process.ts';

const SERVICE_NAME = 'E4S engine';

export interface ElectronEngineOptions {
  readonly entry: string;
  readonly app: Pick<App, 'on' | 'off'>;
  readonly utilityProcess: {
    fork(entry: string, args: string[], options: { serviceName: string; stdio: 'inherit' }): UtilityProcess;
  };
}

export function electronEngineLauncher({ entry, app, utilityProcess }: ElectronEngineOptions): EngineLauncher {
  return () => {
    const child = utilityProcess.fork(entry, [], { serviceName: SERVICE_NAME, stdio: 'inherit' });
    let finding: string | undefined;
    const note = (_event: unknown, details: { name?: string; serviceName?: string; reason: string }) => {
      if (details.name === SERVICE_NAME || details.serviceName === SERVICE_NAME) finding = details.reason;
    };
    app.on('child-process-gone', note);
    const ended = new Promise<EngineExit>((resolve) => {
      child.once('exit', (code) => {
        // Electron's finding may come just after the exit itself.
        setImmediate(() => {
          app.off('child-process-gone', note);
          resolve({ code, signal: null, finding });
        });
      });
    });
    return {
      get pid() {
        return child.pid;
      },
      post: (message, ports = []) => child.postMessage(message, ports as MessagePortMain[]),
      onMessage: (listener) => {
        child.on('message', (message: EngineToShell) => listener(message));
      },
      onExit: (listener) => {
        void ended.then(listener);
      },
      kill: () => {
        // `child.kill` asks politely; a process inside a native computation must be ended.
        if (child.pid !== undefined && process.platform !== 'win32') process.kill(child.pid, 'SIGKILL');
        else child.kill();
      },
    };
  };
}
