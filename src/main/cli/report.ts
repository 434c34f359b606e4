/** The one place where a failure becomes an exit code and a line. */
import { CommanderError } from 'commander';
import { toReport, UsageError } from '#engine/errors.ts';
import { ERROR_KINDS, type ErrorReport } from '#shared/errors.ts';
import type { TextSink } from './context.ts';

export interface ReportOptions {
  /** Adds the stack trace. */
  readonly verbose: boolean;
  /** Writes the failure as one JSON line, like every other event. */
  readonly json: boolean;
}

/** Names of files may hold anything; what steers a terminal must not reach it. */
export const withoutControls = (text: string): string => text.replace(/[^\P{Cc}\t]/gu, '\ufffd');

const oneLine = (text: string): string => withoutControls(text.replace(/\s*\n\s*/g, ' ')).trim();

/** A failure as one sentence or two: the file, what happened, what to do. */
export function formatReport({ kind, file, message, action }: ErrorReport): string {
  const defect = kind === 'internal' ? 'internal error: ' : '';
  return oneLine([defect, file ? `${file}: ` : '', message, action ? ` ${action}` : ''].join(''));
}

/** Commander's complaint as a usage error: its first word and its line breaks belong to another layout. */
export function toUsageError(error: CommanderError, command: string): UsageError {
  const message = oneLine(error.message.replace(/^error: /, '')).replace(/ \((Did you mean .*\?)\)$/, '. $1');
  const sentence = message.charAt(0).toUpperCase() + message.slice(1);
  return new UsageError(/[.?]$/.test(sentence) ? sentence : `${sentence}.`, { action: `See "${command} --help".` });
}

/**
 * Writes the line for a failure.
 * @returns the exit code that belongs to it
 */
export function reportError(error: unknown, stderr: TextSink, options: ReportOptions): number {
  const report = toReport(error);
  const { exitCode } = ERROR_KINDS[report.kind];
  stderr.write(
    options.json
      ? `${JSON.stringify({ event: 'error', exit_code: exitCode, ...report })}\n`
      : `e4s: ${formatReport(report)}\n`,
  );
  if (options.verbose && error instanceof Error) {
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) stderr.write(`${cause.stack}\n`);
  }
  return exitCode;
}

/** Whether Commander ended because it printed what was asked for (help, version). */
export const isHelpShown = (error: unknown): boolean =>
  error instanceof CommanderError && ['commander.helpDisplayed', 'commander.version'].includes(error.code);
