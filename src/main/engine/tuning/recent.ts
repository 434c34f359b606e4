/** Tensors that were made or read lately, up to a number of bytes: the least recently used go first. */
import type { TensorData } from '#engine/tensor/data.ts';

export type NamedTensors = Readonly<Record<string, TensorData>>;

export class RecentTensors {
  readonly #budget: number;
  /** In the order of use, oldest first. */
  readonly #kept = new Map<string, { readonly tensors: NamedTensors; readonly bytes: number }>();
  #bytes = 0;

  /** @param budget bytes */
  constructor(budget: number) {
    this.#budget = budget;
  }

  /** What is kept under a key, or what `make` gives. Too large for the budget is given out and not kept. */
  async get(key: string, make: () => Promise<NamedTensors>): Promise<NamedTensors> {
    const found = this.#kept.get(key);
    if (found !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, found);
      return found.tensors;
    }
    const tensors = await make();
    const bytes = Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
    if (bytes > this.#budget) return tensors;
    for (const [oldest, { bytes: freed }] of this.#kept) {
      if (this.#bytes + bytes <= this.#budget) break;
      this.#kept.delete(oldest);
      this.#bytes -= freed;
    }
    this.#kept.set(key, { tensors, bytes });
    this.#bytes += bytes;
    return tensors;
  }
}
