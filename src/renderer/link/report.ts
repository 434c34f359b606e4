/** Whatever a call may reject with, as the one `ErrorReport` that the window shows. */
import { ORPCError } from '@orpc/client';
import { errorReportSchema } from '#shared/contract.ts';
import type { ErrorReport } from '#shared/errors.ts';
import { text } from '../text.ts';

/** A failure that came as an `ErrorReport` by another way than a call. */
export class LinkError extends Error {
  readonly report: ErrorReport;

  constructor(report: ErrorReport) {
    super(report.message);
    this.name = 'LinkError';
    this.report = report;
  }
}

const CANCELLED: ErrorReport = { kind: 'cancelled', message: text.errors.cancelled };
const LOST: ErrorReport = { kind: 'engine-lost', message: text.errors.lost };

/**
 * @param error what was thrown
 * @param signal the signal of the call: tells a cancel of the user's from a connection that broke
 */
export function reportOf(error: unknown, signal?: AbortSignal): ErrorReport {
  if (error instanceof LinkError) return error.report;
  if (signal?.aborted) return CANCELLED;
  if (error instanceof ORPCError) {
    const parsed = errorReportSchema.safeParse(error.data);
    return parsed.success ? parsed.data : { kind: 'internal', message: error.message, action: text.errors.defect };
  }
  if (isBroken(error)) return LOST;
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'internal', message, action: text.errors.defect };
}

/** True for what calls end with when the connection under them closes. */
function isBroken(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'AbortError' || /websocket is not open|port (is )?closed/i.test(error.message);
}
