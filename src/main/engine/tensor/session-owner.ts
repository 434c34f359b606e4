/**
 * One owner for all sessions of the engine. Sessions stay open between uses while they fit into the memory budget; the
 * one that was idle longest goes first. Whatever is open is closed with the owner.
 */
import { UsageError } from '#engine/errors.ts';
import type { TensorSession } from './sessions.ts';

/** A session on loan: dispose the loan, not the session. */
export interface SessionLoan extends AsyncDisposable {
  readonly session: TensorSession;
}

export interface SessionRequest {
  /** Same key, same session: name, device, shapes and weights. */
  readonly key: string;
  /** What the session holds while it is open, mostly its weights. */
  readonly bytes: number;
  readonly open: () => Promise<TensorSession>;
}

interface Held {
  readonly bytes: number;
  readonly session: Promise<TensorSession>;
  loans: number;
  lastUse: number;
}

export class SessionOwner implements AsyncDisposable {
  readonly #budget: number;
  readonly #held = new Map<string, Held>();
  #clock = 0;
  #closed = false;

  /** @param budgetBytes what all open sessions together may hold */
  constructor(budgetBytes: number) {
    if (!(budgetBytes > 0)) throw new UsageError(`A memory budget of ${budgetBytes} bytes holds no session.`);
    this.#budget = budgetBytes;
  }

  /** Bytes of all open sessions. */
  get usedBytes(): number {
    return [...this.#held.values()].reduce((total, { bytes }) => total + bytes, 0);
  }

  /** Keys of the open sessions, the one used longest ago first. */
  get openKeys(): string[] {
    return [...this.#held].sort(([, a], [, b]) => a.lastUse - b.lastUse).map(([key]) => key);
  }

  /**
   * Lends a session, opening it when it is not open yet.
   * @throws UsageError when it does not fit beside the sessions in use, and what `open` throws
   */
  async borrow({ key, bytes, open }: SessionRequest): Promise<SessionLoan> {
    if (this.#closed) throw new UsageError(`The session ${key} cannot be opened: the engine is closing.`);
    let held = this.#held.get(key);
    if (held === undefined) {
      const freed = this.#makeRoom(key, bytes);
      // Registered before the first pause, so that a second borrower of the same key waits for the same session.
      held = { bytes, session: freed.then(open), loans: 0, lastUse: 0 };
      this.#held.set(key, held);
    }
    const own = held;
    own.loans++;
    own.lastUse = ++this.#clock;
    const giveBack = (): void => {
      own.loans--;
      own.lastUse = ++this.#clock;
    };
    try {
      const session = await own.session;
      let returned = false;
      return {
        session,
        [Symbol.asyncDispose]: async () => {
          if (!returned) giveBack();
          returned = true;
        },
      };
    } catch (error) {
      giveBack();
      if (this.#held.get(key) === own) this.#held.delete(key);
      throw error;
    }
  }

  /** Closes sessions that nobody uses. */
  async closeIdle(): Promise<void> {
    await this.#close([...this.#held].filter(([, { loans }]) => loans === 0).map(([key]) => key));
  }

  /** Closes everything, also what is on loan. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#close([...this.#held.keys()]);
  }

  async #makeRoom(key: string, bytes: number): Promise<void> {
    const leaving: string[] = [];
    let used = this.usedBytes;
    for (const candidate of this.openKeys) {
      if (used + bytes <= this.#budget) break;
      const held = this.#held.get(candidate)!;
      if (held.loans > 0) continue;
      leaving.push(candidate);
      used -= held.bytes;
    }
    if (used + bytes > this.#budget)
      throw new UsageError(
        `The session ${key} needs ${megabytes(bytes)}; ${megabytes(used)} of ${megabytes(this.#budget)} are in use.`,
        { action: 'Close other work, or raise the memory budget.' },
      );
    await this.#close(leaving);
  }

  async #close(keys: readonly string[]): Promise<void> {
    const leaving = keys.map((key) => this.#held.get(key)!);
    for (const key of keys) this.#held.delete(key);
    for (const { session } of leaving) {
      // One that never opened has told its borrower already.
      const opened = await session.catch(() => undefined);
      await opened?.[Symbol.asyncDispose]();
    }
  }
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MB`;
