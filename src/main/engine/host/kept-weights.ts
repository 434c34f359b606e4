/** Tuned weights that users take in to begin tunings with, held against the checkpoint that is imported. */
import { TunedStore } from '#engine/tuning/tuned-store.ts';
import { openGeneratorWeights } from '#engine/tuning/tuning-networks.ts';
import type { KeptWeightsInfo } from '#shared/tuning.ts';

export interface KeptWeightsAccess {
  /** @throws MissingPackError without the checkpoint, InputError that says what is wrong with the file, StorageError */
  keep(file: string): Promise<KeptWeightsInfo>;
  list(): Promise<KeptWeightsInfo[]>;
  /** @throws InputError for what is no id, StorageError */
  forget(id: string): Promise<void>;
}

/** @param tuned where they are kept @param packs the folder of imported packs */
export function createKeptWeights({
  tuned,
  packs,
}: {
  readonly tuned: string;
  readonly packs: string;
}): KeptWeightsAccess {
  const store = new TunedStore(tuned);
  return {
    // The losses' networks are not needed: with the rgi pack alone, weights can be used as they are.
    keep: async (file) => store.add(file, await openGeneratorWeights(packs)),
    list: () => store.list(),
    forget: (id) => store.remove(id),
  };
}
