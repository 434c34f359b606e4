/** Pictures that were fetched for the screen, so that going back and forth costs nothing. */

const LIMIT = 160;

/** A cache of what `load` promised, by key; the least recently asked goes first. A failure is not kept. */
export class PictureCache {
  readonly #entries = new Map<string, Promise<Blob>>();

  get(key: string, load: () => Promise<Blob>): Promise<Blob> {
    const known = this.#entries.get(key);
    if (known) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known;
    }
    const picture = load();
    this.#entries.set(key, picture);
    picture.catch(() => this.#entries.delete(key));
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > LIMIT && oldest !== undefined) this.#entries.delete(oldest);
    return picture;
  }

  /** Forgets every picture whose key starts with `prefix`. */
  drop(prefix: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.#entries.delete(key);
  }
}
