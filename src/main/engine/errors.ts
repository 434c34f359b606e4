/** Errors by meaning. `src/shared/errors.ts` fixes what each kind means for exit codes and messages. */
import type { ErrorKind, ErrorReport } from '#shared/errors.ts';

export interface ErrorContext {
  /** The file it happened to. */
  readonly file?: string | undefined;
  /** What the user can do about it, one sentence. */
  readonly action?: string | undefined;
  readonly cause?: unknown;
}

/** The base of every failure that the studio explains to its user. */
export abstract class StudioError extends Error {
  abstract readonly kind: ErrorKind;
  readonly file: string | undefined;
  readonly action: string | undefined;

  constructor(message: string, context: ErrorContext = {}) {
    super(message, context.cause === undefined ? undefined : { cause: context.cause });
    this.name = new.target.name;
    this.file = context.file;
    this.action = context.action;
  }

  report(): ErrorReport {
    return { kind: this.kind, message: this.message, file: this.file, action: this.action };
  }
}

/** Wrong use: an option, a combination, a number out of range. */
export class UsageError extends StudioError {
  readonly kind = 'usage';
}
/** A file that cannot be read, is not what it claims, or is larger than the limits. */
export class InputError extends StudioError {
  readonly kind = 'input';
}
/** A model pack or a provider that the request needs is not there. */
export class MissingPackError extends StudioError {
  readonly kind = 'missing';
}
/** No usable face where one is needed. */
export class NoFaceError extends StudioError {
  readonly kind = 'no-face';
}
/** The user stopped it. */
export class CancelledError extends StudioError {
  readonly kind = 'cancelled';
  constructor(message = 'Cancelled.', context: ErrorContext = {}) {
    super(message, context);
  }
}
/** The disk refused: full, read-only, gone. */
export class StorageError extends StudioError {
  readonly kind = 'storage';
}
/** The engine process ended while it worked. */
export class EngineLostError extends StudioError {
  readonly kind = 'engine-lost';
}

/** Any thrown value as a report: studio errors speak for themselves, everything else is a defect of ours. */
export function toReport(error: unknown): ErrorReport {
  if (error instanceof StudioError) return error.report();
  if (error instanceof Error && error.name === 'AbortError') return new CancelledError().report();
  return {
    kind: 'internal',
    message: error instanceof Error ? error.message : String(error),
    action: 'This is a defect of the studio. Run "e4s doctor --json" and attach what it prints to a report.',
  };
}

const CLASSES = {
  usage: UsageError,
  input: InputError,
  missing: MissingPackError,
  'no-face': NoFaceError,
  cancelled: CancelledError,
  storage: StorageError,
  'engine-lost': EngineLostError,
} as const satisfies Record<Exclude<ErrorKind, 'internal'>, unknown>;

/** The error that a report from another thread tells of. */
export const fromReport = ({ kind, message, ...context }: ErrorReport): Error =>
  kind === 'internal' ? new Error(message) : new CLASSES[kind](message, context);

/** Throws `CancelledError` once the signal is aborted: call it between steps. */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CancelledError();
}
