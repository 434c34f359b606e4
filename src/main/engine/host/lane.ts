/** One heavy piece of work at a time: two swaps at once would take the same processors and twice the memory. */
import { throwIfCancelled } from '#engine/errors.ts';

/** Runs `work` when everything before it has ended. */
export type Lane = <T>(signal: AbortSignal | undefined, work: () => Promise<T>) => Promise<T>;

/** A new lane. Work that is cancelled while it waits is left out, and rejects with `CancelledError`. */
export function createLane(): Lane {
  let last: Promise<unknown> = Promise.resolve();
  return (signal, work) => {
    const turn = last.then(() => {
      throwIfCancelled(signal);
      return work();
    });
    // The lane goes on after a failure; whoever asked for the work hears of it.
    last = turn.catch(() => undefined);
    return turn;
  };
}
