/** Progress and remarks on stderr: a bar on a terminal, JSON lines for programs, plain lines else. */
import type { TextSink } from './context.ts';
import { withoutControls } from './report.ts';

export const PROGRESS_MODES = ['auto', 'bar', 'json', 'none'] as const;
export type ProgressMode = (typeof PROGRESS_MODES)[number];

export interface ProgressEvent {
  /** 0..1. */
  readonly fraction: number;
  /** What is being done, for people. */
  readonly label: string;
  /** Further fields of the JSON line. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Where a command tells what it is doing. Disposing it takes the bar away. */
export interface EventLog extends Disposable {
  progress(event: ProgressEvent): void;
  warning(message: string, detail?: Readonly<Record<string, unknown>>): void;
}

const BAR_CELLS = 24;
/** For terminals that do not say how wide they are. */
const DEFAULT_COLUMNS = 80;
/** Terminals are redrawn at most this often. */
const REDRAW_MS = 50;

export function openEventLog(stderr: TextSink, mode: ProgressMode): EventLog {
  const log = openLog(stderr, mode === 'auto' ? (stderr.isTTY ? 'bar' : 'none') : mode);
  let reached = 0;
  return {
    // Stages may report out of order; what is done stays done.
    progress: (event) => {
      reached = Math.max(reached, event.fraction);
      log.progress({ ...event, fraction: reached });
    },
    warning: log.warning,
    [Symbol.dispose]: log[Symbol.dispose],
  };
}

function openLog(stderr: TextSink, mode: Exclude<ProgressMode, 'auto'>): EventLog {
  switch (mode) {
    case 'json':
      return jsonLog(stderr);
    case 'bar':
      return barLog(stderr);
    case 'none':
      return {
        progress: () => undefined,
        warning: (message) => stderr.write(`warning: ${withoutControls(message)}\n`),
        [Symbol.dispose]: () => undefined,
      };
  }
}

function jsonLog(stderr: TextSink): EventLog {
  const line = (event: Record<string, unknown>) => stderr.write(`${JSON.stringify(event)}\n`);
  return {
    progress: ({ fraction, label, detail }) =>
      line({ event: 'progress', fraction: Math.round(fraction * 1000) / 1000, label, ...detail }),
    warning: (message, detail) => line({ event: 'warning', message, ...detail }),
    [Symbol.dispose]: () => undefined,
  };
}

function barLog(stderr: TextSink): EventLog {
  const clear = '\r\u001b[2K';
  let drawn = false;
  let last = Number.NEGATIVE_INFINITY;
  const erase = () => {
    if (drawn) stderr.write(clear);
    drawn = false;
  };
  return {
    progress({ fraction, label }) {
      const now = performance.now();
      if (now - last < REDRAW_MS && fraction < 1) return;
      last = now;
      const done = Math.round(Math.min(1, Math.max(0, fraction)) * BAR_CELLS);
      const bar = '█'.repeat(done) + '░'.repeat(BAR_CELLS - done);
      const text = `${bar} ${String(Math.round(fraction * 100)).padStart(3)} %  ${withoutControls(label)}`;
      stderr.write(clear + text.slice(0, (stderr.columns || DEFAULT_COLUMNS) - 1));
      drawn = true;
    },
    warning(message) {
      erase();
      stderr.write(`warning: ${withoutControls(message)}\n`);
    },
    [Symbol.dispose]: erase,
  };
}
