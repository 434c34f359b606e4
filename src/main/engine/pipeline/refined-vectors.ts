/** The refined style vectors of open photos: by pair and face, until they are taken back or a photo is closed. */
import type { PhotoId } from '#shared/contract.ts';
import type { RefinedVectors } from './run-pair.ts';

export class RefinedStore implements RefinedVectors {
  readonly #known = new Map<string, { readonly mark: string; readonly vectors: Float32Array<ArrayBuffer> }>();
  #made = 0;

  get(key: string) {
    return this.#known.get(key);
  }

  /** @param vectors undefined gives back what the encoder found */
  set(key: string, vectors: Float32Array<ArrayBuffer> | undefined): void {
    if (vectors === undefined) {
      this.#known.delete(key);
      return;
    }
    this.#made += 1;
    this.#known.set(key, { mark: `refined ${this.#made}`, vectors });
  }

  /** Everything that has to do with a photo. */
  forget(photo: PhotoId): void {
    for (const key of this.#known.keys()) if (key.includes(`${photo}#`)) this.#known.delete(key);
  }
}
