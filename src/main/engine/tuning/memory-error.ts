/** What runs out of memory inside the runtime, said so that the user can do something about it. */
import { UsageError } from '#engine/errors.ts';

/** How the runtime, its providers and JavaScript put it. */
const OUT_OF_MEMORY =
  /bad_alloc|bad allocation|out of memory|failed to allocate|allocation failed|array buffer allocation/i;

const TAKES = 'At 1024 pixels tuning takes up to 12 GB.';
/** What the user can do where a tuning can go on, and where it begins anew. */
export const GO_ON = `Close other programs and go on: what was reached is kept. ${TAKES}`;
export const TRY_AGAIN = `Close other programs and try again. ${TAKES}`;

/** Runs `work`; an error that means a lack of memory comes out as one that says so. @throws UsageError */
export async function asMemoryError<T>(work: () => Promise<T>, action = GO_ON): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof Error) || !OUT_OF_MEMORY.test(cause.message)) throw cause;
    throw new UsageError('There is not enough memory for tuning.', { action, cause });
  }
}
