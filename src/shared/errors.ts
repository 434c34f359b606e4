/**
 * Failures by meaning. Every error that a user can cause belongs to one row of this table, which fixes the exit code
 * of the command line and the title of the message in the window. The classes live in the engine; what crosses a
 * process border is `ErrorReport`.
 */

export const ERROR_KINDS = {
  internal: { exitCode: 1, title: 'Something went wrong inside the studio' },
  usage: { exitCode: 2, title: 'This request does not fit' },
  input: { exitCode: 3, title: 'This file cannot be used' },
  missing: { exitCode: 4, title: 'A model or device is missing' },
  'no-face': { exitCode: 5, title: 'No usable face' },
  cancelled: { exitCode: 6, title: 'Cancelled' },
  storage: { exitCode: 3, title: 'The file could not be written' },
  'engine-lost': { exitCode: 1, title: 'The engine stopped and was restarted' },
} as const satisfies Record<string, { exitCode: number; title: string }>;

export type ErrorKind = keyof typeof ERROR_KINDS;

/** One failure, ready to be shown: what happened, to which file, what to do about it. */
export interface ErrorReport {
  readonly kind: ErrorKind;
  /** One sentence: what happened and why. */
  readonly message: string;
  /** The file it happened to, as the user named it (a name, not a full path, towards the window). */
  readonly file?: string | undefined;
  /** One sentence: what the user can do. */
  readonly action?: string | undefined;
}
