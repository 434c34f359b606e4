/** What every run of the pipeline may be given. */
import type { SwapEvent } from '#shared/contract.ts';

export type SwapProgress = Extract<SwapEvent, { type: 'progress' }>;

export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((event: SwapProgress) => void) | undefined;
  /** Also measures the peak of memory in each stage. */
  readonly measureMemory?: boolean | undefined;
  /** False leaves the refined vectors alone that are kept in the data folder. */
  readonly keptVectors?: boolean | undefined;
}
