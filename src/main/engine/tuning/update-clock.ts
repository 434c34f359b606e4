/** How fast updates come, and how long those that are left will take. */

const WINDOW = 20;

export class UpdateClock {
  readonly #now: () => number;
  /** Milliseconds of the updates of late. */
  readonly #times: number[] = [];
  #last: number | undefined;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#last = now();
  }

  /** What came since the last update does not count: preparations, pictures. */
  pause(): void {
    this.#last = this.#now();
  }

  /** After an update. @param left updates still to come */
  tick(left: number): { readonly updatesPerSecond: number | null; readonly secondsLeft: number | null } {
    const now = this.#now();
    if (this.#last !== undefined) this.#times.push(now - this.#last);
    this.#last = now;
    if (this.#times.length > WINDOW) this.#times.shift();
    const mean = this.#times.reduce((sum, time) => sum + time, 0) / this.#times.length;
    // The first update waits for its session to open.
    if (this.#times.length < 2 || mean <= 0) return { updatesPerSecond: null, secondsLeft: null };
    return { updatesPerSecond: 1000 / mean, secondsLeft: (left * mean) / 1000 };
  }
}
