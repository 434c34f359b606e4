/** Starts the engine process, watches it, and starts a new one when it ends, saying why in plain words. */
import { EngineLostError } from '#engine/errors.ts';
import type { ControlQuestion, ControlQuestions } from '#main/rpc/control.ts';
import type { EngineStatus } from '#shared/contract.ts';
import { type EngineLauncher, type EngineProcess, explainExit } from './engine-process.ts';

export interface SupervisorOptions {
  readonly launch: EngineLauncher;
  /** Answers what the engine asks about granted files. */
  answer<Q extends ControlQuestion>(question: Q, ask: ControlQuestions[Q]['ask']): ControlQuestions[Q]['answer'];
  /** An engine process ended, for whatever reason. */
  onEnded?: (() => void) | undefined;
  /** Pauses before the 1st, 2nd, … restart after crashes in a row, milliseconds. After the last one: `failed`. */
  readonly pausesMs?: readonly number[] | undefined;
  /** An engine that ran this long starts the count of crashes anew. */
  readonly steadyMs?: number | undefined;
  /** An engine that is not ready after this time is ended. */
  readonly startLimitMs?: number | undefined;
}

/** A ready engine process. */
export interface ReadyEngine {
  readonly process: EngineProcess;
  readonly generation: number;
}

export interface Supervisor extends AsyncDisposable {
  readonly status: EngineStatus;
  /** Calls the listener at every change until the returned function is called. */
  subscribe(listener: (status: EngineStatus) => void): () => void;
  /**
   * The engine that is ready now, or the next one that will be.
   * @throws EngineLostError when the engine has given up
   */
  whenReady(): Promise<ReadyEngine>;
  /** Ends the process whatever it does and starts a new one. Resolves when that one is ready or has failed. */
  restart(): Promise<EngineStatus>;
}

const STOPPED = 'You stopped the engine.';
const STARTED_AGAIN = 'You started the engine again.';

export function superviseEngine(options: SupervisorOptions): Supervisor {
  const { pausesMs = [0, 500, 2000, 5000], steadyMs = 60_000, startLimitMs = 120_000 } = options;
  const listeners = new Set<(status: EngineStatus) => void>();
  let status: EngineStatus = { state: 'starting', generation: 0 };
  let current: EngineProcess | undefined;
  let crashes = 0;
  let disposed = false;
  let retry: NodeJS.Timeout | undefined;

  function set(next: EngineStatus): void {
    status = next;
    for (const listener of [...listeners]) listener(next);
  }

  function start(reason: string | undefined): void {
    const generation = status.generation + 1;
    // The first process starts; every later one is a restart with a reason.
    set(reason === undefined ? { state: 'starting', generation } : { state: 'restarting', generation, reason });
    const engine = options.launch();
    current = engine;
    const born = performance.now();
    let broken: string | undefined;
    let late = false;
    const limit = setTimeout(() => {
      late = true;
      engine.kill();
    }, startLimitMs);

    engine.onMessage((message) => {
      if (current !== engine) return;
      if (message.type === 'ready') {
        clearTimeout(limit);
        set(reason === undefined ? { state: 'ready', generation } : { state: 'ready', generation, reason });
      } else if (message.type === 'broken') {
        broken = message.reason;
      } else if (message.type === 'ask') {
        engine.post({ type: 'answer', id: message.id, answer: options.answer(message.question, message.ask) });
      }
    });
    engine.onExit((exit) => {
      clearTimeout(limit);
      if (current !== engine) return;
      current = undefined;
      options.onEnded?.();
      if (disposed) return;
      if (performance.now() - born > steadyMs) crashes = 0;
      // An engine that knows why it cannot start will not start better a second time.
      if (broken !== undefined) set({ state: 'failed', generation, reason: `The engine cannot start: ${broken}` });
      else recover(late ? 'The engine did not start in time.' : explainExit(exit));
    });
  }

  function recover(reason: string): void {
    const pause = pausesMs[crashes];
    crashes += 1;
    const { generation } = status;
    if (pause === undefined) {
      set({ state: 'failed', generation, reason });
      return;
    }
    set({ state: 'restarting', generation, reason });
    retry = setTimeout(() => start(reason), pause);
  }

  function settled(): Promise<EngineStatus> {
    if (status.state === 'ready' || status.state === 'failed') return Promise.resolve(status);
    return new Promise((resolve) => {
      const off = subscribe((next) => {
        if (next.state !== 'ready' && next.state !== 'failed') return;
        off();
        resolve(next);
      });
    });
  }

  function subscribe(listener: (status: EngineStatus) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  start(undefined);

  return {
    get status() {
      return status;
    },
    subscribe,
    async whenReady() {
      const { state, generation, reason } = await settled();
      if (state !== 'ready' || current === undefined) {
        throw new EngineLostError(reason ?? 'The engine is not running.', { action: 'Restart the engine.' });
      }
      return { process: current, generation };
    },
    async restart() {
      const old = current;
      current = undefined;
      crashes = 0;
      clearTimeout(retry);
      if (old !== undefined) {
        // The old process must be gone before the new one takes the same memory and devices.
        const gone = new Promise<void>((resolve) => {
          old.onExit(() => resolve());
        });
        set({ state: 'restarting', generation: status.generation, reason: STOPPED });
        old.kill();
        await gone;
        options.onEnded?.();
      }
      if (!disposed && current === undefined) start(old === undefined ? STARTED_AGAIN : STOPPED);
      return settled();
    },
    async [Symbol.asyncDispose]() {
      disposed = true;
      clearTimeout(retry);
      const old = current;
      current = undefined;
      listeners.clear();
      if (old === undefined) return;
      const gone = new Promise<void>((resolve) => {
        old.onExit(() => resolve());
      });
      old.post({ type: 'shutdown' });
      // An engine in the middle of a computation hears nothing until its step ends.
      const kill = setTimeout(() => old.kill(), 1_000);
      await gone;
      clearTimeout(kill);
    },
  };
}
