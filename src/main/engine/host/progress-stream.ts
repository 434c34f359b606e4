/** Work that reports as it goes, seen as a stream of events. */

export type StreamedWork<Event> = (emit: (event: Event) => void, signal: AbortSignal) => Promise<void>;

/**
 * Yields what `work` emits until it ends, and rethrows its failure. Leaving the loop early, or aborting `signal`,
 * aborts the signal that the work sees; the stream then waits until the work has really stopped.
 */
export async function* streamEvents<Event>(
  work: StreamedWork<Event>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Event, void, void> {
  const own = new AbortController();
  const both = signal ? AbortSignal.any([signal, own.signal]) : own.signal;
  const queue: Event[] = [];
  let wake: (() => void) | undefined;
  let outcome: { readonly error?: unknown } | undefined;

  const running = work((event) => {
    queue.push(event);
    wake?.();
  }, both).then(
    () => {
      outcome = {};
      wake?.();
    },
    (error: unknown) => {
      outcome = { error };
      wake?.();
    },
  );

  try {
    for (;;) {
      while (queue.length > 0) yield queue.shift() as Event;
      if (outcome) {
        if ('error' in outcome) throw outcome.error;
        return;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      wake = undefined;
    }
  } finally {
    own.abort();
    await running;
  }
}
