/** Results of stages, kept by key as long as they fit a budget: the least recently used leave first. */

/** Bytes of all typed arrays that a value holds, each buffer counted once. */
export function heldBytes(value: unknown, seen: Set<object> = new Set()): number {
  if (typeof value !== 'object' || value === null || seen.has(value)) return 0;
  seen.add(value);
  if (ArrayBuffer.isView(value)) {
    if (seen.has(value.buffer)) return 0;
    seen.add(value.buffer);
    return value.buffer.byteLength;
  }
  let bytes = 0;
  for (const part of Object.values(value)) bytes += heldBytes(part, seen);
  return bytes;
}

/** Entries with a budget of their own: however many there are, they push no others out. */
export interface ApartEntries {
  holds(key: string): boolean;
  /** Bytes. */
  readonly budget: number;
}

export class StageCache {
  readonly #budget: number;
  readonly #apart: { readonly holds: (key: string) => boolean; readonly cache: StageCache } | undefined;
  readonly #entries = new Map<string, { readonly value: unknown; readonly bytes: number }>();
  #bytes = 0;

  /** @param budget bytes; one value larger than it is still kept until the next comes */
  constructor(budget: number, apart?: ApartEntries) {
    this.#budget = budget;
    this.#apart = apart && { holds: (key) => apart.holds(key), cache: new StageCache(apart.budget) };
  }

  get bytes(): number {
    return this.#bytes + (this.#apart?.cache.bytes ?? 0);
  }

  /** The value under a key, now the most recently used. */
  get(key: string): unknown {
    if (this.#apart?.holds(key)) return this.#apart.cache.get(key);
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  set(key: string, value: unknown): void {
    if (this.#apart?.holds(key)) {
      this.#apart.cache.set(key, value);
      return;
    }
    this.delete(key);
    const bytes = heldBytes(value);
    this.#entries.set(key, { value, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#budget || oldest === key) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    if (this.#apart?.holds(key)) {
      this.#apart.cache.delete(key);
      return;
    }
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }

  /** Forgets everything whose key contains the text, for example a closed photo's id. */
  forget(text: string): void {
    for (const key of [...this.#entries.keys()]) if (key.includes(text)) this.delete(key);
    this.#apart?.cache.forget(text);
  }

  clear(): void {
    this.#entries.clear();
    this.#apart?.cache.clear();
    this.#bytes = 0;
  }
}
