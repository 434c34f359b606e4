/**
 * Tensors that are wanted again and again in turn, up to a number of bytes. What has found room stays: throwing out what
 * was used longest ago would throw out just what comes next.
 */
import type { TensorData } from '#engine/tensor/data.ts';

export type NamedTensors = Readonly<Record<string, TensorData>>;

export class KeptTensors {
  readonly #budget: number;
  readonly #kept = new Map<string, NamedTensors>();
  #bytes = 0;

  /** @param budget bytes */
  constructor(budget: number) {
    this.#budget = budget;
  }

  /** What is kept under a key, or what `make` gives; kept where there is room. */
  async get(key: string, make: () => Promise<NamedTensors>): Promise<NamedTensors> {
    const found = this.#kept.get(key);
    if (found !== undefined) return found;
    const tensors = await make();
    const bytes = Object.values(tensors).reduce((sum, { data }) => sum + data.byteLength, 0);
    if (this.#bytes + bytes > this.#budget) return tensors;
    this.#kept.set(key, tensors);
    this.#bytes += bytes;
    return tensors;
  }

  clear(): void {
    this.#kept.clear();
    this.#bytes = 0;
  }
}
