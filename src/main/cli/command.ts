/** What all commands share: the common options, and how their actions are run. */
import { type Command, Option } from 'commander';
import { processPeakBytes } from '#engine/pipeline/peak-memory.ts';
import type { CliContext } from './context.ts';
import { type EventLog, openEventLog, PROGRESS_MODES, type ProgressMode } from './events.ts';
import { withoutControls } from './report.ts';

export interface CommonOptions {
  readonly json?: boolean;
  readonly progress: ProgressMode;
  readonly verbose?: boolean;
}

/** Adds the options that every command has, after its own. */
export function withCommonOptions(command: Command): Command {
  return command
    .addOption(new Option('--json', 'print the result as one JSON object'))
    .addOption(new Option('--progress <how>', 'progress on stderr').choices(PROGRESS_MODES).default('auto'))
    .addOption(new Option('--verbose', 'add a stack trace to errors'));
}

export interface Printer {
  /** The result: an object for programs, or lines for people. */
  result(object: Readonly<Record<string, unknown>>, lines: () => readonly string[]): void;
}

/** Opens the event log, runs the work, and takes the progress bar away before anything else is written. */
export async function runAction(
  context: CliContext,
  options: CommonOptions,
  work: (log: EventLog, printer: Printer) => Promise<void>,
): Promise<void> {
  const pending: string[] = [];
  {
    using log = openEventLog(context.stderr, options.progress);
    await work(log, {
      result: (object, lines) => {
        pending.push(options.json ? JSON.stringify(object) : lines().map(withoutControls).join('\n'));
      },
    });
  }
  for (const text of pending) context.stdout.write(`${text}\n`);
}

/** Peak memory of this process so far. */
export const peakRssBytes = (): number => processPeakBytes();

export const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));
