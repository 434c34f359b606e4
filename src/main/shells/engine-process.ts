/** An engine process as its shell sees it, however it was started. */
import type { EngineToShell, ShellToEngine } from '#main/rpc/control.ts';

export interface EngineExit {
  /** Exit code, or the system's code on Windows. */
  readonly code: number | null;
  /** POSIX signal name. */
  readonly signal: string | null;
  /** Electron's own finding, where it has one. */
  readonly finding?: string | undefined;
}

export interface EngineProcess {
  readonly pid: number | undefined;
  /** @param ports message ports that travel along (desktop shell only) */
  post(message: ShellToEngine, ports?: readonly unknown[]): void;
  onMessage(listener: (message: EngineToShell) => void): void;
  /** Every listener is called once; at once when the process has ended already. */
  onExit(listener: (exit: EngineExit) => void): void;
  /** Ends it at once, whatever it computes. */
  kill(): void;
}

export type EngineLauncher = () => EngineProcess;

const SIGNALS: Readonly<Record<string, string>> = {
  SIGKILL: 'The engine was ended from outside. Most often the system does that when memory runs out.',
  SIGTERM: 'The engine was ended from outside.',
  SIGINT: 'The engine was ended from outside.',
  SIGSEGV: 'The engine crashed in native code (invalid memory access).',
  SIGBUS: 'The engine crashed in native code (invalid memory access).',
  SIGILL: 'The engine crashed: this processor lacks an instruction that it used.',
  SIGABRT: 'The engine crashed in native code and gave up.',
  SIGFPE: 'The engine crashed in native code (arithmetic fault).',
};

/** Windows reports crashes as exit codes. */
const WINDOWS_CODES: Readonly<Record<number, string>> = {
  3221225477: SIGNALS['SIGSEGV'] as string,
  3221225501: SIGNALS['SIGILL'] as string,
  3221226505: SIGNALS['SIGABRT'] as string,
  3221225495: 'The engine ran out of memory.',
};

/** `details.reason` of Electron's `child-process-gone`. */
const FINDINGS: Readonly<Record<string, string>> = {
  oom: 'The engine ran out of memory.',
  'memory-eviction': 'The system ended the engine to free memory.',
  killed: SIGNALS['SIGKILL'] as string,
  crashed: 'The engine crashed in native code.',
  'launch-failed': 'The engine process could not be started.',
  'integrity-failure': 'The engine was not started because its files were changed.',
};

/** Why a process ended, in plain words. */
export function explainExit({ code, signal, finding }: EngineExit): string {
  const found = finding === undefined ? undefined : FINDINGS[finding];
  if (found !== undefined) return found;
  if (signal !== null) return SIGNALS[signal] ?? `The engine was ended by the signal ${signal}.`;
  if (code === null || code === 0) return 'The engine ended.';
  // 128 + n is how a shell reports signal n; V8 ends itself with SIGABRT or SIGTRAP when its heap is full.
  if (code === 134 || code === 133) return 'The engine ran out of memory or gave up in native code.';
  return WINDOWS_CODES[code >>> 0] ?? `The engine ended by itself (exit code ${code}).`;
}
