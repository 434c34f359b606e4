/**
 * Starts ffmpeg and ffprobe. Plain child processes with argument arrays and without a shell: `fluent-ffmpeg` builds
 * command strings for its own option names and has no raw pipes in both directions with back-pressure, so it would be
 * in the way here.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { CancelledError, MissingPackError, throwIfCancelled } from '#engine/errors.ts';

/** Why a program did not do its work. Callers say what that means for the file. */
export class ToolError extends Error {
  /** `exit`: it ended with a code of failure; `crash`: the system ended it; the others: the studio did. */
  readonly reason: 'exit' | 'crash' | 'timeout' | 'output';
  /** The last lines that the program printed. */
  readonly lines: readonly string[];

  constructor(reason: ToolError['reason'], message: string, lines: readonly string[]) {
    super(message);
    this.name = 'ToolError';
    this.reason = reason;
    this.lines = lines;
  }
}

export interface RunningTool extends AsyncDisposable {
  readonly pid: number | undefined;
  readonly stdin: Writable;
  readonly stdout: Readable;
  /**
   * Resolves after a good end.
   * @throws ToolError after any other, CancelledError after an abort
   */
  readonly finished: Promise<void>;
  /** Ends the process at once; `finished` then throws a `ToolError` with this reason. */
  stop(reason: ToolError['reason'], message: string): void;
  /** The last lines of the error output. */
  lines(): readonly string[];
}

export interface StartOptions {
  readonly signal?: AbortSignal | undefined;
  /** Receives each line of the error output; returns true for a line that need not be kept for messages. */
  readonly onLine?: ((line: string) => boolean) | undefined;
  /** The folder that relative names start from. */
  readonly folder?: string | undefined;
}

const KEPT_LINES = 40;
const LINE_CHARS = 4_096;

/**
 * Starts a program with three pipes. Disposing ends it, and waits until it is gone.
 * @throws CancelledError when the signal is aborted already
 */
export function startTool(file: string, args: readonly string[], options: StartOptions = {}): RunningTool {
  throwIfCancelled(options.signal);
  const child = spawn(file, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
    ...(options.folder === undefined ? {} : { cwd: options.folder }),
  });
  const kept: string[] = [];
  readLines(child.stderr, (line) => {
    if (options.onLine?.(line) || line.trim() === '') return;
    kept.push(line);
    if (kept.length > KEPT_LINES) kept.shift();
  });

  let failure: Error | undefined;
  const end = (error: Error): void => {
    failure ??= error;
    child.kill('SIGKILL');
  };
  const onAbort = (): void => end(new CancelledError());
  options.signal?.addEventListener('abort', onAbort, { once: true });
  // A program that ends early closes its input; that shows in its exit code, not here.
  child.stdin.on('error', () => undefined);

  const finished = ended(child).then(
    ({ code, signal }) => {
      options.signal?.removeEventListener('abort', onAbort);
      if (failure) throw failure;
      if (code !== 0) {
        const reason = code === null ? 'crash' : 'exit';
        throw new ToolError(reason, kept.at(-1) ?? `It ended with ${code ?? signal ?? 'no code'}.`, [...kept]);
      }
    },
    (error: unknown) => {
      options.signal?.removeEventListener('abort', onAbort);
      throw new MissingPackError(`The program ${file} does not start.`, { cause: error });
    },
  );
  // Whoever waits gets the error; nobody waiting is no defect.
  finished.catch(() => undefined);

  return {
    pid: child.pid,
    stdin: child.stdin,
    stdout: child.stdout,
    finished,
    stop: (reason, message) => end(new ToolError(reason, message, [...kept])),
    lines: () => kept,
    async [Symbol.asyncDispose]() {
      end(new CancelledError());
      child.stdout.destroy();
      await finished.catch(() => undefined);
    },
  };
}

/** Waits for the process and for its pipes, so that every line was seen. */
async function ended(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal };
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split(/[\r\n]/);
    rest = (lines.pop() ?? '').slice(0, LINE_CHARS);
    for (const line of lines) onLine(line.slice(0, LINE_CHARS));
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}

export interface RunOptions extends StartOptions {
  /** Given to the program's standard input. */
  readonly input?: string | undefined;
  /** Milliseconds until it is ended. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds without output until it is ended. */
  readonly stallMs?: number | undefined;
  /** Receives the output as it comes instead of collecting it; what it throws ends the program. */
  readonly onOutput?: ((text: string) => void) | undefined;
  /** Characters of collected output that end it. */
  readonly maxOutput?: number | undefined;
}

/**
 * Runs a program to its end and returns what it printed (empty with `onOutput`).
 * @throws ToolError, CancelledError, or what `onOutput` throws
 */
export async function runTool(file: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  await using tool = startTool(file, args, options);
  const timeout = (ms: number): NodeJS.Timeout =>
    setTimeout(() => tool.stop('timeout', `No answer within ${ms / 1000} s.`), ms);
  const total = options.timeoutMs === undefined ? undefined : timeout(options.timeoutMs);
  let stall = options.stallMs === undefined ? undefined : timeout(options.stallMs);
  try {
    tool.stdin.end(options.input ?? '');
    tool.stdout.setEncoding('utf8');
    let collected = '';
    for await (const chunk of tool.stdout as AsyncIterable<string>) {
      if (stall !== undefined && options.stallMs !== undefined) {
        clearTimeout(stall);
        stall = timeout(options.stallMs);
      }
      if (options.onOutput) options.onOutput(chunk);
      else collected += chunk;
      if (collected.length > (options.maxOutput ?? Number.POSITIVE_INFINITY)) {
        tool.stop('output', 'The answer is too long.');
        break;
      }
    }
    await tool.finished;
    return collected;
  } finally {
    clearTimeout(total);
    clearTimeout(stall);
  }
}
