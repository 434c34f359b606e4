/** Work whose failure is told to the user instead of thrown. */
import type { ErrorReport } from '#shared/errors.ts';
import { reportOf } from '../link/report.ts';

/** Runs work; where it fails, the failure is told and `otherwise` comes back. */
export type Guard = <T>(work: () => Promise<T>, otherwise: T) => Promise<T>;

export function createGuard(fail: (report: ErrorReport) => void): Guard {
  return async (work, otherwise) => {
    try {
      return await work();
    } catch (error) {
      fail(reportOf(error));
      return otherwise;
    }
  };
}
