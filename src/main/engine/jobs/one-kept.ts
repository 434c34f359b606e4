/** Keeps the value that was asked for last: opened once while callers stay with one key, closed when they move on. */

export interface OneKept<T> {
  /** The value of the key; a failed opening is tried again by the next caller. */
  get(key: string, open: () => Promise<T>): Promise<T>;
  /** Lets go of the value whose key fits. */
  forget(fits: (key: string) => boolean): void;
  /** Resolves when everything that was let go of is closed. */
  idle(): Promise<void>;
}

export function createOneKept<T>(close: (value: T) => Promise<void> = () => Promise.resolve()): OneKept<T> {
  let kept: { readonly key: string; readonly value: Promise<T> } | undefined;
  let closing: Promise<unknown> = Promise.resolve();
  const drop = (): void => {
    const { value } = kept ?? {};
    kept = undefined;
    // A value that never opened leaves nothing to close; its caller was told.
    if (value) closing = Promise.allSettled([closing, value.then(close)]);
  };
  return {
    get(key, open) {
      if (kept?.key === key) return kept.value;
      drop();
      const value = open();
      kept = { key, value };
      value.catch(() => {
        if (kept?.value === value) kept = undefined;
      });
      return value;
    },
    forget(fits) {
      if (kept && fits(kept.key)) drop();
    },
    async idle() {
      await closing;
    },
  };
}
