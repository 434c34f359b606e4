/** One heavy piece of work at a time: two swaps at once would take the same processors and twice the memory. */
import { throwIfCancelled } from '#engine/errors.ts';

type Run = <T>(signal: AbortSignal | undefined, work: () => Promise<T>) => Promise<T>;

/** Runs `work` when everything before it has ended. */
export interface Lane extends Run {
  /** Runs `work` beside other shared work, as long as nothing else waits. */
  readonly shared: Run;
}

/** A new lane. Work that is cancelled while it waits is left out, and rejects with `CancelledError`. */
export function createLane(): Lane {
  let last: Promise<unknown> = Promise.resolve();
  /** When the shared work at the end of the lane may begin; undefined where something else is the last. */
  let begin: Promise<unknown> | undefined;
  const takeTurn = <T>(
    before: Promise<unknown>,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
  ): { turn: Promise<T>; ended: Promise<unknown> } => {
    const turn = before.then(() => {
      throwIfCancelled(signal);
      return work();
    });
    // The lane goes on after a failure; whoever asked for the work hears of it.
    return { turn, ended: turn.catch(() => undefined) };
  };
  const alone: Run = (signal, work) => {
    const { turn, ended } = takeTurn(last, signal, work);
    begin = undefined;
    last = ended;
    return turn;
  };
  const shared: Run = (signal, work) => {
    begin ??= last;
    const { turn, ended } = takeTurn(begin, signal, work);
    last = Promise.all([last, ended]);
    return turn;
  };
  return Object.assign(alone, { shared });
}
