/** Finished swaps, kept until newer ones need the room. */
import { UsageError } from '#engine/errors.ts';
import type { DecodedPicture } from '#engine/image/picture.ts';
import { type ResultId, resultIdSchema } from '#shared/contract.ts';
import type { EngineId } from '#shared/settings.ts';
import type { SwappedPair } from './engine-stages.ts';
import { newId } from './photo-store.ts';

export interface SwapOutcome {
  readonly picture: DecodedPicture;
  readonly engine: EngineId;
  readonly draft: boolean;
  /** By target face. */
  readonly pairs: ReadonlyMap<number, SwappedPair>;
}

/** How many results stay: enough to go back a few steps in the window. */
const KEPT = 4;

export class ResultStore {
  readonly #results = new Map<ResultId, SwapOutcome>();

  add(outcome: SwapOutcome): ResultId {
    const id = resultIdSchema.parse(newId('result'));
    this.#results.set(id, outcome);
    for (const oldest of this.#results.keys()) {
      if (this.#results.size <= KEPT) break;
      this.#results.delete(oldest);
    }
    return id;
  }

  /** @throws UsageError when the result is not kept any more */
  get(id: ResultId): SwapOutcome {
    const outcome = this.#results.get(id);
    if (!outcome) throw new UsageError('This result is not kept any more.', { action: 'Run the swap again.' });
    return outcome;
  }

  clear(): void {
    this.#results.clear();
  }
}
