/** Frames on their way between programs that work at the same time, never more than a few. */

/**
 * The same items, with up to `count` asked for before they are wanted. Leaving the loop ends the source.
 * @throws what the source throws, when its turn comes
 */
export async function* readAhead<T>(source: AsyncGenerator<T, void, undefined>, count: number): AsyncGenerator<T> {
  const coming: Promise<IteratorResult<T, void>>[] = [];
  const ask = (): void => {
    const next = source.next();
    // Thrown where it is awaited; before that nobody needs to hear of it.
    next.catch(() => undefined);
    coming.push(next);
  };
  try {
    while (coming.length < count) ask();
    for (;;) {
      const next = await coming.shift();
      if (next === undefined || next.done) return;
      ask();
      yield next.value;
    }
  } finally {
    await source.return();
  }
}

/**
 * What becomes of each item, in the order of the items, with up to `count` of them in work at the same time. Whoever leaves
 * the loop waits for those in work.
 * @throws what the source or `work` throws, when its turn comes
 */
export async function* workAhead<T, R>(
  source: AsyncIterable<T>,
  count: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const inWork: Promise<R>[] = [];
  try {
    for await (const item of source) {
      const result = work(item);
      // Thrown where it is awaited; before that nobody needs to hear of it.
      result.catch(() => undefined);
      inWork.push(result);
      while (inWork.length >= count) yield await inWork.shift()!;
    }
    while (inWork.length > 0) yield await inWork.shift()!;
  } finally {
    await Promise.allSettled(inWork);
  }
}

export interface Handover<T> {
  /** The receiving end. The next item is asked for when the last one is done with. */
  readonly items: AsyncIterable<T>;
  /** Resolves when there is room for another item; at once after the receiver has left. */
  put(item: T): Promise<void>;
  /** No more items: the receiver gets those that are there. */
  close(): void;
  /** The receiver gets this failure at once. */
  fail(error: unknown): void;
  /** There is no receiver any more, or never was one. */
  abandon(): void;
}

/**
 * A short queue between a maker and a taker.
 * @param room items that may wait
 * @param done called with an item that the taker is done with, or that it never took
 */
export function handover<T>(room: number, done: (item: T) => void): Handover<T> {
  const waiting: T[] = [];
  let end: { readonly failure?: unknown } | undefined;
  let left = false;
  let wakeTaker = (): void => undefined;
  let wakeMaker = (): void => undefined;

  const leave = (): void => {
    left = true;
    for (const item of waiting.splice(0)) done(item);
    wakeMaker();
  };
  const finish = (how: { readonly failure?: unknown }): void => {
    end ??= how;
    wakeTaker();
  };

  async function* take(): AsyncGenerator<T> {
    try {
      for (;;) {
        if (end !== undefined && 'failure' in end) throw end.failure;
        const item = waiting.shift();
        if (item !== undefined) {
          wakeMaker();
          try {
            yield item;
          } finally {
            done(item);
          }
        } else if (end) {
          return;
        } else {
          await new Promise<void>((resolve) => {
            wakeTaker = resolve;
          });
        }
      }
    } finally {
      leave();
    }
  }

  return {
    items: take(),
    async put(item) {
      if (left) {
        done(item);
        return;
      }
      waiting.push(item);
      wakeTaker();
      while (waiting.length > room && !left) {
        await new Promise<void>((resolve) => {
          wakeMaker = resolve;
        });
      }
    },
    close: () => finish({}),
    fail: (failure) => finish({ failure }),
    abandon: leave,
  };
}
