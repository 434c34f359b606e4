import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EngineLostError } from '#engine/errors.ts';
import type { EngineToShell, ShellToEngine } from '#main/rpc/control.ts';
import { type EngineExit, type EngineProcess, explainExit } from '#main/shells/engine-process.ts';
import { createGrantTable } from '#main/shells/grant-table.ts';
import { answerEngine, createMediaTable } from '#main/shells/media-table.ts';
import { type Supervisor, superviseEngine } from '#main/shells/supervisor.ts';
import type { EngineStatus } from '#shared/contract.ts';

/** An engine process that does what the test says. */
class PuppetEngine implements EngineProcess {
  readonly pid = 1;
  readonly posted: ShellToEngine[] = [];
  killed = false;
  #exit: EngineExit | undefined;
  readonly #messages: ((message: EngineToShell) => void)[] = [];
  readonly #exits: ((exit: EngineExit) => void)[] = [];

  post(message: ShellToEngine): void {
    this.posted.push(message);
    if (message.type === 'shutdown') this.end({ code: 0, signal: null });
  }
  onMessage(listener: (message: EngineToShell) => void): void {
    this.#messages.push(listener);
  }
  onExit(listener: (exit: EngineExit) => void): void {
    if (this.#exit) listener(this.#exit);
    else this.#exits.push(listener);
  }
  kill(): void {
    this.killed = true;
    this.end({ code: null, signal: 'SIGKILL' });
  }
  say(message: EngineToShell): void {
    for (const listener of this.#messages) listener(message);
  }
  end(exit: EngineExit): void {
    if (this.#exit) return;
    this.#exit = exit;
    for (const listener of this.#exits) listener(exit);
  }
}

const engines: PuppetEngine[] = [];
const last = (): PuppetEngine => engines.at(-1) as PuppetEngine;
let supervisor: Supervisor;
let statuses: EngineStatus[];

beforeEach(() => {
  vi.useFakeTimers();
  engines.length = 0;
  supervisor = superviseEngine({
    launch: () => {
      engines.push(new PuppetEngine());
      return last();
    },
    answer: answerEngine(createGrantTable(), createMediaTable()),
    pausesMs: [0, 100, 200],
    steadyMs: 60_000,
    startLimitMs: 1000,
  });
  statuses = [supervisor.status];
  supervisor.subscribe((status) => statuses.push(status));
});
afterEach(async () => {
  await supervisor[Symbol.asyncDispose]();
  vi.useRealTimers();
});

describe('the supervisor', () => {
  it('starts an engine and says when it is ready', async () => {
    expect(supervisor.status).toEqual({ state: 'starting', generation: 1 });
    const ready = supervisor.whenReady();
    last().say({ type: 'ready' });
    expect((await ready).generation).toBe(1);
    expect(supervisor.status).toEqual({ state: 'ready', generation: 1 });
  });

  it('starts the next one after a crash, with the reason', async () => {
    last().say({ type: 'ready' });
    last().end({ code: null, signal: 'SIGSEGV' });
    const ready = supervisor.whenReady();
    await vi.advanceTimersByTimeAsync(0);
    expect(engines.length).toBe(2);
    last().say({ type: 'ready' });
    expect((await ready).generation).toBe(2);
    const reason = 'The engine crashed in native code (invalid memory access).';
    expect(statuses.slice(1)).toEqual([
      { state: 'ready', generation: 1 },
      { state: 'restarting', generation: 1, reason },
      { state: 'restarting', generation: 2, reason },
      { state: 'ready', generation: 2, reason },
    ]);
  });

  it('waits longer after each crash in a row, and gives up in the end', async () => {
    for (const pause of [0, 100, 200]) {
      const count = engines.length;
      last().end({ code: 3, signal: null });
      await vi.advanceTimersByTimeAsync(Math.max(0, pause - 1));
      if (pause > 0) expect(engines.length).toBe(count);
      await vi.advanceTimersByTimeAsync(1);
      expect(engines.length).toBe(count + 1);
    }
    const waiting = expect(supervisor.whenReady()).rejects.toThrow(EngineLostError);
    last().end({ code: 3, signal: null });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(engines.length).toBe(4);
    expect(supervisor.status).toEqual({
      state: 'failed',
      generation: 4,
      reason: 'The engine ended by itself (exit code 3).',
    });
    await waiting;
  });

  it('starts again from the failed state when the user asks', async () => {
    last().say({ type: 'broken', reason: 'the models are missing' });
    last().end({ code: 1, signal: null });
    expect(supervisor.status).toMatchObject({
      state: 'failed',
      reason: 'The engine cannot start: the models are missing',
    });
    const restarted = supervisor.restart();
    await vi.advanceTimersByTimeAsync(0);
    last().say({ type: 'ready' });
    expect(await restarted).toEqual({ state: 'ready', generation: 2, reason: 'You started the engine again.' });
  });

  it('ends an engine that does not get ready', async () => {
    const first = last();
    await vi.advanceTimersByTimeAsync(1000);
    expect(first.killed).toBe(true);
    expect(statuses.at(-1)).toMatchObject({ state: 'restarting', reason: 'The engine did not start in time.' });
  });

  it('counts crashes anew after a steady run', async () => {
    for (let i = 0; i < 6; i++) {
      last().say({ type: 'ready' });
      await vi.advanceTimersByTimeAsync(60_001);
      last().end({ code: 3, signal: null });
      await vi.advanceTimersByTimeAsync(0);
    }
    expect(engines.length).toBe(7);
  });

  it('ends a busy engine on restart, and starts only when it is gone', async () => {
    last().say({ type: 'ready' });
    const restarted = supervisor.restart();
    expect(engines[0]?.killed).toBe(true);
    await vi.advanceTimersByTimeAsync(0);
    last().say({ type: 'ready' });
    expect(await restarted).toEqual({ state: 'ready', generation: 2, reason: 'You stopped the engine.' });
    // Restarts that were asked for are no crashes.
    for (let i = 0; i < 5; i++) {
      const again = supervisor.restart();
      await vi.advanceTimersByTimeAsync(0);
      last().say({ type: 'ready' });
      expect((await again).state).toBe('ready');
    }
  });

  it('answers what the engine asks', () => {
    last().say({ type: 'ask', id: 7, question: 'resolve', ask: { file: 'file_AAAAAAAA' as never } });
    expect(last().posted).toEqual([{ type: 'answer', id: 7, answer: undefined }]);
  });

  it('kills an engine that does not hear the end', async () => {
    last().post = () => undefined;
    const ended = supervisor[Symbol.asyncDispose]();
    await vi.advanceTimersByTimeAsync(1000);
    await ended;
    expect(last().killed).toBe(true);
    expect(engines.length).toBe(1);
  });
});

describe('explainExit', () => {
  it.each([
    [{ code: null, signal: 'SIGKILL' }, /memory/],
    [{ code: null, signal: 'SIGUSR2' }, /SIGUSR2/],
    [{ code: 0, signal: null }, /^The engine ended\.$/],
    [{ code: 134, signal: null }, /memory/],
    [{ code: -1073741819, signal: null }, /invalid memory access/],
    [{ code: 9, signal: null, finding: 'oom' }, /ran out of memory/],
    [{ code: 42, signal: null }, /exit code 42/],
  ] as const)('%j', (exit, words) => {
    expect(explainExit(exit)).toMatch(words);
  });
});
