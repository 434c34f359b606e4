/** Starts the engine as a child process of Node, for the web shell. */
import { fork } from 'node:child_process';
import type { EngineToShell } from '#main/rpc/control.ts';
import type { EngineExit, EngineLauncher } from './engine-process.ts';

export interface NodeEngineOptions {
  /** Path of the built entry. */
  readonly entry: string;
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Gets what the engine writes to its stdout and stderr. */
  readonly log?: ((text: string) => void) | undefined;
}

export function nodeEngineLauncher({ entry, env = process.env, log }: NodeEngineOptions): EngineLauncher {
  return () => {
    const child = fork(entry, [], {
      // `advanced` is the structured clone: frames stay bytes.
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env,
      execArgv: [],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => log?.(text));
    }
    const ended = new Promise<EngineExit>((resolve) => {
      child.on('exit', (code, signal) => resolve({ code, signal }));
      // The process could not be started at all.
      child.on('error', () => {
        if (child.pid === undefined) resolve({ code: null, signal: null });
      });
    });
    return {
      pid: child.pid,
      post: (message) => {
        // A message to a process that is just ending is lost with it; `onExit` tells.
        if (child.connected) child.send(message, () => undefined);
      },
      onMessage: (listener) => {
        child.on('message', (message) => listener(message as EngineToShell));
      },
      onExit: (listener) => {
        void ended.then(listener);
      },
      kill: () => {
        child.kill('SIGKILL');
      },
    };
  };
}
